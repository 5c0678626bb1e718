namespace Sosia.Torch.Tests;

internal static class Expect
{
    private const double Step = 1e-6;

    public static void Close(double[] expected, Tensor actual, double tolerance = 1e-6)
    {
        var found = Values(actual);
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < found.Length; i++)
        {
            var most = tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(Math.Abs(expected[i] - found[i]) <= most, $"element {i} is {found[i]:G17} instead of {expected[i]:G17}");
        }
    }

    public static void Close(Tensor expected, Tensor actual, double tolerance = 1e-6)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Close(Values(expected), actual, tolerance);
    }

    public static double[] Values(Tensor tensor)
    {
        using var wide = tensor.To(ScalarType.Float64);
        return wide.ToArray<double>();
    }

    /// <summary>The derivatives of a function are those that central differences give; all in double.</summary>
    public static void Gradients(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        using var scope = TensorScope.Enter();
        var leaves = inputs.Select(input => input.To(ScalarType.Float64, copy: true).RequireGrad()).ToArray();
        var weights = Weights(function(leaves));
        var found = Tensor.Gradients([(function(leaves) * weights).Sum()], leaves);
        using var noGrad = NoGrad.Enter();
        for (var k = 0; k < leaves.Length; k++)
        {
            var values = leaves[k].ToArray<double>();
            var expected = new double[values.Length];
            for (var i = 0; i < values.Length; i++)
            {
                using var inner = TensorScope.Enter();
                var moved = leaves.ToArray();
                var up = values.ToArray();
                up[i] += Step;
                moved[k] = Tensor.Of(up, leaves[k].Shape);
                var above = (function(moved) * weights).Sum().Item();
                up[i] -= 2 * Step;
                moved[k] = Tensor.Of(up, leaves[k].Shape);
                expected[i] = (above - (function(moved) * weights).Sum().Item()) / (2 * Step);
            }

            Close(expected, found[k]!, 1e-6);
        }
    }

    /// <summary>Every tensor that this makes is freed when it ends; finalizers of what came before do not count.</summary>
    public static void NoLeak(Action action)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.Live;
        action();
        Assert.Equal(before, Tensor.Live);
    }

    // So that no derivative hides behind a sum that does not change.
    private static Tensor Weights(Tensor output)
    {
        using var generator = new Generator(4);
        return Tensor.Randn(output.Shape, generator, ScalarType.Float64);
    }
}
