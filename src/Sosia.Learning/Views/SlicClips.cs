namespace Sosia.Learning.Views;

/// <summary>Which frames SLIC takes of a video (Khorasgani et al. 2022, code): the anchor begins with it, the positive comes after where there is room.</summary>
public static class SlicClips
{
    /// <summary>The first frames of the video.</summary>
    /// <param name="length">Of the video, frames, 1 or more.</param>
    /// <param name="size">Frames of a clip.</param>
    /// <returns>Frame numbers; a video that is too short is repeated.</returns>
    public static int[] Anchor(int length, int size) => Frames(0, length, size);

    /// <summary>Frames from a start in [min(size, length - size), length - size].</summary>
    /// <param name="length">Of the video, frames, 1 or more.</param>
    /// <param name="size">Frames of a clip.</param>
    /// <param name="u">Uniform in [0, 1).</param>
    /// <returns>Frame numbers; a video that is too short is repeated (ours).</returns>
    public static int[] Positive(int length, int size, double u)
    {
        var last = Math.Max(0, length - size);
        var first = Math.Min(size, last);
        return Frames(first + (int)(u * (last - first + 1)), length, size);
    }

    /// <summary>Frames from a start anywhere (ours).</summary>
    /// <param name="length">Of the video, frames, 1 or more.</param>
    /// <param name="size">Frames of a clip.</param>
    /// <param name="u">Uniform in [0, 1).</param>
    public static int[] Anywhere(int length, int size, double u) => Frames((int)(u * (Math.Max(0, length - size) + 1)), length, size);

    private static int[] Frames(int start, int length, int size) => [.. Enumerable.Range(0, size).Select(i => start + (i % (length - start)))];
}
