namespace Sosia.Learning.Views;

/// <summary>How the frames that were kept become clips.</summary>
/// <param name="Clips">Number of clips.</param>
/// <param name="Used">Frames that are in them.</param>
/// <param name="Padded">Black frames that fill the last one.</param>
/// <param name="Dropped">Frames at the end that are in none.</param>
public readonly record struct ClipLayout(int Clips, int Used, int Padded, int Dropped);

/// <summary>Size to which a picture is resized, and where the square is cut out of it.</summary>
public readonly record struct CropGeometry(int Height, int Width, int Top, int Left);

/// <summary>From decoded frames to the clips of 3D-CSL (Deng et al. 2023, datasets/preprocess.py): one frame a second, clips of eight.</summary>
public static class ThreeDCslClips
{
    /// <summary>Frames of a clip.</summary>
    public const int Frames = 8;

    /// <summary>Side of a frame.</summary>
    public const int Side = 224;

    private const double HighestRate = 144;
    private const int UsualRate = 25;

    private static readonly float[] Normalised = [.. Enumerable.Range(0, 256).Select(static u => ((u / 255f) - 0.5f) / 0.5f)];

    /// <summary>
    /// Frame k is kept when k mod this is 0: the rate rounded half to even, at least 1 (ours); a rate above 144, or none, counts as 25.
    /// </summary>
    /// <param name="rate">Frames a second, as the container says.</param>
    public static int FrameStep(double rate) => rate is > 0 and <= HighestRate ? Math.Max(1, (int)Math.Round(rate, MidpointRounding.ToEven)) : UsualRate;

    /// <summary>How many of the decoded frames are kept.</summary>
    public static int Kept(int frames, int step) => (frames + step - 1) / step;

    /// <summary>max(1, floor(frames / length + 0.5)) clips that do not overlap.</summary>
    /// <param name="kept">Frames that were kept; at least one.</param>
    /// <param name="length">Frames of a clip.</param>
    public static ClipLayout Layout(int kept, int length = Frames)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kept);
        var clips = Math.Max(1, (int)Math.Floor(((double)kept / length) + 0.5));
        var used = Math.Min(kept, clips * length);
        return new ClipLayout(clips, used, (clips * length) - used, kept - used);
    }

    /// <summary>The short side becomes <paramref name="size"/>, the long one is truncated; the square is cut out of the middle.</summary>
    public static CropGeometry Geometry(int height, int width, int size = Side)
    {
        var (high, wide) = height < width ? (size, Long(width, height)) : (Long(height, width), size);
        return new CropGeometry(high, wide, (high - size) / 2, (wide - size) / 2);

        int Long(int side, int shorter) => (int)((double)size * side / shorter);
    }

    /// <summary>Resizes a picture and cuts a square out of it, all of it that is needed and no more.</summary>
    /// <param name="rgb">height x width x 3.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="square">size x size x 3.</param>
    /// <param name="size">Side of the square.</param>
    public static void ResizeAndCrop(ReadOnlySpan<byte> rgb, int height, int width, Span<byte> square, int size = Side)
    {
        var geometry = Geometry(height, width, size);
        BilinearResize.Rgb(rgb, height, width, geometry.Height, geometry.Width, geometry.Top, geometry.Left, square, size, size);
    }

    /// <summary>
    /// (u / 255 - 0.5) / 0.5, in the order that the network takes; missing frames of the last clip are black (-1).
    /// </summary>
    /// <param name="frames">F x height x width x 3; frames beyond the last clip are dropped.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="length">T, frames of a clip.</param>
    /// <returns>clips x 3 x T x height x width.</returns>
    /// <exception cref="ArgumentException">There is no frame, or part of one.</exception>
    public static float[] Normalise(ReadOnlySpan<byte> frames, int height, int width, int length = Frames)
    {
        var pixels = height * width;
        if (frames.IsEmpty || frames.Length % (3 * pixels) != 0)
        {
            throw new ArgumentException($"{frames.Length} bytes are no frames of {height} x {width} x 3", nameof(frames));
        }

        var layout = Layout(frames.Length / (3 * pixels), length);
        var clips = new float[layout.Clips * 3 * length * pixels];
        clips.AsSpan().Fill(Normalised[0]);
        for (var frame = 0; frame < layout.Used; frame++)
        {
            Scatter(frames.Slice(frame * 3 * pixels, 3 * pixels), clips, ((frame / length * 3 * length) + (frame % length)) * pixels, length * pixels);
        }

        return clips;
    }

    // One frame into the planes of its clip.
    private static void Scatter(ReadOnlySpan<byte> frame, float[] clips, int at, int plane)
    {
        var red = clips.AsSpan(at);
        var green = clips.AsSpan(at + plane);
        var blue = clips.AsSpan(at + (2 * plane));
        for (var i = 0; i < frame.Length / 3; i++)
        {
            red[i] = Normalised[frame[3 * i]];
            green[i] = Normalised[frame[(3 * i) + 1]];
            blue[i] = Normalised[frame[(3 * i) + 2]];
        }
    }
}
