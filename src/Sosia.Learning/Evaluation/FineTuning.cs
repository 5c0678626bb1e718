using Sosia.Learning.Evaluation.Datasets;
using Sosia.Learning.Views;

namespace Sosia.Learning.Evaluation;

/// <summary>How a whole encoder with a new classifier is trained on labels: SGD at a constant rate; what is best on held-out training videos is tested.</summary>
/// <param name="HeldOut">Training videos that choose the epoch.</param>
/// <param name="Rate">Constant.</param>
/// <param name="Momentum">Of the steps.</param>
/// <param name="WeightDecay">Times the weights, added to the gradient.</param>
/// <param name="Epochs">Passes over the other training videos.</param>
/// <param name="Batch">Clips of a step.</param>
public sealed record FineTuningSettings(int HeldOut, double Rate = 1e-3, double Momentum = 0.9, double WeightDecay = 5e-4, int Epochs = 150, int Batch = 8)
{
    /// <summary>VCOP's for 3D networks on UCF101 (Xu et al. 2019, code).</summary>
    public static FineTuningSettings Ucf101 { get; } = new(HeldOut: 800);

    /// <summary>VCOP's for 3D networks on HMDB51.</summary>
    public static FineTuningSettings Hmdb51 { get; } = new(HeldOut: 400);

    /// <summary>Draws the videos that choose the epoch; both parts keep the list's order.</summary>
    /// <param name="training">The training list.</param>
    /// <param name="seed">Of the draw.</param>
    /// <exception cref="ArgumentException">None would be left to train on.</exception>
    public (IReadOnlyList<LabelledVideo> Training, IReadOnlyList<LabelledVideo> Validation) Split(IReadOnlyList<LabelledVideo> training, int seed)
    {
        if (training.Count <= HeldOut)
        {
            throw new ArgumentException($"{training.Count} training videos, of which {HeldOut} are held out", nameof(training));
        }

        var random = new SampleRandom(seed, 0, 0);
        var held = Enumerable.Range(0, training.Count).OrderBy(_ => random.NextBits()).Take(HeldOut).ToHashSet();
        return ([.. training.Where((_, i) => !held.Contains(i))], [.. training.Where((_, i) => held.Contains(i))]);
    }
}
