using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>
/// The projection of SLIC (Khorasgani et al. 2022, code, models/resnet.py): Linear, batch norm, ReLU, Linear; not normalised. Its entries are fc1.*,
/// bn_proj.* and fc2.*, as in published checkpoints.
/// </summary>
public sealed class SlicHead : Module, ILayer
{
    private readonly Linear fc1;
    private readonly BatchNorm norm;
    private readonly Linear fc2;

    /// <summary>With PyTorch's starting values.</summary>
    /// <param name="inputs">The features' width.</param>
    /// <param name="hidden">Width between the layers.</param>
    /// <param name="outputs">D.</param>
    public SlicHead(int inputs, int hidden = 2048, int outputs = 128)
    {
        fc1 = Part("fc1", new Linear(inputs, hidden));
        norm = Part("bn_proj", new BatchNorm(hidden));
        fc2 = Part("fc2", new Linear(hidden, outputs));
    }

    /// <summary>N x inputs to N x D.</summary>
    public Tensor Forward(Tensor input) => fc2.Forward(norm.Forward(fc1.Forward(input)).Relu());
}
