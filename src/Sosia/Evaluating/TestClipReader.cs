using Sosia.Learning.Evaluation;
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
}

/// <summary>Decodes test clips.</summary>
internal static class TestClipReader
{
    private const int MostBytes = 64 << 20; // of frames that are kept before it is known which are wanted

    /// <summary>The clips of a video: clips x frames x side x side x 3 bytes.</summary>
    /// <exception cref="VideoException">The video cannot be read.</exception>
    public static byte[] Read(string path, TestClipOptions options, CancellationToken stop = default)
    {
        var video = Probe.Read(path, stop);
        var most = MostBytes / options.FrameBytes;
        var (frames, count) = Pass(video, options, number => number < most, stop);
        int[] wanted = [.. TestClips.Spread(count, options.Frames, options.Clips).SelectMany(start => TestClips.Frames(start, options.Frames, count))];
        if (count > most)
        {
            (frames, _) = Pass(video, options, wanted.ToHashSet().Contains, stop); // the end of a long video tells where its clips are
        }

        var clips = new byte[wanted.Length * options.FrameBytes];
        foreach (var (place, number) in wanted.Index())
        {
            frames[number].CopyTo(clips, place * options.FrameBytes);
        }

        return clips;
    }

    private static (Dictionary<int, byte[]> Frames, int Count) Pass(VideoInfo video, TestClipOptions options, Func<int, bool> wanted, CancellationToken stop)
    {
        using var reader = FrameReader.Open(video, new FrameRequest(options.Width, options.Height) { Rate = options.Rate }, stop);
        var (frames, count) = (new Dictionary<int, byte[]>(), 0);
        for (; reader.Read(out var frame); count++)
        {
            if (wanted(count))
            {
                frames[count] = Cut(frame.Rgb, options);
            }
        }

        return (frames, count);
    }

    private static byte[] Cut(ReadOnlySpan<byte> rgb, TestClipOptions options)
    {
        var corner = TestClips.CentreCrop(options.Height, options.Width, options.Side);
        var square = new byte[options.FrameBytes];
        var row = 3 * options.Side;
        for (var y = 0; y < options.Side; y++)
        {
            rgb.Slice(3 * (((corner.Row + y) * options.Width) + corner.Column), row).CopyTo(square.AsSpan(y * row));
        }

        return square;
    }
}
