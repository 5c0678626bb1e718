namespace Sosia.Video;

/// <summary>A clip: which of the sampled frames it holds.</summary>
/// <param name="First">Number of its first frame.</param>
/// <param name="Count">How many frames there are for it; the rest is padding.</param>
public readonly record struct Clip(int First, int Count);

/// <summary>Which instants of a video are looked at.</summary>
public static class Sampling
{
    /// <summary>Seconds by which a time stamp may miss the instant that it stands for: containers round to a millisecond.</summary>
    public const double Tolerance = 0.001;

    /// <summary>The number of the last instant k / rate that is not after a time.</summary>
    /// <param name="time">Seconds.</param>
    /// <param name="rate">Instants a second, positive.</param>
    public static long Step(double time, double rate) => (long)Math.Floor((time + Tolerance) * rate);

    /// <summary>Cuts a sequence of frames into clips; the last one is short where the frames do not fill it. No frames, no clips.</summary>
    /// <param name="frames">How many there are.</param>
    /// <param name="length">Frames a clip.</param>
    /// <param name="stride">Frames from the beginning of a clip to the beginning of the next; below <paramref name="length"/> they overlap.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length or stride below 1.</exception>
    public static IReadOnlyList<Clip> Clips(int frames, int length, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frames);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        var clips = new List<Clip>();
        for (var first = 0L; first < frames; first += stride)
        {
            clips.Add(new Clip((int)first, (int)Math.Min(length, frames - first)));
            if (first + length >= frames)
            {
                break; // a further clip would show nothing new
            }
        }

        return clips;
    }

    /// <summary>The number of the frame that stands at a place of a clip: the last frame is repeated where there are too few.</summary>
    /// <param name="clip">From <see cref="Clips"/>.</param>
    /// <param name="place">From 0.</param>
    public static int FrameAt(Clip clip, int place) => clip.First + Math.Min(place, clip.Count - 1);
}
