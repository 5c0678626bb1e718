using System.Numerics.Tensors;

namespace Sosia.Learning.Evaluation.Frames;

/// <summary>
/// Support vector machines with a radial kernel, one for each pair of classes (C-SVC as in LIBSVM, Chang and Lin 2011): how TCC (Dwibedi et al. 2019)
/// reads phases off frames.
/// </summary>
public sealed class SupportVectors
{
    private readonly int classes;
    private readonly double gamma;
    private readonly IReadOnlyList<PairMachine> machines; // (0, 1), (0, 2) .. (1, 2) ..

    private SupportVectors(int classes, double gamma, IReadOnlyList<PairMachine> machines) => (this.classes, this.gamma, this.machines) = (classes, gamma, machines);

    /// <summary>Fits.</summary>
    /// <param name="frames">Of equal width.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="classes">K.</param>
    /// <param name="c">Largest weight of a frame.</param>
    /// <exception cref="ArgumentException">There are no frames, not as many labels, or a class does not occur.</exception>
    public static SupportVectors Fit(IReadOnlyList<double[]> frames, IReadOnlyList<int> labels, int classes, double c = 1)
    {
        if (frames.Count == 0 || frames.Count != labels.Count || labels.Distinct().Count() != classes)
        {
            throw new ArgumentException($"{labels.Count} labels of {labels.Distinct().Count()} classes, for {frames.Count} frames and {classes} classes", nameof(labels));
        }

        var gamma = Gamma(frames);
        var byClass = labels.Zip(frames).ToLookup(one => one.First, one => one.Second);
        return new SupportVectors(
            classes, gamma, [.. Pairs(classes).Select(pair => PairMachine.Fit([.. byClass[pair.First]], [.. byClass[pair.Second]], gamma, c))]);
    }

    /// <summary>1 / (D · variance of all numbers of the training frames).</summary>
    public static double Gamma(IReadOnlyList<double[]> frames)
    {
        var all = frames.SelectMany(frame => frame).ToArray();
        var mean = all.Average();
        return 1 / (frames[0].Length * all.Average(value => (value - mean) * (value - mean)));
    }

    /// <summary>One number a pair of classes, (0, 1), (0, 2) .. (1, 2) ..: positive for the first.</summary>
    public double[] Decide(double[] frame) => [.. machines.Select(machine => machine.Decide(frame, gamma))];

    /// <summary>The class that most pairs decide for, the lower one of equal ones.</summary>
    public int Predict(double[] frame)
    {
        var votes = new double[classes];
        foreach (var (pair, decision) in Pairs(classes).Zip(Decide(frame)))
        {
            votes[decision > 0 ? pair.First : pair.Second]++;
        }

        return Accuracy.Best(votes);
    }

    private static IEnumerable<(int First, int Second)> Pairs(int classes) =>
        Enumerable.Range(0, classes).SelectMany(first => Enumerable.Range(first + 1, classes - first - 1).Select(second => (first, second)));
}

/// <summary>Two classes: sum over frames of weight · sign · kernel, plus an offset.</summary>
internal sealed record PairMachine(IReadOnlyList<double[]> Frames, double[] Weights, double Offset)
{
    public double Decide(double[] frame, double gamma) => Offset + Frames.Zip(Weights, (one, weight) => weight == 0 ? 0 : weight * Kernel(one, frame, gamma)).Sum();

    /// <summary>Sequential minimal optimisation; pairs of weights chosen by second-order information (Fan et al. 2005).</summary>
    public static PairMachine Fit(IReadOnlyList<double[]> positive, IReadOnlyList<double[]> negative, double gamma, double c)
    {
        double[][] frames = [.. positive, .. negative];
        double[] signs = [.. Enumerable.Repeat(1.0, positive.Count), .. Enumerable.Repeat(-1.0, negative.Count)];
        var solver = new MinimalOptimisation(frames, signs, gamma, c);
        var offset = solver.Solve();
        return new PairMachine(frames, [.. solver.Alpha.Zip(signs, (alpha, sign) => alpha * sign)], offset);
    }

    public static double Kernel(double[] a, double[] b, double gamma)
    {
        var distance = TensorPrimitives.Distance<double>(a, b);
        return Math.Exp(-gamma * distance * distance);
    }
}
