using Sosia.Learning.Evaluation;
using Sosia.Learning.Views;
using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>Which clips of a video a test looks at, and how they are cut out; the values are VCOP's (Xu et al. 2019, code) where nothing is said.</summary>
public sealed record TestClipOptions
{
    /// <summary>Evenly spread clips of a video.</summary>
    public int Clips { get; init; } = 10;

    /// <summary>Frames of a clip, one after the other.</summary>
    public int Frames { get; init; } = 16;

    /// <summary>Frames a second; 0: all.</summary>
    public double Rate { get; init; }

    /// <summary>Pixels to which a frame is squeezed.</summary>
    public int Height { get; init; } = 128;

    /// <summary>Pixels to which a frame is squeezed.</summary>
    public int Width { get; init; } = 171;

    /// <summary>Of the square that is cut out of its middle, pixels.</summary>
    public int Side { get; init; } = 112;

    /// <summary>Bytes of a frame of a clip.</summary>
    internal int FrameBytes => Side * Side * 3;

    /// <summary>All of it in words: features are kept under them.</summary>
    internal string Words => FormattableString.Invariant($"{Clips} clips, {Frames} frames, {Rate} a second, {Height} x {Width}, middle {Side}");

    /// <summary>Clips as an encoder was trained on them; around the square is as much as VCOP has around its 112 pixels.</summary>
    /// <param name="sampling">The encoder's.</param>
    /// <param name="clips">Of a video.</param>
    public static TestClipOptions Of(ClipSampling sampling, int clips) => new()
    {
        Clips = clips,
        Frames = sampling.Frames,
        Rate = sampling.Rate,
        Height = (int)Math.Ceiling(sampling.Side * 128 / 112.0),
        Width = (int)Math.Ceiling(sampling.Side * 171 / 112.0),
        Side = sampling.Side,
    };
}

/// <summary>Decodes test clips.</summary>
internal static class TestClipReader
{
    private const int MostBytes = 64 << 20; // of frames that are kept before it is known which are wanted

    /// <summary>A clip from anywhere in a video, its square from anywhere in the picture: frames x side x side x 3 bytes (VCOP, code).</summary>
    /// <exception cref="VideoException">The video cannot be read.</exception>
    public static byte[] ReadAnywhere(string path, TestClipOptions options, SampleRandom random, CancellationToken stop = default)
    {
        var (place, row, column) = (random.Next(), random.Below(options.Height - options.Side + 1), random.Below(options.Width - options.Side + 1));
        return Read(path, options, new CropCorner(row, column), count => [(int)(place * (Math.Max(0, count - options.Frames) + 1))], stop);
    }

    /// <summary>The clips of a video: clips x frames x side x side x 3 bytes.</summary>
    /// <exception cref="VideoException">The video cannot be read.</exception>
    public static byte[] Read(string path, TestClipOptions options, CancellationToken stop = default) => Read(
        path, options, TestClips.CentreCrop(options.Height, options.Width, options.Side), count => TestClips.Spread(count, options.Frames, options.Clips), stop);

    private static byte[] Read(string path, TestClipOptions options, CropCorner corner, Func<int, int[]> starts, CancellationToken stop)
    {
        var video = Probe.Read(path, stop);
        var most = MostBytes / options.FrameBytes;
        var (frames, count) = Pass(video, options, corner, number => number < most, stop);
        int[] wanted = [.. starts(count).SelectMany(start => TestClips.Frames(start, options.Frames, count))];
        if (count > most)
        {
            (frames, _) = Pass(video, options, corner, wanted.ToHashSet().Contains, stop); // the end of a long video tells where its clips are
        }

        var clips = new byte[wanted.Length * options.FrameBytes];
        foreach (var (place, number) in wanted.Index())
        {
            frames[number].CopyTo(clips, place * options.FrameBytes);
        }

        return clips;
    }

    private static (Dictionary<int, byte[]> Frames, int Count) Pass(
        VideoInfo video, TestClipOptions options, CropCorner corner, Func<int, bool> wanted, CancellationToken stop)
    {
        using var reader = FrameReader.Open(video, new FrameRequest(options.Width, options.Height) { Rate = options.Rate }, stop);
        var (frames, count) = (new Dictionary<int, byte[]>(), 0);
        for (; reader.Read(out var frame); count++)
        {
            if (wanted(count))
            {
                frames[count] = Cut(frame.Rgb, options, corner);
            }
        }

        return (frames, count);
    }

    private static byte[] Cut(ReadOnlySpan<byte> rgb, TestClipOptions options, CropCorner corner)
    {
        var square = new byte[options.FrameBytes];
        var row = 3 * options.Side;
        for (var y = 0; y < options.Side; y++)
        {
            rgb.Slice(3 * (((corner.Row + y) * options.Width) + corner.Column), row).CopyTo(square.AsSpan(y * row));
        }

        return square;
    }
}
