using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>The running mean of a teacher's logits, which is taken off them, so that no output wins for all samples (DINO, Caron et al. 2021, eq. 4).</summary>
public sealed class Centre : Module
{
    private readonly Tensor center; // 1 x K, under its published name

    /// <summary>Zero.</summary>
    /// <param name="width">K.</param>
    public Centre(int width) => center = Buffer("center", Tensor.Zeros([1, width]));

    /// <summary>1 x K.</summary>
    public Tensor Value => center;

    /// <summary>c &lt;- momentum · c + (1 - momentum) · the mean of the rows.</summary>
    /// <param name="rows">N x K logits, of all processes: their means do where each has as many.</param>
    /// <param name="momentum">0 to 1.</param>
    public void Update(Tensor rows, double momentum = 0.9)
    {
        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var mean = rows.Detach().To(center.Type).Mean([0], keepdim: true).NanToNum(0, 0, 0); // a broken step must not stay
        center.MulInPlace(momentum).AddInPlace(mean, 1 - momentum);
    }
}
