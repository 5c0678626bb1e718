using Sosia.Learning.Objectives;
using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>
/// Principal directions of unlabelled descriptors, each scaled to the same spread (Jegou and Chum 2012): what all frames have in common
/// counts for nothing afterwards.
/// </summary>
public sealed class Whitening : Module
{
    private readonly Tensor mean;
    private readonly Tensor projection;

    /// <summary>All zero until fitted or loaded.</summary>
    /// <param name="inputs">Numbers of a descriptor.</param>
    /// <param name="outputs">Directions that are kept.</param>
    public Whitening(int inputs, int outputs)
    {
        mean = Buffer("mean", Tensor.Zeros([inputs]));
        projection = Buffer("projection", Tensor.Zeros([outputs, inputs]));
    }

    /// <summary>What is taken off: inputs.</summary>
    public Tensor Mean => mean;

    /// <summary>Scaled directions: outputs x inputs.</summary>
    public Tensor Projection => projection;

    /// <summary>N x inputs to N x outputs, of length 1.</summary>
    public Tensor Forward(Tensor rows) => Cosine.Unit((rows - mean).Linear(projection));

    /// <summary>Fits mean and directions.</summary>
    /// <param name="rows">N x inputs.</param>
    /// <param name="weights">N, of any sum: rows of a long video count less each.</param>
    /// <param name="floor">Share of the mean eigenvalue that is added to each: directions of mere noise are not blown up.</param>
    public void Fit(Tensor rows, Tensor weights, double floor)
    {
        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var wide = rows.To(ScalarType.Float64);
        var share = (weights.To(ScalarType.Float64) / weights.Sum()).Unsqueeze(1); // N x 1
        var centre = (wide * share).Sum([0]);
        var centred = wide - centre;
        var (values, vectors) = centred.Transpose(0, 1).MatMul(centred * share).LinalgEigh();
        var strongest = vectors.Flip([1])[.., ..(int)projection.Size(0)]; // inputs x outputs; eigenvalues ascend
        var scale = (values.Flip([0])[..(int)projection.Size(0)] + values.Mean() * floor).Rsqrt();
        mean.CopyInPlace(centre);
        projection.CopyInPlace((strongest * scale).Transpose(0, 1));
    }
}
