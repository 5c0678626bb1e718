using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Learning.Evaluation.Datasets;
using Sosia.Learning.Evaluation.Frames;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>An encoder of frames, and videos whose frames have phases.</summary>
/// <param name="Name">What the encoder is called in the report.</param>
/// <param name="Encoder">On the device.</param>
/// <param name="Prepare">From clips in [0, 1], N x 3 x T x H x W, to what the encoder takes.</param>
/// <param name="Set">The videos.</param>
/// <param name="Videos">The folder that their names lead from.</param>
/// <param name="Rate">Frames a second, as the labels count them; 0: all frames of a video.</param>
/// <param name="Side">Pixels of the square into which a frame is squeezed.</param>
public sealed record FrameEvaluationRequest(string Name, FrameSequenceEncoder Encoder, Func<Tensor, Tensor> Prepare, FramePhases Set, string Videos, double Rate, int Side)
{
    /// <summary>Kendall's tau and AP look at every so many frames: CARL has 5 for Pouring, 2 for PennAction.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>What becomes of validation videos that cannot be read; training videos that cannot are always left out.</summary>
    public MissingTreatment Missing { get; init; } = MissingTreatment.NotFound;

    /// <summary>A folder where the vectors of frames are kept; null: they are not.</summary>
    public string? Cache { get; init; }

    /// <summary>Changes with the encoder's weights.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Where the encoder is.</summary>
    public Device Device { get; init; } = Device.Cpu;

    /// <summary>Videos decoded at a time.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>What the vectors of frames know of the phases of an action: the four tasks of CARL (Chen et al. 2022, code).</summary>
public sealed class FrameEvaluation(FrameEvaluationRequest request)
{
    private static readonly (string Name, double Share)[] Shares = [("10 %", 0.1), ("50 %", 0.5), ("100 %", 1)];

    private readonly FeatureCache cache = new(
        request.Cache, request.Fingerprint, FormattableString.Invariant($"frames, {request.Rate} a second, {request.Side} x {request.Side}"));

    private readonly List<UnreadVideo> unread = [];
    private int decoded;
    private int done;

    /// <summary>Computes the vectors, and measures.</summary>
    /// <param name="progress">Told after each video.</param>
    /// <param name="stop">Ends it; vectors that are kept stay.</param>
    /// <exception cref="UsageException">No training video, or no validation video, with labels can be read.</exception>
    public EvaluationReport Measure(IProgress<IngestProgress>? progress = null, CancellationToken stop = default)
    {
        using var scope = TensorScope.Enter();
        var read = request.Set.Videos.Chunk(request.Threads).SelectMany(videos => Read(videos, progress, stop)).ToList();
        var (training, validation) = (Labelled(read, isTraining: true), Labelled(read, isTraining: false));
        if (training.Count == 0 || validation.Count == 0)
        {
            throw new UsageException($"--videos {Printable.Text(request.Videos)}: {training.Count} videos to train on and {validation.Count} to measure on can be read and have labels");
        }

        return new EvaluationReport(
            "phases",
            request.Name,
            [.. Rows(training, validation, Wrong())],
            request.Set.Videos.Count,
            unread,
            request.Missing == MissingTreatment.NotFound
                ? "frames of validation videos count as wrong in phase classification and in AP; tau and progression are without them"
                : "they are left out",
            [.. Notes(training, validation)])
        {
            Embedded = decoded,
            Queries = "validation videos",
        };
    }

    // Validation videos that could not be read, where they count.
    private List<PhasedVideo> Wrong()
    {
        var names = unread.Select(video => video.Id).ToHashSet(StringComparer.Ordinal);
        return [.. request.Set.Videos.Where(video => request.Missing == MissingTreatment.NotFound && !video.IsTraining && names.Contains(video.Name))];
    }

    private IEnumerable<EvaluationRow> Rows(IReadOnlyList<FrameSequence> training, IReadOnlyList<FrameSequence> validation, IReadOnlyList<PhasedVideo> wrong)
    {
        var frames = validation.Sum(video => video.Labels.Count);
        var lost = wrong.Sum(video => video.Labels.Count(label => label >= 0));
        foreach (var (name, share) in Shares)
        {
            var right = PhaseClassification.Linear(FrameSequence.Share(training, share), validation, request.Set.Phases);
            yield return new EvaluationRow($"phase classification, {name}", right * frames / (frames + lost), frames + lost, "frames");
        }

        var (whole, seen) = (Whole(training), Whole(validation));
        var progression = whole.Count == 0 || seen.Count == 0 || request.Set.Phases < 2 ? [] : PhaseProgression.Determination(whole, seen, request.Set.Phases);
        yield return new EvaluationRow("phase progression, R2", progression.DefaultIfEmpty(double.NaN).Average(), seen.Count, "videos");
        yield return new EvaluationRow("Kendall's tau", KendallTau.Mean([.. validation.Select(video => video.Embeddings)], request.Stride), validation.Count, "videos");
        foreach (var k in FrameRetrieval.Published)
        {
            var precision = FrameRetrieval.Mean(validation, k, request.Stride) * validation.Count / (validation.Count + wrong.Count);
            yield return new EvaluationRow(FormattableString.Invariant($"AP@{k}"), precision, validation.Count + wrong.Count, "videos");
        }
    }

