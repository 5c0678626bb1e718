using System.Globalization;

namespace Sosia.Video;

/// <summary>
/// The frames of a video at one size, in the order of their times, by one ffmpeg child. Memory is two frames, however long the video is.
/// Used from one thread.
/// </summary>
public sealed class FrameReader : IDisposable
{
    private const double MostRepeatedSeconds = 60; // a gap that is longer is a lie of the time stamps, or shows nothing new

    private const double MostSeconds = 4_000_000; // 46 days: whoever keeps milliseconds in 32 bits can keep every time

    private readonly VideoInfo video;
    private readonly FrameRequest request;
    private readonly CancellationToken stop;
    private readonly double? zero; // ffmpeg's time of the first shown frame; known only where we seek
    private Decoder decoder;
    private Timeline timeline;
    private bool sparse;
    private byte[] held;
    private byte[] spare;
    private (long Next, long End) repeats;
    private double? pending; // time of the frame in spare, which comes after the repeats of the one in held
    private long? lastStep;
    private double end;
    private bool seen;
    private bool finished;

    private FrameReader(VideoInfo video, FrameRequest request, CancellationToken stop)
    {
        (this.video, this.request, this.stop) = (video, request, stop);
        held = new byte[checked(request.Width * request.Height * 3)];
        spare = new byte[held.Length];
        sparse = request.Sparse && request.Rate > 0 && video.FrameRate >= 4 * request.Rate;
        if (request.From > 0 && SeeksExactly(video))
        {
            zero = FirstStamp();
        }

        (decoder, timeline) = Begin();
    }

    /// <summary>After the last frame: what is wrong with the file, for example <c>truncated: decoding ended at 1.63 s of 3.00 s</c>; or null.</summary>
    public string? Damage { get; private set; }

    /// <summary>After the last frame: how many frames ffmpeg decoded for those that were given; 0 where <see cref="FrameRequest.To"/> ended it.</summary>
    public long DecodedFrames => decoder.DecodedFrames;

    private double FrameSeconds => video.FrameRate > 0 ? 1 / video.FrameRate : 0;

