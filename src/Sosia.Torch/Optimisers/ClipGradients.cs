namespace Sosia.Torch;

/// <summary>Keeps one bad batch from throwing a network off (Pascanu et al. 2013).</summary>
public static class ClipGradients
{
    private const double Eps = 1e-6; // PyTorch's

    /// <summary>Scales all gradients down together, so that their norm as one vector is at most this.</summary>
    /// <param name="parameters">Those without a gradient are left out.</param>
    /// <param name="most">The largest norm.</param>
    /// <returns>The norm before; not finite where a gradient is not, and then the step is better left out.</returns>
    public static double Norm(IEnumerable<Tensor> parameters, double most)
    {
        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        Tensor[] gradients = [.. parameters.Select(p => p.Grad).OfType<Tensor>()];
        if (gradients.Length == 0)
        {
            return 0;
        }

        var norm = Norms(gradients).LinalgVectorNorm().Item();
        var scale = most / (norm + Eps);
        if (scale < 1)
        {
            Tensor.ForeachMulInPlace(gradients, scale);
        }

        return norm;
    }

    /// <summary>Scales the gradient of each parameter down by itself, so that its own norm is at most this (DINO, Caron et al. 2021, code).</summary>
    /// <param name="parameters">Those without a gradient are left out.</param>
    /// <param name="most">The largest norm of one gradient.</param>
    /// <returns>The norm of all gradients as one vector before, as <see cref="Norm"/> gives it.</returns>
    public static double Each(IEnumerable<Tensor> parameters, double most)
    {
        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        Tensor[] gradients = [.. parameters.Select(p => p.Grad).OfType<Tensor>()];
        if (gradients.Length == 0)
        {
            return 0;
        }

        var norms = Norms(gradients).To(ScalarType.Float64).ToArray<double>(); // one wait for the device
        Tensor.ForeachMulInPlace(gradients, Array.ConvertAll(norms, norm => most / (norm + Eps) is < 1 and var scale ? scale : 1));
        return Math.Sqrt(norms.Sum(norm => norm * norm));
    }

    private static Tensor Norms(Tensor[] gradients)
    {
        var norms = Tensor.ForeachNorm(gradients);
        return Tensor.Stack([.. norms.Select(n => n.To(norms[0].Device))]);
    }
}