    private IEnumerable<string> Notes(IReadOnlyList<FrameSequence> training, IReadOnlyList<FrameSequence> validation)
    {
        yield return "position codes alone give a high tau without any training: compare with --untrained";
        if (request.Set.IsDrawn)
        {
            yield return $"the file has no column split: {training.Count} videos for training and {validation.Count} to measure on are drawn";
        }

        if (training.Count + validation.Count - Whole(training).Count - Whole(validation).Count is > 0 and var partial)
        {
            yield return $"{partial} videos lack a phase: phase progression is without them";
        }
    }

    private List<FrameSequence> Whole(IReadOnlyList<FrameSequence> videos) =>
        [.. videos.Where(video => video.Labels.Distinct().Count() == request.Set.Phases)];

    private static List<FrameSequence> Labelled(IEnumerable<(PhasedVideo Video, FrameSequence Frames)> read, bool isTraining) =>
        [.. read.Where(one => one.Video.IsTraining == isTraining).Select(one => one.Frames.Labelled()).Where(frames => frames.Labels.Count > 0)];

    private IEnumerable<(PhasedVideo Video, FrameSequence Frames)> Read(PhasedVideo[] videos, IProgress<IngestProgress>? progress, CancellationToken stop)
    {
        foreach (var (video, frames, failure) in ParallelDecoding.Of(videos, request.Threads, video => Decode(PathOf(video), stop), stop))
        {
            progress?.Report(new IngestProgress(++done, request.Set.Videos.Count, 0));
            if (Vectors(video, frames, failure) is { } vectors)
            {
                var count = (int)Math.Min(vectors.Size(0), video.Labels.Count);
                yield return (video, new FrameSequence(vectors.Narrow(0, 0, count), [.. video.Labels.Take(count)]));
            }
        }
    }

    // S x D, of length 1; null of a video that cannot be read.
    private Tensor? Vectors(PhasedVideo video, PartedFrames? frames, VideoException? failure)
    {
        var path = PathOf(video);
        if (!File.Exists(path))
        {
            return Unread("no such file", null);
        }

        if (failure is not null)
        {
            return Unread(failure.Reason, path);
        }

        try
        {
            return frames is null ? cache.Read(path)["frames"] : Embed(path, frames);
        }
        catch (VideoException error) when (error.Fault != VideoFault.ToolMissing) // a long video is decoded again
        {
            return Unread(error.Reason, path);
        }

        Tensor? Unread(string reason, string? file)
        {
            unread.Add(new UnreadVideo(video.Name, !video.IsTraining, reason, file));
            return null;
        }
    }

    private string PathOf(PhasedVideo video) => Path.GetFullPath(video.Name, Path.GetFullPath(request.Videos));

    // None where the vectors are kept, or there is no file.
    private PartedFrames? Decode(string path, CancellationToken stop) => !File.Exists(path) || cache.Contains(path)
        ? null
        : PartedFrames.Read(path, new FrameRequest(request.Side, request.Side) { Rate = request.Rate }, FrameSequenceEncoder.MostFrames, stop);

    private Tensor Embed(string path, PartedFrames frames)
    {
        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var wasTraining = request.Encoder.IsTraining;
        request.Encoder.Eval();
        try
        {
            var vectors = request.Encoder.Embed(frames.Parts(FrameSequenceEncoder.PartLength(frames.Count)), Prepared).To(Device.Cpu, ScalarType.Float32);
            cache.Write(path, ("frames", vectors));
            decoded++;
            return scope.Keep(vectors);
        }
        finally
        {
            request.Encoder.Train(wasTraining);
        }
    }

    // Frames of side x side x 3 bytes to 3 x s x side x side.
    private Tensor Prepared(IEnumerable<byte[]> frames)
    {
        var bytes = Tensor.Stack([.. frames.Select(frame => Tensor.Of(frame, request.Side, request.Side, 3))]).Unsqueeze(0).To(request.Device);
        return request.Prepare(Batch.Unit(bytes)).Squeeze(0);
    }
}