    /// <summary>Starts to decode.</summary>
    /// <param name="video">From <see cref="Probe"/>.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="stop">Ends the decoder; the next read throws <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="VideoException">ffmpeg is missing.</exception>
    /// <exception cref="ArgumentException">A size, rate or time that cannot be.</exception>
    public static FrameReader Open(VideoInfo video, FrameRequest request, CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Width, 1, nameof(request));
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Height, 1, nameof(request));
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Threads, 1, nameof(request));
        if ((long)request.Width * request.Height > request.MaxPixels)
        {
            throw new ArgumentException("more pixels than MaxPixels", nameof(request));
        }

        if (!(request.Rate is >= 0 and <= 1000))
        {
            throw new ArgumentException("Rate is not between 0 and 1000", nameof(request));
        }

        if (!(request.From >= 0 && double.IsFinite(request.From)))
        {
            throw new ArgumentException("From is not 0 or later", nameof(request));
        }

        if (request.To is { } to && !(to > request.From))
        {
            throw new ArgumentException("To is not after From", nameof(request));
        }

        return new FrameReader(video, request, stop);
    }

    /// <summary>The next frame.</summary>
    /// <param name="frame">Its pixels are valid until the next read.</param>
    /// <returns>False after the last frame.</returns>
    /// <exception cref="VideoException">No frame at all could be decoded, or ffmpeg hangs.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public bool Read(out Frame frame)
    {
        if (pending is null && !finished)
        {
            ReadWanted();
        }

        if (repeats.Next < repeats.End)
        {
            frame = new Frame(repeats.Next++ / request.Rate, held);
            return true;
        }

        frame = default;
        if (pending is not { } time)
        {
            return false;
        }

        (held, spare) = (spare, held);
        pending = null;
        frame = new Frame(time, held);
        return true;
    }

    /// <summary>Ends ffmpeg if it still runs.</summary>
    public void Dispose() => decoder.Dispose();

    // Decodes into spare until a wanted frame stands there, or the video ends.
    private void ReadWanted()
    {
        while (decoder.Read(spare, out var stamp))
        {
            seen = true;
            var time = timeline.Next(stamp);
            if (time > MostSeconds)
            {
                decoder.Dispose();
                finished = true;
                Damage = string.Create(CultureInfo.InvariantCulture, $"its time stamps go on beyond {MostSeconds / 86400:0} days: read up to {end:0.00} s");
                return;
            }

            end = time + FrameSeconds;
            if (time < request.From - Sampling.Tolerance)
            {
                continue;
            }

            if (time >= request.To - Sampling.Tolerance)
            {
                decoder.Dispose();
                finished = true;
                return;
            }

            if (!Wanted(time))
            {
                continue;
            }

            pending = time;
            return;
        }

        finished = true;
        Finish();
    }

    private bool Wanted(double time)
    {
        if (request.Rate == 0)
        {
            return true;
        }

        var step = Sampling.Step(time, request.Rate);
        if (step <= lastStep)
        {
            return false;
        }

        if (step > lastStep + 1 && sparse)
        {
            DecodeFully();
            return false;
        }

        if (lastStep is { } last)
        {
            repeats = (last + 1, Math.Min(step, last + 1 + (long)(MostRepeatedSeconds * request.Rate)));
        }

        lastStep = step;
        return true;
    }

    // A step was missed: the frames left out were needed. Steps already given are passed over the second time.
    private void DecodeFully()
    {
        decoder.Dispose();
        sparse = false;
        (decoder, timeline) = Begin();
    }

    private (Decoder Decoder, Timeline Timeline) Begin()
    {
        if (zero is not { } origin)
        {
            return (Decoder.Start(video, request, sparse, seek: null, zero: null, stop), new Timeline(FrameSeconds));
        }

        var from = request.From - Sampling.Tolerance;
        return (Decoder.Start(video, request, sparse, origin + from, -from, stop), new Timeline(FrameSeconds, from));
    }

    // Containers with an index of key frames by time. In others ffmpeg guesses a place, so they are decoded from the beginning.
    private static bool SeeksExactly(VideoInfo video) =>
        video.Container.StartsWith("mov,", StringComparison.Ordinal) || video.Container.StartsWith("matroska,", StringComparison.Ordinal);

    private double FirstStamp()
    {
        using var first = Decoder.Start(video, request with { Rate = 0 }, sparse: false, seek: null, zero: null, stop);
        return first.Read(spare, out var stamp) ? stamp : throw NoFrames(first);
    }

    private void Finish()
    {
        if (!seen && zero is null)
        {
            throw NoFrames(decoder);
        }

        var parts = new[] { Shortfall(), decoder.Failure }.OfType<string>();
        Damage = string.Join("; ", parts) is { Length: > 0 } damage ? damage : null;
    }

    private string? Shortfall()
    {
        if (video.Duration <= 0 || (!video.OwnDuration && video.HasAudio))
        {
            return null;
        }

        var uncertain = (request.Rate > 0 ? 1 / request.Rate : 0) + Math.Max(0.25, 2 * FrameSeconds);
        if (!seen || end + uncertain >= video.Duration)
        {
            return null;
        }

        return string.Create(CultureInfo.InvariantCulture, $"truncated: decoding ended at {end:0.00} s of {video.Duration:0.00} s");
    }

    private VideoException NoFrames(Decoder ended)
    {
        if (ended.TooManyPixels)
        {
            return new VideoException(VideoFault.TooLarge, video.Path, "frames with more pixels than allowed; raise the limit to read it");
        }

        if (ended.OutOfMemory)
        {
            return new VideoException(VideoFault.TooLarge, video.Path, "decoding it needs more memory than allowed");
        }

        var why = ended.Failure is { } failure ? $" ({failure})" : "";
        return new VideoException(VideoFault.NoFrames, video.Path, "no frame of its video stream can be decoded" + why);
    }
}
