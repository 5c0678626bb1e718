using Sosia.Torch;

namespace Sosia.Learning.Evaluation.Frames;

/// <summary>Ordinary least squares with intercept; of several solutions the shortest, as LAPACK's gelsd gives it. In double precision.</summary>
/// <param name="Weights">D x K.</param>
/// <param name="Intercept">K.</param>
public sealed record LeastSquares(Tensor Weights, Tensor Intercept)
{
    /// <summary>Fits.</summary>
    /// <param name="x">n x D.</param>
    /// <param name="y">n x K.</param>
    public static LeastSquares Fit(Tensor x, Tensor y)
    {
        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var (inputs, targets) = (x.To(ScalarType.Float64), y.To(ScalarType.Float64));
        var (meanX, meanY) = (inputs.Mean([0]), targets.Mean([0]));
        var (u, s, vh) = (inputs - meanX).LinalgSvd(fullMatrices: false);
        var least = s.Max() * (double.BitIncrement(1) - 1) * Math.Max(x.Size(0), x.Size(1)); // directions below it are noise
        var inverse = s.Gt(least).Where(s.Reciprocal(), s.ZerosLike());
        var weights = vh.Transpose(0, 1).MatMul(inverse.Unsqueeze(1) * u.Transpose(0, 1).MatMul(targets - meanY));
        return new LeastSquares(scope.Keep(weights), scope.Keep(meanY - meanX.MatMul(weights)));
    }

    /// <summary>n x D to n x K.</summary>
    public Tensor Predict(Tensor x) => x.To(ScalarType.Float64).MatMul(Weights) + Intercept;

    /// <summary>R^2 of each column: 1 - squared errors over squared deviations from the mean.</summary>
    /// <param name="predicted">n x K.</param>
    /// <param name="truth">n x K.</param>
    /// <returns>K; not finite where a column is constant.</returns>
    public static double[] Determination(Tensor predicted, Tensor truth)
    {
        using var scope = TensorScope.Enter();
        var y = truth.To(ScalarType.Float64);
        return (1 - ((y - predicted).Square().Sum([0]) / (y - y.Mean([0])).Square().Sum([0]))).ToArray<double>();
    }
}
