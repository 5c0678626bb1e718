using System.Text.Json.Serialization;
using Sosia.Learning.Objectives;
using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>Layers of a <see cref="ProjectionHead"/>.</summary>
public enum HeadLayers
{
    /// <summary>Linear: MoCo's (He et al. 2020).</summary>
    [JsonStringEnumMemberName("linear")]
    Linear,

    /// <summary>Linear, ReLU, Linear: MoCo v2's (Chen et al. 2020).</summary>
    [JsonStringEnumMemberName("mlp")]
    Mlp,

    /// <summary>Linear, batch norm, ReLU, Linear: BYOL's (Grill et al. 2020); learns sooner in short trainings.</summary>
    [JsonStringEnumMemberName("normed-mlp")]
    NormedMlp,
}

/// <summary>The head of momentum contrast, then rows of length 1. The entries of the layers are 0.* and 2.*, as in published checkpoints.</summary>
public sealed class ProjectionHead : Module, ILayer
{
    private readonly Linear first;
    private readonly BatchNorm? norm;
    private readonly Linear? second;

    /// <summary>With PyTorch's starting values.</summary>
    /// <param name="inputs">d, the backbone's width; a hidden layer is as wide.</param>
    /// <param name="outputs">C.</param>
    /// <param name="layers">Which.</param>
    public ProjectionHead(int inputs, int outputs = 128, HeadLayers layers = HeadLayers.Mlp)
    {
        first = Part("0", new Linear(inputs, layers == HeadLayers.Linear ? outputs : inputs));
        norm = layers == HeadLayers.NormedMlp ? Part("1", new BatchNorm(inputs)) : null;
        second = layers == HeadLayers.Linear ? null : Part("2", new Linear(inputs, outputs));
    }

    /// <summary>N x d to N x C, of length 1.</summary>
    public Tensor Forward(Tensor input)
    {
        var rows = first.Forward(input);
        return Cosine.Unit(second is null ? rows : second.Forward((norm?.Forward(rows) ?? rows).Relu()));
    }
}
