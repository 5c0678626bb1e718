using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Learning.Evaluation.Datasets;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>What an encoder is measured by.</summary>
public enum EncoderTask
{
    /// <summary>The classifier by nearest neighbours (DINO).</summary>
    Nearest,

    /// <summary>A linear probe (DINO, SVT).</summary>
    Linear,

    /// <summary>Nearest-neighbour retrieval (VCOP), and centred (FAME, MSCL).</summary>
    Retrieval,

    /// <summary>Training all of it (VCOP).</summary>
    FineTune,

    /// <summary>Clusters without labels (SLIC).</summary>
    Clusters,
}

/// <summary>What to evaluate, and on what.</summary>
/// <param name="Name">What the encoder is called in the report.</param>
/// <param name="Encoder">On the device.</param>
/// <param name="Prepare">From clips in [0, 1], N x 3 x T x H x W, to what the encoder takes.</param>
/// <param name="Set">Videos with classes.</param>
/// <param name="Videos">The folder that their names lead from.</param>
public sealed record EncoderEvaluationRequest(string Name, Encoder Encoder, Func<Tensor, Tensor> Prepare, LabelledSet Set, string Videos)
{
    /// <summary>What the videos are called in the report.</summary>
    public string SetName { get; init; } = "classes";

    /// <summary>By what it is measured.</summary>
    public IReadOnlyList<EncoderTask> Tasks { get; init; } = [EncoderTask.Nearest, EncoderTask.Linear, EncoderTask.Retrieval];

    /// <summary>Which clips are looked at.</summary>
    public TestClipOptions Clips { get; init; } = new();

    /// <summary>How the linear probe is trained.</summary>
    public LinearProbeSettings Probe { get; init; } = LinearProbeSettings.Dino;

    /// <summary>How all of it is trained.</summary>
    public FineTuningSettings FineTuning { get; init; } = FineTuningSettings.Ucf101;

    /// <summary>What becomes of test videos that cannot be read; training videos that cannot are always left out.</summary>
    public MissingTreatment Missing { get; init; } = MissingTreatment.NotFound;

    /// <summary>A folder where features are kept; null: they are not.</summary>
    public string? Cache { get; init; }

    /// <summary>What is to be known of the set.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Changes with the encoder's weights: kept features are those of this one.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Where the encoder is.</summary>
    public Device Device { get; init; } = Device.Cpu;

    /// <summary>Videos decoded at a time.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Of the linear probe, of k-means and of fine-tuning.</summary>
    public int Seed { get; init; }

    /// <summary>Classes of the test videos of a list that count as wrong.</summary>
    internal IReadOnlyList<int> Wrong(IReadOnlyList<int> unread) => Missing == MissingTreatment.NotFound ? unread : [];
}

/// <summary>
/// How well classes can be told by the features of a frozen encoder: k nearest neighbours (DINO), a linear probe, and retrieval (VCOP, and centred as
/// FAME and MSCL); what clusters its features make; and how well it is trained further. The features of a video are computed once: of each of its clips
/// for the linear probe, for all else the mean over them.
/// </summary>
public sealed class EncoderEvaluation(EncoderEvaluationRequest request)
{
    /// <summary>Computes the features, and measures.</summary>
    /// <param name="progress">Told after each video.</param>
    /// <param name="stop">Ends it; features that are kept stay.</param>
    /// <exception cref="UsageException">No training video, or no test video, can be read.</exception>
    public EvaluationReport Measure(IProgress<IngestProgress>? progress = null, CancellationToken stop = default)
    {
        using var scope = TensorScope.Enter();
        var reading = new FeatureReading(request, progress, stop);
        var (training, test) = (reading.Of(request.Set.Training, isTest: false), reading.Of(request.Set.Test, isTest: true));
        Check(training, test);
        var figures = new ClassFigures(request.Set.Classes.Count, training, test, request.Wrong(test.Unread));
        var clusters = request.Tasks.Contains(EncoderTask.Clusters) ? new ClusterFigures(request.Set.Classes, training, test, request.Seed) : null;
        return new EvaluationReport(
            request.SetName,
            request.Name,
            [.. request.Tasks.SelectMany(task => Rows(task, figures, clusters, stop))],
            request.Set.Training.Count + request.Set.Test.Count,
            reading.Unread,
            request.Missing == MissingTreatment.NotFound ? "test videos count as wrong, training videos are left out" : "they are left out",
            [.. request.Notes, .. Notes(training)])
        {
            Embedded = reading.Decoded,
            Queries = "test videos",
            Clusters = clusters?.Videos ?? [],
        };
    }

    private IEnumerable<EvaluationRow> Rows(EncoderTask task, ClassFigures figures, ClusterFigures? clusters, CancellationToken stop) => task switch
    {
        EncoderTask.Nearest => figures.Nearest(),
        EncoderTask.Linear => figures.Linear(request.Probe, request.Seed, stop),
        EncoderTask.Retrieval => figures.Retrieval(),
        EncoderTask.FineTune => new FineTuningFigures(request, stop).Rows(),
        _ => clusters!.Rows(),
    };

    // Clusters need no classes, and no list to test on.
    private void Check(ClassFeatures training, ClassFeatures test)
    {
        var isLabelled = request.Tasks.Any(task => task != EncoderTask.Clusters);
        if (isLabelled ? training.Labels.Count == 0 || test.Labels.Count == 0 : training.Labels.Count + test.Labels.Count == 0)
        {
            throw new UsageException($"--videos {Printable.Text(request.Videos)}: {training.Labels.Count} training and {test.Labels.Count} test videos can be read");
        }
    }

    private IEnumerable<string> Notes(ClassFeatures training)
    {
        yield return FormattableString.Invariant(
            $"features of {request.Clips.Clips} evenly spread clips of {request.Clips.Frames} frames{(request.Clips.Rate > 0 ? $", {request.Clips.Rate:0.###} a second" : "")}, averaged");
        if (request.Tasks.Contains(EncoderTask.Linear))
        {
            yield return "the linear probe is trained on one of a video's clips an epoch, and tested by the mean of the probabilities of all";
        }

        if (request.Tasks.Contains(EncoderTask.Retrieval))
        {
            yield return $"retrieval by {(training.IsMap ? "the last map, as VCOP has it" : "the same features")}";
        }

        var (trained, tested) = (Classes(request.Set.Training), Classes(request.Set.Test));
        var empty = Named(label => !trained.Contains(label) && !tested.Contains(label));
        if (empty.Count > 0)
        {
            yield return $"classes without any video: {string.Join(", ", empty)}";
        }

        var lone = Named(label => trained.Contains(label) && !tested.Contains(label));
        if (lone.Count > 0)
        {
            yield return $"classes without a test video, which no figure is of: {string.Join(", ", lone)}";
        }

        List<string> Named(Func<int, bool> isSo) => [.. request.Set.Classes.Where((_, label) => isSo(label))];

        static HashSet<int> Classes(IEnumerable<LabelledVideo> videos) => [.. videos.Select(video => video.Label)];
    }
}
