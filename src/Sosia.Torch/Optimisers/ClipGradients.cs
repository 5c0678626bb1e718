namespace Sosia.Torch;

/// <summary>Keeps one bad batch from throwing a network off (Pascanu et al. 2013).</summary>
public static class ClipGradients
{
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

        var norms = Tensor.ForeachNorm(gradients);
        var norm = Tensor.Stack([.. norms.Select(n => n.To(norms[0].Device))]).LinalgVectorNorm().Item();
        var scale = most / (norm + 1e-6); // PyTorch's
        if (scale < 1)
        {
            Tensor.ForeachMulInPlace(gradients, scale);
        }

        return norm;
    }
}
