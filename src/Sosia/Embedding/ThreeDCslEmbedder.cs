using Sosia.Learning.Encoders;
using Sosia.Learning.Views;
using Sosia.Library;
using Sosia.Matching;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia;

/// <summary>
/// Clips of 8 s through the space-time transformer of 3D-CSL (Deng et al. 2023): 8 frames, one a second, the short side 224, the middle cut out.
/// Frames are taken by their times and scaled by the decoder, where the published code counts frames and scales by OpenCV.
/// </summary>
/// <param name="model">What a user calls it.</param>
/// <param name="description">One line.</param>
/// <param name="width">Numbers of a row.</param>
/// <param name="fingerprint">Changes with the weights.</param>
/// <param name="load">Makes the network, on the thread that will run it.</param>
public sealed class ThreeDCslEmbedder(string model, string description, int width, string fingerprint, Func<VideoTransformer> load) : IEmbedder
{
    private const double Rate = 1; // frames a second
    private const int FrameBytes = ThreeDCslClips.Side * ThreeDCslClips.Side * 3;
    private const int BatchClips = 2;

    private readonly Lazy<NetworkQueue<ClipSample>> queue =
        new(() => new NetworkQueue<ClipSample>(() => Loaded(load()), BatchClips, 4 * BatchClips));

    /// <inheritdoc/>
    public string Model => model;

    /// <inheritdoc/>
    public EmbedderIdentity Identity { get; } = new($"{model}@8s", VectorKind.Int8Float16, width, fingerprint);

    /// <inheritdoc/>
    public string Description => description;

    /// <inheritdoc/>
    public MatchingOptions Matching => MatchingOptions.ThreeDCsl;

    /// <summary>With random weights of a fixed seed: for trials of the path, not for finding copies.</summary>
    /// <param name="name">tiny, small or base.</param>
    /// <param name="size">Its size.</param>
    public static ThreeDCslEmbedder Untrained(string name, TransformerSize size) => new(
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
        var geometry = ThreeDCslClips.Geometry(video.Height, video.Width);
        var frames = new FrameRequest(geometry.Width, geometry.Height) { Rate = Rate, From = request.From, To = request.To, Threads = request.Threads };
        using var reader = FrameReader.Open(video, frames, stop);
        var rows = new RowsInFlight(width, request.Variants.Count, onClips, stop);
        var clip = new ClipUnderWay();
        var (count, last, clips) = (0L, 0.0, 0);
        while (reader.Read(out var frame))
        {
            if (clip.Frames == ThreeDCslClips.Frames)
            {
                Send(frame.Time);
            }

            clip.Add(frame, geometry);
            (count, last) = (count + 1, frame.Time);
        }

        var end = video.IsPicture ? last : last + (1 / Rate);

        // The published rule: a last clip that is less than half full is dropped, unless it is the only one.
        if (clip.Frames >= ThreeDCslClips.Frames / 2 || (clips == 0 && count > 0))
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

    private const ulong Seed = 1;

    private static Func<IReadOnlyList<ClipSample>, EmbeddedRow[]> Loaded(VideoTransformer network)
    {
        var settings = ComputeSettings.Of();
        TorchRuntime.Threads = settings.Threads;
        network.Eval();
        return samples => Compute(network, samples, settings.Type);
    }

    private static EmbeddedRow[] Compute(VideoTransformer network, IReadOnlyList<ClipSample> samples, ScalarType type)
    {
        using var inference = InferenceMode.Enter();
        using var autocast = Autocast.Enter(DeviceType.Cpu, ScalarType.BFloat16, enabled: type == ScalarType.BFloat16);
        using var scope = TensorScope.Enter();
        var clips = Tensor.Cat([.. samples.Select(sample => sample.Input())], 0);
        var vectors = network.Forward(clips).Vector.To(ScalarType.Float32);
        var rows = (vectors / vectors.LinalgVectorNorm(2, [1], keepdim: true).ClampMin(1e-12)).ToArray<float>();
        return [.. rows.Chunk(rows.Length / samples.Count).Zip(samples, (row, sample) => new EmbeddedRow(row, sample.Quality))];
    }

    private readonly record struct ClipSample(byte[] Frames, byte Quality, bool IsMirrored)
    {
        // 1 x 3 x 8 x 224 x 224, in [-1, 1].
        public Tensor Input()
        {
            var input = Tensor.Of(ThreeDCslClips.Normalise(Frames, ThreeDCslClips.Side, ThreeDCslClips.Side), 1, 3, ThreeDCslClips.Frames, ThreeDCslClips.Side, ThreeDCslClips.Side);
            return IsMirrored ? input.Flip([4]) : input;
        }
    }

    private sealed class ClipUnderWay
    {
        private byte[] bytes = new byte[ThreeDCslClips.Frames * FrameBytes];
        private double start;
        private int quality;

        public int Frames { get; private set; }

        public void Add(Frame frame, CropGeometry geometry)
        {
            if (Frames == 0)
            {
                start = frame.Time;
            }

            var square = bytes.AsSpan(Frames++ * FrameBytes, FrameBytes);
            for (var y = 0; y < ThreeDCslClips.Side; y++)
            {
                frame.Rgb.Slice(3 * (((geometry.Top + y) * geometry.Width) + geometry.Left), 3 * ThreeDCslClips.Side).CopyTo(square[(3 * y * ThreeDCslClips.Side)..]);
            }

            quality += FrameQuality.Of(square, ThreeDCslClips.Side, PixelBox.All(ThreeDCslClips.Side));
        }

        // Missing frames stay black.
        public ClipSample Take(out double from)
        {
            from = start;
            var sample = new ClipSample(bytes[..(Frames * FrameBytes)], (byte)(quality / Frames), IsMirrored: false);
            (bytes, Frames, quality) = (new byte[bytes.Length], 0, 0);
            return sample;
        }
    }
}
