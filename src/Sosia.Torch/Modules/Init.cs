namespace Sosia.Torch;

/// <summary>Starting values, in place and without a graph (torch.nn.init). Each returns the tensor, untouched inside a <see cref="SkipInit"/>.</summary>
public static class Init
{
    /// <summary>All the same number.</summary>
    public static Tensor Constant(Tensor tensor, double value)
    {
        using var noGrad = NoGrad.Enter();
        return SkipInit.IsActive ? tensor : tensor.FillInPlace(value);
    }

    /// <summary>Uniform between two numbers.</summary>
    public static Tensor Uniform(Tensor tensor, double low, double high, Generator? generator = null)
    {
        using var noGrad = NoGrad.Enter();
        return SkipInit.IsActive ? tensor : tensor.UniformInPlace(low, high, generator);
    }

    /// <summary>Normal.</summary>
    public static Tensor Normal(Tensor tensor, double mean = 0, double deviation = 1, Generator? generator = null)
    {
        using var noGrad = NoGrad.Enter();
        return SkipInit.IsActive ? tensor : tensor.NormalInPlace(mean, deviation, generator);
    }

    /// <summary>Normal with the given deviation, cut off at two units (not deviations), as torch.nn.init.trunc_normal_ has it.</summary>
    public static Tensor TruncatedNormal(Tensor tensor, double deviation, double limit = 2, Generator? generator = null)
    {
        if (SkipInit.IsActive)
        {
            return tensor;
        }

        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        // Inverse of the distribution function: uniform between the limits' values, then through the inverse error function.
        var edge = Erf(limit / deviation / Math.Sqrt(2));
        tensor.UniformInPlace(-edge, edge, generator);
        Operators.ErfinvInPlace.InPlace(tensor);
        tensor.MulInPlace(deviation * Math.Sqrt(2));
        return tensor.ClampInPlace(-limit, limit);
    }

    /// <summary>Uniform within sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010).</summary>
    public static Tensor XavierUniform(Tensor tensor, Generator? generator = null)
    {
        var (into, outof) = Fans(tensor.Shape);
        var bound = Math.Sqrt(6.0 / (into + outof));
        return Uniform(tensor, -bound, bound, generator);
    }

    /// <summary>PyTorch's default for linear layers, convolutions and their biases: uniform within 1 / sqrt(fan in).</summary>
    public static Tensor FanIn(Tensor tensor, long fanIn, Generator? generator = null)
    {
        var bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
        return Uniform(tensor, -bound, bound, generator);
    }

    /// <summary>Normal with deviation sqrt(2 / fan out) (He et al. 2015), as residual networks start their convolutions.</summary>
    public static Tensor KaimingNormalFanOut(Tensor tensor, Generator? generator = null) =>
        Normal(tensor, 0, Math.Sqrt(2.0 / Fans(tensor.Shape).Out), generator);

    private static (long In, long Out) Fans(long[] shape)
    {
        var field = shape.Skip(2).Aggregate(1L, (a, b) => a * b);
        return (shape[1] * field, shape[0] * field);
    }

    private static double Erf(double x)
    {
        using var value = Tensor.Of(x);
        using var erf = value.Erf();
        return erf.Item<double>();
    }
}
