using System.Globalization;

namespace Sosia.Video;

/// <summary>
/// The frames of a video at one size, in the order of their times, by one ffmpeg child. Memory is two frames, however long the video is.
/// Used from one thread.
/// </summary>
public sealed class FrameReader : IDisposable
{
    private const double MostRepeatedSeconds = 60; // a gap that is longer is a lie of the time stamps, or shows nothing new

    private readonly VideoInfo _video;
    private readonly FrameRequest _request;
    private readonly CancellationToken _stop;
    private readonly double? _zero; // ffmpeg's time of the first shown frame; known only where we seek
    private Decoder _decoder;
    private Timeline _timeline;
    private bool _sparse;
    private byte[] _held;
    private byte[] _spare;
    private (long Next, long End) _repeats;
    private double? _pending; // time of the frame in _spare, which comes after the repeats of the one in _held
    private long? _step;
    private double _end;
    private bool _seen;
    private bool _finished;

    private FrameReader(VideoInfo video, FrameRequest request, CancellationToken stop)
    {
        (_video, _request, _stop) = (video, request, stop);
        _held = new byte[checked(request.Width * request.Height * 3)];
        _spare = new byte[_held.Length];
        _sparse = request.Sparse && request.Rate > 0 && video.FrameRate >= 4 * request.Rate;
        if (request.From > 0 && SeeksExactly(video)) _zero = FirstStamp();
        (_decoder, _timeline) = Begin();
    }

    /// <summary>After the last frame: what is wrong with the file, for example <c>truncated: decoding ended at 1.63 s of 3.00 s</c>; or null.</summary>
    public string? Damage { get; private set; }

    /// <summary>After the last frame: how many frames ffmpeg decoded for those that were given; 0 where <see cref="FrameRequest.To"/> ended it.</summary>
    public long DecodedFrames => _decoder.DecodedFrames;

    private double FrameSeconds => _video.FrameRate > 0 ? 1 / _video.FrameRate : 0;

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
        if ((long)request.Width * request.Height > request.MaxPixels) throw new ArgumentException("more pixels than MaxPixels", nameof(request));
        if (!(request.Rate is >= 0 and <= 1000)) throw new ArgumentException("Rate is not between 0 and 1000", nameof(request));
        if (!(request.From >= 0 && double.IsFinite(request.From))) throw new ArgumentException("From is not 0 or later", nameof(request));
        if (request.To is { } to && !(to > request.From)) throw new ArgumentException("To is not after From", nameof(request));
        return new FrameReader(video, request, stop);
    }

    /// <summary>The next frame.</summary>
    /// <param name="frame">Its pixels are valid until the next read.</param>
    /// <returns>False after the last frame.</returns>
    /// <exception cref="VideoException">No frame at all could be decoded, or ffmpeg hangs.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public bool Read(out Frame frame)
    {
        if (_pending is null && !_finished) ReadWanted();
        if (_repeats.Next < _repeats.End)
        {
            frame = new Frame(_repeats.Next++ / _request.Rate, _held);
            return true;
        }
        frame = default;
        if (_pending is not { } time) return false;
        (_held, _spare) = (_spare, _held);
        _pending = null;
        frame = new Frame(time, _held);
        return true;
    }

    /// <summary>Ends ffmpeg if it still runs.</summary>
    public void Dispose() => _decoder.Dispose();

    // Decodes into _spare until a wanted frame stands there, or the video ends.
    private void ReadWanted()
    {
        while (_decoder.Read(_spare, out var stamp))
        {
            _seen = true;
            var time = _timeline.Next(stamp);
            _end = time + FrameSeconds;
            if (time < _request.From - Sampling.Tolerance) continue;
            if (time >= _request.To - Sampling.Tolerance)
            {
                _decoder.Dispose();
                _finished = true;
                return;
            }
            if (!Wanted(time)) continue;
            _pending = time;
            return;
        }
        _finished = true;
        Finish();
    }

    private bool Wanted(double time)
    {
        if (_request.Rate == 0) return true;
        var step = Sampling.Step(time, _request.Rate);
        if (step <= _step) return false;
        if (step > _step + 1 && _sparse)
        {
            DecodeFully();
            return false;
        }
        if (_step is { } last) _repeats = (last + 1, Math.Min(step, last + 1 + (long)(MostRepeatedSeconds * _request.Rate)));
        _step = step;
        return true;
    }

    // A step was missed: the frames left out were needed. Steps already given are passed over the second time.
    private void DecodeFully()
    {
        _decoder.Dispose();
        _sparse = false;
        (_decoder, _timeline) = Begin();
    }

    private (Decoder Decoder, Timeline Timeline) Begin()
    {
        if (_zero is not { } zero) return (Decoder.Start(_video, _request, _sparse, seek: null, zero: null, _stop), new Timeline(FrameSeconds));
        var from = _request.From - Sampling.Tolerance;
        return (Decoder.Start(_video, _request, _sparse, zero + from, -from, _stop), new Timeline(FrameSeconds, from));
    }

    // Containers with an index of key frames by time. In others ffmpeg guesses a place, so they are decoded from the beginning.
    private static bool SeeksExactly(VideoInfo video) =>
        video.Container.StartsWith("mov,", StringComparison.Ordinal) || video.Container.StartsWith("matroska,", StringComparison.Ordinal);

    private double FirstStamp()
    {
        using var decoder = Decoder.Start(_video, _request with { Rate = 0 }, sparse: false, seek: null, zero: null, _stop);
        return decoder.Read(_spare, out var stamp) ? stamp : throw NoFrames(decoder);
    }

    private void Finish()
    {
        if (!_seen && _zero is null) throw NoFrames(_decoder);
        var parts = new[] { Shortfall(), _decoder.Failure }.OfType<string>();
        Damage = string.Join("; ", parts) is { Length: > 0 } damage ? damage : null;
    }

    private string? Shortfall()
    {
        if (_video.Duration <= 0 || (!_video.OwnDuration && _video.HasAudio)) return null;
        var uncertain = (_request.Rate > 0 ? 1 / _request.Rate : 0) + Math.Max(0.25, 2 * FrameSeconds);
        if (!_seen || _end + uncertain >= _video.Duration) return null;
        return string.Create(CultureInfo.InvariantCulture, $"truncated: decoding ended at {_end:0.00} s of {_video.Duration:0.00} s");
    }

    private VideoException NoFrames(Decoder decoder)
    {
        if (decoder.TooManyPixels) return new VideoException(VideoFault.TooLarge, _video.Path, "frames with more pixels than allowed; raise the limit to read it");
        if (decoder.OutOfMemory) return new VideoException(VideoFault.TooLarge, _video.Path, "decoding it needs more memory than allowed");
        var why = decoder.Failure is { } failure ? $" ({failure})" : "";
        return new VideoException(VideoFault.NoFrames, _video.Path, "no frame of its video stream can be decoded" + why);
    }
}
