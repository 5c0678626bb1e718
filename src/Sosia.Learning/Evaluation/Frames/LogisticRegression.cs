using Sosia.Torch;

namespace Sosia.Learning.Evaluation.Frames;

/// <summary>
/// Multinomial logistic regression at its optimum, as CARL's code reads phases off frames: C times the sum of cross entropies plus half the squared
/// weights; intercepts are free. Newton's method in double precision: made for some hundred numbers and some classes.
/// </summary>
/// <param name="Weights">K x D.</param>
/// <param name="Intercepts">K; their sum says nothing.</param>
public sealed record LogisticRegression(Tensor Weights, Tensor Intercepts)
{
    private const int MostSteps = 100;
    private const double Enough = 1e-8; // largest part of the gradient, per frame
    private const double Ridge = 1e-9; // on the intercepts, whose sum is free

    /// <summary>Fits.</summary>
    /// <param name="x">n x D.</param>
    /// <param name="labels">n classes.</param>
    /// <param name="classes">K.</param>
    /// <param name="c">C.</param>
    /// <exception cref="ArgumentException">There are no frames, or not as many labels.</exception>
    public static LogisticRegression Fit(Tensor x, IReadOnlyList<int> labels, int classes, double c = 1)
    {
        if (labels.Count == 0 || labels.Count != x.Size(0))
        {
            throw new ArgumentException($"{labels.Count} labels for {x.Size(0)} frames", nameof(labels));
        }

        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var problem = new Problem(x, labels, classes, c);
        var theta = problem.Start();
        for (var step = 0; step < MostSteps; step++)
        {
            using var one = TensorScope.Enter();
            var gradient = problem.Gradient(theta);
            if (gradient.Abs().Max().Item() <= Enough * labels.Count)
            {
                break;
            }

            theta = one.Keep(problem.Towards(theta, gradient, problem.Hessian(theta).LinalgSolve(gradient.Flatten()).View(theta.Shape)));
        }

        return new LogisticRegression(scope.Keep(theta[.., ..^1].Contiguous()), scope.Keep(theta[.., ^1].Contiguous()));
    }

    /// <summary>n x D to n x K.</summary>
    public Tensor Probabilities(Tensor x) => (x.To(ScalarType.Float64).MatMul(Weights.Transpose(0, 1)) + Intercepts).Softmax(1);

    /// <summary>The most probable class of each frame.</summary>
    public int[] Predict(Tensor x)
    {
        using var scope = TensorScope.Enter();
        return [.. Accuracy.Rows(Probabilities(x)).Select(row => Accuracy.Best(row))];
    }

    // theta is K x (D + 1), the intercept last.
    private sealed class Problem
    {
        private readonly Tensor x; // n x (D + 1), ones last
        private readonly Tensor wanted; // n x K
        private readonly Tensor penalty; // D + 1
        private readonly double c;

        public Problem(Tensor frames, IReadOnlyList<int> labels, int classes, double c)
        {
            this.c = c;
            x = Tensor.Cat([frames.To(ScalarType.Float64), Tensor.Ones([frames.Size(0), 1], ScalarType.Float64)], 1);
            wanted = Tensor.Of([.. labels.Select(label => (long)label)], labels.Count).OneHot(classes).To(ScalarType.Float64);
            penalty = Tensor.Cat([Tensor.Ones([frames.Size(1)], ScalarType.Float64), Tensor.Full([1], Ridge, ScalarType.Float64)]);
        }

        public Tensor Start() => Tensor.Zeros([wanted.Size(1), x.Size(1)], ScalarType.Float64);

        public Tensor Gradient(Tensor theta) => (((Logits(theta).Softmax(1) - wanted).Transpose(0, 1).MatMul(x)) * c) + (theta * penalty);

        // Block (a, b) is XT diag(p_a (1[a = b] - p_b)) X.
        public Tensor Hessian(Tensor theta)
        {
            var p = Logits(theta).Softmax(1).Unbind(1);
            var rows = p.Select((a, i) => Tensor.Cat([.. p.Select((b, j) => Block(a * (i == j ? 1 - b : -b)))], 1));
            return Tensor.Cat([.. rows]) + Diagonal(penalty.Repeat([p.Length]));

            Tensor Block(Tensor weights) => x.Transpose(0, 1).MatMul(x * weights.Unsqueeze(1)) * c;
        }

        // A whole step of Newton's, halved until the value falls.
        public Tensor Towards(Tensor theta, Tensor gradient, Tensor step)
        {
            var (before, slope) = (Value(theta), (gradient * step).Sum().Item());
            var (length, next) = (1.0, theta - step);
            while (Value(next) > before - (1e-4 * length * slope) && length > 1e-10)
            {
                length /= 2;
                next = theta - (step * length);
            }

            return next;
        }

        private static Tensor Diagonal(Tensor values) => Tensor.Eye(values.Size(0), ScalarType.Float64) * values;

        private double Value(Tensor theta) => ((Logits(theta).LogSoftmax(1) * wanted).Sum() * -c).Item() + ((theta.Square() * penalty).Sum().Item() / 2);

        private Tensor Logits(Tensor theta) => x.MatMul(theta.Transpose(0, 1));
    }
}
