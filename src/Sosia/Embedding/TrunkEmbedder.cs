using Sosia.Learning.Encoders;
using Sosia.Learning.Views;
using Sosia.Library;
using Sosia.Matching;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia;

/// <summary>
/// Two frames a second through a convolutional trunk: constant borders are cut off, what is left is squeezed into a square and described. Finds
/// edited copies that hashes miss, at a fraction of a second of one core for a second of video.
/// </summary>
public sealed class TrunkEmbedder : IEmbedder
{
    /// <summary>Frames a second.</summary>
    public const double Rate = 2;

    /// <summary>Side of the square that frames are decoded to, pixels: twice that of the network's, so that what is inside borders is still sharp.</summary>
    public const int FrameSide = 2 * FrameTrunk.Side;

    private const int BatchFrames = 16;

    private readonly Lazy<NetworkQueue<TrunkFrame>> queue;
    private readonly bool cutsBorders;

    private TrunkEmbedder(
        string model, string name, string description, MatchingOptions matching, int dimension, Func<Func<Tensor, Tensor>> load, bool cutsBorders = true, string? fingerprint = null)
    {
        this.cutsBorders = cutsBorders;
        (Model, Description, Matching) = (model, description, matching);
        Identity = new EmbedderIdentity(name, VectorKind.Int8Float16, dimension, fingerprint ?? $"{name}/1");
        queue = new(() => new NetworkQueue<TrunkFrame>(() => Load(load), BatchFrames, 4 * BatchFrames));
    }

    /// <summary>The network of the default model, trained to find copies: see models/README.md.</summary>
    public static TrunkEmbedder Copies { get; } = new(
        "copies",
        "copies-144@2",
        "a small network trained on edited copies looks at two frames a second, 1.5 KB each; needs libtorch",
        MatchingOptions.Copies,
        dimension: 512,
        static () => ClipTrunk.Read(Models.Shipped("copies")).Frames);

    /// <summary>A network that was trained to tell objects apart, whitened: see <see cref="FrameTrunk"/>.</summary>
    public static TrunkEmbedder Pretrained { get; } = new(
        "trunk",
        "trunk-144@2",
        "a pretrained MobileNetV2, as it is, looks at two frames a second, 1.5 KB each; needs libtorch",
        MatchingOptions.Trunk,
        dimension: 512,
        static () => FrameTrunk.Load(Models.Shipped("mobilenet-v2"), Models.Shipped("trunk")).Forward);

    /// <summary>Another network, or this one used otherwise: to measure what each part is worth. Programs that read its libraries do not know it.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="matching">Thresholds for its rows.</param>
    /// <param name="dimension">D.</param>
    /// <param name="load">Makes what turns B x 3 x 144 x 144, in [-1, 1], into B x D of length 1.</param>
    /// <param name="cutsBorders">Whether constant borders are cut off.</param>
    public static TrunkEmbedder Trial(string model, MatchingOptions matching, int dimension, Func<Func<Tensor, Tensor>> load, bool cutsBorders = true) =>
        new(model, model, "a trial", matching, dimension, load, cutsBorders);

    /// <summary>A network that a user trained as the default model was.</summary>
    internal static TrunkEmbedder Trained(string model, string description, string fingerprint, int dimension, Func<Func<Tensor, Tensor>> load) =>
        new(model, $"{model}@2", description, MatchingOptions.Copies, dimension, load, fingerprint: fingerprint);

    /// <inheritdoc/>
    public string Model { get; }

    /// <inheritdoc/>
    public EmbedderIdentity Identity { get; }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public MatchingOptions Matching { get; }

    /// <inheritdoc/>
    public IReadOnlyList<QueryVariant> Variants => QueryVariant.All;

    /// <inheritdoc/>
    public void Prepare() => TorchSetup.Prepare();

