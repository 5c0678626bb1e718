using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Learning.Evaluation.Datasets;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>What to evaluate, and on what.</summary>
/// <param name="Name">What the encoder is called in the report.</param>
/// <param name="Encoder">On the device.</param>
/// <param name="Prepare">From clips in [0, 1], N x 3 x T x H x W, to what the encoder takes.</param>
/// <param name="Set">Videos with classes.</param>
/// <param name="Videos">The folder that their names lead from.</param>
public sealed record EncoderEvaluationRequest(string Name, Encoder Encoder, Func<Tensor, Tensor> Prepare, LabelledSet Set, string Videos)
{
    /// <summary>Which clips are looked at.</summary>
    public TestClipOptions Clips { get; init; } = new();

    /// <summary>How the linear probe is trained.</summary>
    public LinearProbeSettings Probe { get; init; } = LinearProbeSettings.Dino;

    /// <summary>What becomes of test videos that cannot be read; training videos that cannot are always left out.</summary>
    public MissingTreatment Missing { get; init; } = MissingTreatment.NotFound;

    /// <summary>Where the encoder is.</summary>
    public Device Device { get; init; } = Device.Cpu;

    /// <summary>Videos decoded at a time.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Of the linear probe.</summary>
    public int Seed { get; init; }
}

/// <summary>
/// How well classes can be told by the features of a frozen encoder: k nearest neighbours (DINO), a linear probe, and retrieval (VCOP, and centred as
/// FAME and MSCL). The features of a video are computed once: the mean over its clips.
/// </summary>
public sealed class EncoderEvaluation(EncoderEvaluationRequest request)
{
    /// <summary>Computes the features, and measures.</summary>
    /// <param name="progress">Told after each video.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="UsageException">No training video, or no test video, can be read.</exception>
    public EvaluationReport Measure(IProgress<IngestProgress>? progress = null, CancellationToken stop = default)
    {
        using var scope = TensorScope.Enter();
        var reading = new FeatureReading(request, progress, stop);
        var (training, test) = (reading.Of(request.Set.Training, isTest: false), reading.Of(request.Set.Test, isTest: true));
        if (training.Labels.Count == 0 || test.Labels.Count == 0)
        {
            throw new UsageException($"--videos {Printable.Text(request.Videos)}: {training.Labels.Count} training and {test.Labels.Count} test videos can be read");
        }

        var figures = new ClassFigures(request.Set.Classes.Count, training, test, request.Missing == MissingTreatment.NotFound ? test.Unread : []);
        return new EvaluationReport(
            "classes",
            request.Name,
            [.. figures.Nearest(), .. figures.Linear(request.Probe, request.Seed, stop), .. figures.Retrieval()],
            request.Set.Training.Count + request.Set.Test.Count,
            reading.Unread,
            request.Missing == MissingTreatment.NotFound ? "test videos count as wrong, training videos are left out" : "they are left out",
            [
                $"features of {request.Clips.Clips} evenly spread clips of {request.Clips.Frames} frames, averaged; the linear probe is trained on these, too",
                $"retrieval by {(training.IsMap ? "the last map, as VCOP has it" : "the same features")}",
            ])
        {
            Embedded = training.Labels.Count + test.Labels.Count,
        };
    }
}
