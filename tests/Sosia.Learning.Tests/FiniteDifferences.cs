using Sosia.Torch;

namespace Sosia.Learning.Tests;

/// <summary>Gradients as they should be: central differences in double precision.</summary>
internal static class FiniteDifferences
{
    private const double Step = 1e-6;

    /// <summary>Compares autograd's gradient of a scalar function with differences, element by element.</summary>
    public static void Check(Func<Tensor, Tensor> function, Tensor at, double tolerance = 1e-6)
    {
        using var scope = TensorScope.Enter();
        var values = at.To(ScalarType.Float64).ToArray<double>();
        var point = Tensor.Of(values, at.Shape).RequireGrad();
        function(point).Backward();
        var gradient = point.Grad!.ToArray<double>();
        Assert.Contains(gradient, g => g != 0);
        for (var i = 0; i < values.Length; i++)
        {
            var slope = (Value(i, Step) - Value(i, -Step)) / (2 * Step);
            Assert.True(Math.Abs(slope - gradient[i]) <= tolerance * (1 + Math.Abs(slope)), $"element {i}: {gradient[i]}, by differences {slope}");
        }

        double Value(int i, double step)
        {
            var moved = (double[])values.Clone();
            moved[i] += step;
            return function(Tensor.Of(moved, at.Shape)).Item();
        }
    }
}
