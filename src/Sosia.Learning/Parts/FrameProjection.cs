using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>CARL's projection of frames, for training alone (Chen et al. 2022, code: <c>ssl_projection</c>). Batch statistics are over all frames, padding too.</summary>
public sealed class FrameProjection : Module
{
    private readonly Sequential net;

    /// <summary>With PyTorch's starting values.</summary>
    /// <param name="width">D, of an embedding.</param>
    /// <param name="hidden">Of the layer between; the published weights have D.</param>
    public FrameProjection(int width, int hidden) =>
        net = Part("net", new Sequential(new Linear(width, hidden), new BatchNorm(hidden), new Activation(x => x.Relu()), new Linear(hidden, width)));

    /// <summary>Projects frames.</summary>
    /// <param name="frames">B x S x D.</param>
    /// <returns>B x S x D, not normalised.</returns>
    public Tensor Forward(Tensor frames) => net.Forward(frames.Flatten(0, 1)).View(frames.Shape);
}