    /// <inheritdoc/>
    public EmbedOutcome Embed(VideoInfo video, EmbedRequest request, Action<ClipBatch> onClips, CancellationToken stop = default)
    {
        Prepare();
        var frames = new FrameRequest(FrameSide, FrameSide) { Rate = Rate, From = request.From, To = request.To, Threads = request.Threads };
        using var reader = FrameReader.Open(video, frames, stop);
        var rows = new RowsInFlight(Identity.Dimension, request.Variants.Count, onClips, stop);
        var borders = new SteadyBorders(FrameSide);
        var count = 0L;
        while (reader.Read(out var frame))
        {
            count++;
            Send(borders.Add(frame.Time, frame.Rgb));
        }

        foreach (var last in borders.Finish())
        {
            Send(last);
        }

        var end = video.IsPicture ? rows.LastTime : EndOf(video, rows.LastTime);
        rows.Finish(end);
        return new EmbedOutcome(end, count, reader.Damage);

        void Send(BorderedFrame? found)
        {
            if (found is not { } one)
            {
                return;
            }

            var sample = new TrunkFrame(one.Rgb, cutsBorders ? one.Box : PixelBox.All(FrameSide), QueryVariant.Plain);
            rows.Add(
                one.Time,
                queue.Value.Add(sample, stop),
                [.. request.Variants.Select(variant => queue.Value.Add(sample with { Variant = variant }, stop))]);
        }
    }

    /// <summary>What the whitening is fitted to: the pooled levels of a video's frames and of their mirror images, read as <see cref="Embed"/> reads them.</summary>
    /// <param name="trunk">With the network's weights.</param>
    /// <param name="video">From <see cref="Probe"/>.</param>
    /// <exception cref="VideoException">Nothing could be decoded.</exception>
    public static IReadOnlyList<float[]> Pooled(FrameTrunk trunk, VideoInfo video)
    {
        using var reader = FrameReader.Open(video, new FrameRequest(FrameSide, FrameSide) { Rate = Rate });
        return Pooled(trunk, Read(reader));
    }

    /// <summary>The same of frames that were drawn.</summary>
    /// <param name="trunk">With the network's weights.</param>
    /// <param name="frames">Seconds, and FrameSide x FrameSide x 3 bytes.</param>
    public static IReadOnlyList<float[]> Pooled(FrameTrunk trunk, IEnumerable<(double Time, byte[] Rgb)> frames)
    {
        var borders = new SteadyBorders(FrameSide);
        var ready = frames.Select(f => borders.Add(f.Time, f.Rgb)).OfType<BorderedFrame>().ToList(); // before what is left is asked for
        return [.. ready.Concat(borders.Finish()).SelectMany(f => new[] { new TrunkFrame(f.Rgb, f.Box, QueryVariant.Plain), new TrunkFrame(f.Rgb, f.Box, QueryVariant.Mirrored) })
            .Chunk(BatchFrames).SelectMany(batch => TrunkFrame.Pooled(trunk, batch))];
    }

    private static IEnumerable<(double Time, byte[] Rgb)> Read(FrameReader reader)
    {
        while (reader.Read(out var frame))
        {
            yield return (frame.Time, frame.Rgb.ToArray());
        }
    }

    /// <summary>None: maxima over places are nearly the same for a mirrored picture, so that mirrored copies are found as they are.</summary>
    /// <param name="plain">N rows.</param>
    public VectorRows? Mirror(VectorRows plain) => null;

    // The stated duration may lie; where it can be true it is finer than a step.
    private static double EndOf(VideoInfo video, double last) =>
        video.Duration > last && video.Duration < last + (1 / Rate) ? video.Duration : last + (1 / Rate);

    private static Func<IReadOnlyList<TrunkFrame>, EmbeddedRow[]> Load(Func<Func<Tensor, Tensor>> load)
    {
        var settings = ComputeSettings.Of();
        TorchRuntime.Threads = settings.Threads;
        var network = load();
        return frames => TrunkFrame.Describe(network, frames, settings.Type);
    }
}
