using System.Globalization;
using Sosia.Learning.Encoders;
using Sosia.Learning.Views;
using Sosia.Library;
using Sosia.Matching;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia;

/// <summary>Which frames of a video are its clips: one after the other, none twice.</summary>
/// <param name="Frames">T, of a clip.</param>
/// <param name="Rate">Of them a second.</param>
/// <param name="Side">Of the square in the middle of a frame, pixels; the frame's short side becomes as long.</param>
public sealed record ClipSampling(int Frames, double Rate, int Side)
{
    private const int DrawnFrames = 100_000; // of a long video, to see which frames a method takes

    /// <summary>As a method's clips are. Where it chooses their frames itself, those that it would take of a long video tell how far apart they are.</summary>
    /// <param name="clip">Of the method.</param>
    /// <param name="rate">Frames a second of what it was trained on.</param>
    public static ClipSampling Of(ClipPlan clip, double rate)
    {
        if (clip.Times is null)
        {
            return new ClipSampling(clip.Frames, clip.Intervals[0] > 0 ? 1 / clip.Intervals[0] : 1, clip.Side);
        }

        var frames = clip.Times(DrawnFrames, rate, new SampleRandom(0, 0, 0));
        var step = frames.Length < 2 ? 1 : Math.Max(1, (frames[^1] - frames[0]) / (frames.Length - 1.0));
        return new ClipSampling(clip.Frames, rate / step, clip.Side);
    }

    /// <summary>8 s (Deng et al. 2023): 8 frames, one a second.</summary>
    public static ClipSampling ThreeDCsl { get; } = new(ThreeDCslClips.Frames, 1, ThreeDCslClips.Side);
}

