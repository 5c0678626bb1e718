namespace Sosia.Learning.Evaluation;

/// <summary>Top left corner of a crop, in pixels.</summary>
public readonly record struct CropCorner(int Row, int Column);

/// <summary>Which frames and which parts of them a test looks at.</summary>
public static class TestClips
{
    /// <summary>Where the evenly spread clips of a video begin (VCOP, Xu et al. 2019, code): the first at its beginning, the last at its end.</summary>
    /// <param name="frames">n, of the video.</param>
    /// <param name="length">L, frames of a clip.</param>
    /// <param name="clips">Ten, as published; of one alone the middle is taken (ours).</param>
    /// <returns>First frames, all 0 where the video is no longer than a clip.</returns>
    public static int[] Spread(int frames, int length, int clips = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frames);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clips);
        long free = Math.Max(0, frames - length);
        return clips == 1 ? [(int)(free / 2)] : [.. Enumerable.Range(0, clips).Select(i => (int)(i * free / (clips - 1)))];
    }

    /// <summary>The frames of a clip: those beyond the end are the last one again (ours; VCOP's code fails there).</summary>
    /// <param name="start">From <see cref="Spread"/>.</param>
    /// <param name="length">Frames of a clip.</param>
    /// <param name="frames">Of the video.</param>
    public static int[] Frames(int start, int length, int frames) =>
        [.. Enumerable.Range(start, length).Select(frame => Math.Min(frame, frames - 1))];

    /// <summary>
    /// The frames of evenly spread views (TimeSformer, PySlowFast, code): view i of m begins at i / m of what is free, so that the end of the video
    /// is never seen.
    /// </summary>
    /// <param name="frames">n, of the video.</param>
    /// <param name="length">T, frames of a view.</param>
    /// <param name="stride">r, frames from one to the next.</param>
    /// <param name="views">m.</param>
    /// <returns>m times T frames; those beyond the end are the last one again.</returns>
    public static int[][] Uniform(int frames, int length, int stride, int views)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frames);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(views);
        double free = Math.Max((long)frames - ((long)length * stride), 0);
        var last = ((double)length * stride) - 1; // from the first frame of a view
        return [.. Enumerable.Range(0, views).Select(view => Enumerable.Range(0, length).Select(place => Frame(free * view / views, place)).ToArray())];

        int Frame(double start, int place) => (int)Math.Min(start + (length == 1 ? 0 : place * last / (length - 1)), frames - 1);
    }

    /// <summary>Three squares along the longer side: at its two ends and in the middle, rounded up; a square picture counts as wide (PySlowFast, code).</summary>
    /// <param name="height">Of the picture, already scaled.</param>
    /// <param name="width">Of the picture, already scaled.</param>
    /// <param name="side">Of the squares.</param>
    /// <exception cref="ArgumentException">The picture is smaller.</exception>
    public static CropCorner[] ThreeCrops(int height, int width, int side)
    {
        var (rows, columns) = (height - side, width - side);
        if (rows < 0 || columns < 0)
        {
            throw new ArgumentException($"a square of {side} does not fit into {height} x {width}", nameof(side));
        }

        return height > width
            ? [new(0, Middle(columns)), new(Middle(rows), Middle(columns)), new(rows, Middle(columns))]
            : [new(Middle(rows), 0), new(Middle(rows), Middle(columns)), new(Middle(rows), columns)];

        static int Middle(int free) => (free + 1) / 2;
    }

    /// <summary>The square in the middle, halves rounded to even (torchvision, as VCOP uses it).</summary>
    /// <param name="height">Of the picture, already scaled.</param>
    /// <param name="width">Of the picture, already scaled.</param>
    /// <param name="side">Of the square.</param>
    /// <exception cref="ArgumentException">The picture is smaller.</exception>
    public static CropCorner CentreCrop(int height, int width, int side) => height < side || width < side
        ? throw new ArgumentException($"a square of {side} does not fit into {height} x {width}", nameof(side))
        : new((int)Math.Round((height - side) / 2.0, MidpointRounding.ToEven), (int)Math.Round((width - side) / 2.0, MidpointRounding.ToEven));
}
