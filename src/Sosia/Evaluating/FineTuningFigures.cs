using Sosia.Learning.Evaluation;
using Sosia.Learning.Evaluation.Datasets;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Evaluating;

/// <summary>
/// An encoder and a new classifier trained on labels (VCOP, Xu et al. 2019, code): a clip from anywhere in each training video an epoch; the epoch that is
/// best on held-out training videos, by the clip in their middle (ours), is tested by all clips of each test video, means of probabilities.
/// </summary>
internal sealed class FineTuningFigures(EncoderEvaluationRequest request, CancellationToken stop)
{
    private const int MiddleClip = 1;

    private readonly int classes = request.Set.Classes.Count;

    /// <summary>Trains and tests. The encoder has its old weights again in the end.</summary>
    public IEnumerable<EvaluationRow> Rows()
    {
        using var scope = TensorScope.Enter();
        using var generator = new Generator((ulong)request.Seed);
        using var classifier = new LinearProbe(request.Encoder.Width, classes, generator);
        classifier.To(request.Device);
        var before = request.Encoder.ToStored().ToList();
        var wasTraining = request.Encoder.IsTraining;
        try
        {
            Train(classifier);
            return Test(classifier);
        }
        finally
        {
            request.Encoder.Load(before);
            request.Encoder.ZeroGrad();
            request.Encoder.Train(wasTraining);
        }
    }

    private void Train(LinearProbe classifier)
    {
        var found = LocatedVideos.Of(request.Set.Training, request.Videos).Found;
        var settings = request.FineTuning with { HeldOut = Math.Min(request.FineTuning.HeldOut, found.Count / 2) };
        var (training, held) = settings.Split(found, request.Seed);
        var weights = request.Encoder.NamedParameters().Where(one => one.Tensor.RequiresGrad).Concat(classifier.NamedParameters());
        using var optimiser = new Sgd(weights, settings.Rate, settings.Momentum, weightDecay: settings.WeightDecay);
        var best = (Right: -1.0, Encoder: new List<StoredTensor>(), Classifier: new List<StoredTensor>());
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            TrainEpoch(classifier, optimiser, training, epoch, settings.Batch);
            var right = held.Count == 0 ? epoch : Accuracy.TopK(Accuracy.Ranks(Scores(classifier, held, MiddleClip, out var read), read), 1);
            if (right > best.Right || double.IsNaN(right)) // none of those held out could be read
            {
                best = (right, [.. request.Encoder.ToStored()], [.. classifier.ToStored()]);
            }
        }

        request.Encoder.Load(best.Encoder);
        classifier.Load(best.Classifier);
    }

    private void TrainEpoch(LinearProbe classifier, Sgd optimiser, IReadOnlyList<LabelledVideo> training, int epoch, int batch)
    {
        request.Encoder.Train();
        foreach (var numbers in new SampleRandom(request.Seed, epoch, 0).Order(training.Count).Chunk(batch))
        {
            var read = ParallelDecoding.Of(
                numbers, request.Threads, number => TestClipReader.ReadAnywhere(training[(int)number].Name, request.Clips, new SampleRandom(request.Seed, epoch, number + 1), stop), stop);
            var clips = read.Where(one => one.Read is not null).ToList();
            if (clips.Count == 0)
            {
                continue;
            }

            using var scope = TensorScope.Enter();
            var labels = Tensor.Of([.. clips.Select(one => (long)training[(int)one.Video].Label)], clips.Count).To(request.Device);
            optimiser.ZeroGrad();
            classifier.Loss(Vectors([.. clips.SelectMany(one => one.Read!)], clips.Count), labels).Backward();
            optimiser.Step();
        }
    }

    private IEnumerable<EvaluationRow> Test(LinearProbe classifier)
    {
        var located = LocatedVideos.Of(request.Set.Test, request.Videos);
        var scores = Scores(classifier, located.Found, request.Clips.Clips, out var labels);
        var unread = request.Set.Test.Select(video => video.Label).ToList();
        foreach (var label in labels)
        {
            unread.Remove(label);
        }

        var wrong = request.Wrong(unread);
        var ranks = Accuracy.Ranks(scores, labels);
        var matrix = ConfusionMatrix.Of([.. labels, .. wrong], [.. scores.Select(row => Accuracy.Best(row)), .. wrong.Select(_ => -1)], classes);
        return
        [
            Row("fine-tuned top-1", Accuracy.TopK(ranks, 1, wrong.Count)),
            Row("fine-tuned top-5", Accuracy.TopK(ranks, 5, wrong.Count)),
            Row("fine-tuned mean class accuracy", 100 * matrix.MeanClassAccuracy),
        ];

        EvaluationRow Row(string name, double percent) => new(name, percent / 100, labels.Count + wrong.Count, "test videos");
    }

    // Probabilities of the videos that can be read, and their classes.
    private List<double[]> Scores(LinearProbe classifier, IReadOnlyList<LabelledVideo> videos, int clips, out IReadOnlyList<int> labels)
    {
        using var noGrad = NoGrad.Enter();
        request.Encoder.Eval();
        var options = request.Clips with { Clips = clips };
        var (scores, found) = (new List<double[]>(), new List<int>());
        foreach (var (video, read, _) in videos.Chunk(request.Threads).SelectMany(chunk => ParallelDecoding.Of(chunk, request.Threads, video => TestClipReader.Read(video.Name, options, stop), stop)))
        {
            if (read is not null)
            {
                using var scope = TensorScope.Enter();
                scores.Add(Accuracy.Rows(ViewAverage.Of(classifier.Forward(Vectors(read, clips)), new int[clips]))[0]);
                found.Add(video.Label);
            }
        }

        labels = found;
        return scores;
    }

    // N x D.
    private Tensor Vectors(byte[] clips, int count)
    {
        stop.ThrowIfCancellationRequested();
        var bytes = Tensor.Of(clips, count, request.Clips.Frames, request.Clips.Side, request.Clips.Side, 3).To(request.Device);
        return request.Encoder.Forward(request.Prepare(Batch.Unit(bytes))).Vector;
    }
}