/// <summary>
/// Clips through a video encoder. Frames are taken by their times and scaled by the decoder, where the code of 3D-CSL counts frames and scales by
/// OpenCV.
/// </summary>
/// <param name="model">What a user calls it.</param>
/// <param name="description">One line.</param>
/// <param name="width">Numbers of a row.</param>
/// <param name="fingerprint">Changes with the weights.</param>
/// <param name="sampling">Which frames are a clip.</param>
/// <param name="load">Makes, on the thread that will run it, what turns N x 3 x T x side x side in [0, 1] into N x D of any length.</param>
/// <param name="matching">Thresholds; null: those of 3D-CSL.</param>
public sealed class ClipEmbedder(
    string model, string description, int width, string fingerprint, ClipSampling sampling, Func<Func<Tensor, Tensor>> load, MatchingOptions? matching = null) : IEmbedder
{
    private const int BatchClips = 2;
    private const ulong Seed = 1;

    private readonly Lazy<NetworkQueue<ClipSample>> queue =
        new(() => new NetworkQueue<ClipSample>(() => Loaded(load(), sampling), BatchClips, 4 * BatchClips));

    /// <inheritdoc/>
    public string Model => model;

    /// <inheritdoc/>
    public EmbedderIdentity Identity { get; } = new(string.Create(CultureInfo.InvariantCulture, $"{model}@{sampling.Frames / sampling.Rate:0.##}s"), VectorKind.Int8Float16, width, fingerprint);

    /// <inheritdoc/>
    public string Description => description;

    /// <inheritdoc/>
    public MatchingOptions Matching => matching ?? MatchingOptions.ThreeDCsl;

    /// <summary>The transformer of 3D-CSL, with its clips and its pixels in [-1, 1].</summary>
    /// <param name="model">What a user calls it.</param>
    /// <param name="description">One line.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="fingerprint">Changes with the weights.</param>
    /// <param name="load">Makes the network.</param>
    public static ClipEmbedder ThreeDCsl(string model, string description, int width, string fingerprint, Func<VideoTransformer> load) =>
        new(model, description, width, fingerprint, ClipSampling.ThreeDCsl, () =>
        {
            var network = load();
            network.Eval();
            return clips => network.Forward((clips - 0.5) / 0.5).Vector;
        });

    /// <summary>With random weights of a fixed seed: for trials of the path, not for finding copies.</summary>
    /// <param name="name">tiny, small or base.</param>
    /// <param name="size">Its size.</param>
    public static ClipEmbedder Untrained(string name, TransformerSize size) => ThreeDCsl(
        $"3d-csl-{name}",
        $"the transformer of 3D-CSL, {name}, untrained: for trials, finds nothing",
        size.Width,
        $"3d-csl-{name}/untrained/seed {Seed}/1",
        () =>
        {
            using var generator = new Generator(Seed);
            return new VideoTransformer(VideoTransformerShape.ThreeDCsl(size), generator);
        });

    /// <inheritdoc/>
    public void Prepare() => TorchSetup.Prepare();

    /// <inheritdoc/>
    public EmbedOutcome Embed(VideoInfo video, EmbedRequest request, Action<ClipBatch> onClips, CancellationToken stop = default)
    {
        Prepare();
        var geometry = ThreeDCslClips.Geometry(video.Height, video.Width, sampling.Side);
        var frames = new FrameRequest(geometry.Width, geometry.Height) { Rate = sampling.Rate, From = request.From, To = request.To, Threads = request.Threads };
        using var reader = FrameReader.Open(video, frames, stop);
        var rows = new RowsInFlight(width, request.Variants.Count, onClips, stop);
        var clip = new ClipUnderWay(sampling);
        var (count, last, clips) = (0L, 0.0, 0);
        while (reader.Read(out var frame))
        {
            if (clip.Frames == sampling.Frames)
            {
                Send(frame.Time);
            }

            clip.Add(frame, geometry);
            (count, last) = (count + 1, frame.Time);
        }

        var end = video.IsPicture ? last : last + (1 / sampling.Rate);

        // The published rule: a last clip that is less than half full is dropped, unless it is the only one.
        if (clip.Frames >= (sampling.Frames + 1) / 2 || (clips == 0 && count > 0))
        {
            Send(end);
        }

        rows.Finish(end);
        return new EmbedOutcome(end, count, reader.Damage);

        void Send(double until)
        {
            var sample = clip.Take(out var start);
            clips++;
            rows.Add(
                start,
                queue.Value.Add(sample, stop),
                [.. request.Variants.Select(_ => queue.Value.Add(sample with { IsMirrored = true }, stop))], // mirrored is all that it can
                until);
        }
    }

    /// <summary>None: only the mirrored pictures tell.</summary>
    /// <param name="plain">N rows.</param>
    public VectorRows? Mirror(VectorRows plain) => null;

    private static Func<IReadOnlyList<ClipSample>, EmbeddedRow[]> Loaded(Func<Tensor, Tensor> network, ClipSampling sampling)
    {
        var settings = ComputeSettings.Of();
        TorchRuntime.Threads = settings.Threads;
        return samples => Compute(network, samples, sampling, settings.Type);
    }

    private static EmbeddedRow[] Compute(Func<Tensor, Tensor> network, IReadOnlyList<ClipSample> samples, ClipSampling sampling, ScalarType type)
    {
        using var inference = InferenceMode.Enter();
        using var autocast = Autocast.Enter(DeviceType.Cpu, ScalarType.BFloat16, enabled: type == ScalarType.BFloat16);
        using var scope = TensorScope.Enter();
        var vectors = network(Tensor.Cat([.. samples.Select(sample => sample.Input(sampling))], 0)).To(ScalarType.Float32);
        var rows = (vectors / vectors.LinalgVectorNorm(2, [1], keepdim: true).ClampMin(1e-12)).ToArray<float>();
        return [.. rows.Chunk(rows.Length / samples.Count).Zip(samples, (row, sample) => new EmbeddedRow(row, sample.Quality))];
    }

    // Frames of side x side x 3 bytes; those at the end that are missing are black.
    private readonly record struct ClipSample(byte[] Frames, byte Quality, bool IsMirrored)
    {
        // 1 x 3 x T x side x side, in [0, 1].
        public Tensor Input(ClipSampling sampling)
        {
            var input = Batch.Unit(Tensor.Of(Frames, 1, sampling.Frames, sampling.Side, sampling.Side, 3));
            return IsMirrored ? input.Flip([4]) : input;
        }
    }

    private sealed class ClipUnderWay(ClipSampling sampling)
    {
        private byte[] bytes = new byte[sampling.Frames * 3 * sampling.Side * sampling.Side];
        private double start;
        private int quality;

        public int Frames { get; private set; }

        public void Add(Frame frame, CropGeometry geometry)
        {
            if (Frames == 0)
            {
                start = frame.Time;
            }

            var row = 3 * sampling.Side;
            var square = bytes.AsSpan(Frames++ * row * sampling.Side, row * sampling.Side);
            for (var y = 0; y < sampling.Side; y++)
            {
                frame.Rgb.Slice(3 * (((geometry.Top + y) * geometry.Width) + geometry.Left), row).CopyTo(square[(y * row)..]);
            }

            quality += FrameQuality.Of(square, sampling.Side, PixelBox.All(sampling.Side));
        }

        public ClipSample Take(out double from)
        {
            from = start;
            var sample = new ClipSample(bytes, (byte)(quality / Frames), IsMirrored: false);
            (bytes, Frames, quality) = (new byte[bytes.Length], 0, 0);
            return sample;
        }
    }
}
