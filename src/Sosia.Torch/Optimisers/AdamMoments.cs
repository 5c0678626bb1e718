namespace Sosia.Torch;

/// <summary>What Adam and AdamW have in common: means of gradients and of their squares, and the step along them (Kingma and Ba 2015, algorithm 1).</summary>
/// <param name="Beta1">Part of the mean of gradients that stays at each step.</param>
/// <param name="Beta2">Part of the mean of squares that stays at each step.</param>
/// <param name="Eps">Added to the root of the mean of squares.</param>
internal sealed record AdamMoments(double Beta1, double Beta2, double Eps)
{
    public static string[] StateNames => ["exp_avg", "exp_avg_sq"];

    public void Step(IReadOnlyList<TrainedParameter> parameters, Tensor[] gradients, double rate)
    {
        Tensor[] means = [.. parameters.Select(p => p.State[0])];
        Tensor[] squares = [.. parameters.Select(p => p.State[1])];
        Tensor.ForeachMulInPlace(means, Beta1);
        Tensor.ForeachAddInPlace(means, gradients, 1 - Beta1);
        Tensor.ForeachMulInPlace(squares, Beta2);
        Tensor.ForeachAddcmulInPlace(squares, gradients, gradients, 1 - Beta2);

        // Both means begin at zero: each is divided by what it would be for a constant 1.
        var roots = Tensor.ForeachSqrt(squares);
        Tensor.ForeachDivInPlace(roots, [.. parameters.Select(p => Math.Sqrt(1 - Math.Pow(Beta2, p.Steps)))]);
        Tensor.ForeachAddInPlace(roots, Eps);
        Tensor.ForeachAddcdivInPlace([.. parameters.Select(p => p.Tensor)], means, roots, [.. parameters.Select(p => -rate / (1 - Math.Pow(Beta1, p.Steps)))]);
    }
}
