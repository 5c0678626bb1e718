using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>
/// The frames of a video, of which no more than a part is held at a time, however long it is: those of a short one are kept as they are decoded, those of
/// a longer one are counted, and decoded again one by one when its parts are asked for.
/// </summary>
internal sealed class PartedFrames
{
    private readonly VideoInfo video;
    private readonly FrameRequest request;
    private readonly CancellationToken stop;
    private readonly IReadOnlyList<byte[]> kept;

    private PartedFrames(VideoInfo video, FrameRequest request, int count, IReadOnlyList<byte[]> kept, CancellationToken stop) =>
        (this.video, this.request, Count, this.kept, this.stop) = (video, request, count, kept, stop);

    /// <summary>How many there are, at least one.</summary>
    public int Count { get; }

    /// <summary>How many are held: all or none.</summary>
    public int Held => kept.Count;

    /// <summary>Decodes a video.</summary>
    /// <param name="path">Of the video.</param>
    /// <param name="request">Which frames, and how large.</param>
    /// <param name="most">Frames that are held at a time.</param>
    /// <param name="stop">Ends it, now and when parts are asked for.</param>
    /// <exception cref="VideoException">The video cannot be read.</exception>
    public static PartedFrames Read(string path, FrameRequest request, int most, CancellationToken stop = default)
    {
        var video = Probe.Read(path, stop);
        using var reader = FrameReader.Open(video, request, stop);
        var (kept, count) = (new List<byte[]>(), 0);
        for (; reader.Read(out var frame); count++)
        {
            if (count < most)
            {
                kept.Add(frame.Rgb.ToArray());
            }
            else
            {
                kept.Clear();
            }
        }

        return new PartedFrames(video, request, count, kept, stop);
    }

    /// <summary>The frames in their order, each height x width x 3 bytes, in parts; decoded again where they are not held.</summary>
    /// <param name="length">Frames of a part, but for the last.</param>
    /// <returns>Parts that are read once, and to the end before the next is asked for.</returns>
    /// <exception cref="VideoException">The video cannot be read any more, or is another one now.</exception>
    public IEnumerable<IEnumerable<byte[]>> Parts(int length)
    {
        using var frames = (Held == Count ? kept : Again()).GetEnumerator();
        while (frames.MoveNext())
        {
            yield return Part(frames, length);
        }
    }

    // From where it stands on.
    private static IEnumerable<byte[]> Part(IEnumerator<byte[]> frames, int length)
    {
        yield return frames.Current;
        for (var i = 1; i < length && frames.MoveNext(); i++)
        {
            yield return frames.Current;
        }
    }

    private IEnumerable<byte[]> Again()
    {
        using var reader = FrameReader.Open(video, request, stop);
        var count = 0;
        for (; count < Count && reader.Read(out var frame); count++)
        {
            yield return frame.Rgb.ToArray();
        }

        if (count < Count || reader.Read(out _))
        {
            throw new VideoException(VideoFault.Damaged, video.Path, "it changed while it was read");
        }
    }
}
