using Sosia.Learning.Encoders;
using Sosia.Learning.Views;
using Sosia.Library;
using Sosia.Matching;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia;

/// <summary>
/// Two frames a second through a pretrained network: constant borders are cut off, what is left is squeezed into a square, described by
/// <see cref="FrameTrunk"/>. Finds edited copies that hashes miss, at a fraction of a second of one core for a second of video.
/// </summary>
public sealed class TrunkEmbedder : IEmbedder
{
    /// <summary>Frames a second.</summary>
    public const double Rate = 2;

    private const int Dimension = 512;
    private const int BatchFrames = 16;

    private readonly Lazy<NetworkQueue<TrunkFrame>> queue = new(static () => new NetworkQueue<TrunkFrame>(Load, BatchFrames, 4 * BatchFrames));

    /// <inheritdoc/>
    public string Model => "trunk";

    /// <inheritdoc/>
    public EmbedderIdentity Identity { get; } = new("trunk-144@2", VectorKind.Int8Float16, Dimension, "trunk-144@2/1");

    /// <inheritdoc/>
    public string Description => "a pretrained MobileNetV2 looks at two frames a second, 1.5 KB each; finds edited copies; needs libtorch";

    /// <inheritdoc/>
    public MatchingOptions Matching => MatchingOptions.Trunk;

    /// <inheritdoc/>
    public void Prepare() => TorchSetup.Prepare();

    /// <inheritdoc/>
    public EmbedOutcome Embed(VideoInfo video, EmbedRequest request, Action<ClipBatch> onClips, CancellationToken stop = default)
    {
        Prepare();
        var frames = new FrameRequest(TrunkFrame.Side, TrunkFrame.Side) { Rate = Rate, From = request.From, To = request.To, Threads = request.Threads };
        using var reader = FrameReader.Open(video, frames, stop);
        var rows = new RowsInFlight(Dimension, request.Mirrored, onClips, stop);
        var borders = new SteadyBorders(TrunkFrame.Side);
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

            var sample = new TrunkFrame(one.Rgb, one.Box, IsMirrored: false);
            rows.Add(
                one.Time,
                FrameQuality.Of(one.Rgb, TrunkFrame.Side, one.Box),
                queue.Value.Add(sample, stop),
                request.Mirrored ? queue.Value.Add(sample with { IsMirrored = true }, stop) : null);
        }
    }

    /// <summary>What the whitening is fitted to: the pooled levels of a video's frames, read as <see cref="Embed"/> reads them.</summary>
    /// <param name="trunk">With the network's weights.</param>
    /// <param name="video">From <see cref="Probe"/>.</param>
    /// <param name="leastQuality">Frames that can prove less are left out.</param>
    /// <exception cref="VideoException">Nothing could be decoded.</exception>
    public static IEnumerable<float[]> Pooled(FrameTrunk trunk, VideoInfo video, byte leastQuality = 0)
    {
        var frames = new FrameRequest(TrunkFrame.Side, TrunkFrame.Side) { Rate = Rate };
        using var reader = FrameReader.Open(video, frames);
        var borders = new SteadyBorders(TrunkFrame.Side);
        var read = new List<BorderedFrame>();
        while (reader.Read(out var frame))
        {
            if (borders.Add(frame.Time, frame.Rgb) is { } ready)
            {
                read.Add(ready);
            }
        }

        return [.. read.Concat(borders.Finish()).Where(f => FrameQuality.Of(f.Rgb, TrunkFrame.Side, f.Box) >= leastQuality)
            .Select(f => new TrunkFrame(f.Rgb, f.Box, IsMirrored: false)).Chunk(BatchFrames).SelectMany(batch => TrunkFrame.Pooled(trunk, batch))];
    }

    /// <summary>None: maxima over places are nearly the same for a mirrored picture, so that mirrored copies are found as they are.</summary>
    /// <param name="plain">N rows.</param>
    public VectorRows? Mirror(VectorRows plain) => null;

    // The stated duration may lie; where it can be true it is finer than a step.
    private static double EndOf(VideoInfo video, double last) =>
        video.Duration > last && video.Duration < last + (1 / Rate) ? video.Duration : last + (1 / Rate);

    private static Func<IReadOnlyList<TrunkFrame>, float[][]> Load()
    {
        var settings = ComputeSettings.Of();
        TorchRuntime.Threads = settings.Threads;
        var trunk = FrameTrunk.Load(Models.Shipped("mobilenet-v2"), Models.Shipped("trunk"));
        return frames => TrunkFrame.Describe(trunk, frames, settings.Type);
    }
}
