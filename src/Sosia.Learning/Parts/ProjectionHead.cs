using Sosia.Learning.Objectives;
using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>The head of MoCo v2 (Chen et al. 2020, section 3): Linear, ReLU, Linear, then rows of length 1. Its entries are 0.* and 2.*, as in published checkpoints.</summary>
public sealed class ProjectionHead : Module, ILayer
{
    private readonly Linear hidden;
    private readonly Linear output;

    /// <summary>With PyTorch's starting values.</summary>
    /// <param name="inputs">d, the backbone's width; the hidden layer is as wide.</param>
    /// <param name="outputs">C.</param>
    public ProjectionHead(int inputs, int outputs = 128)
    {
        hidden = Part("0", new Linear(inputs, inputs));
        output = Part("2", new Linear(inputs, outputs));
    }

    /// <summary>N x d to N x C, of length 1.</summary>
    public Tensor Forward(Tensor input) => Cosine.Unit(output.Forward(hidden.Forward(input).Relu()));
}
