using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Encoders;

/// <summary>
/// A descriptor of a single frame from a network that was trained to tell objects apart: maxima over places of three of its levels (regional
/// maximum activation, Tolias et al. 2015, 1511.05879, over the whole picture), each normalised, whitened together on unlabelled videos.
/// </summary>
public sealed class FrameTrunk : Module
{
    /// <summary>Side of the square that a frame is scaled to, pixels.</summary>
    public const int Side = 144;

    // Edges and textures, parts, objects.
    private static readonly string[] Levels = ["features.7.conv.0", "features.11", "features.14.conv.0"];

    private readonly MobileNetV2 network;
    private readonly Whitening whitening;

    /// <summary>With random weights and nothing whitened: load a state, or <see cref="Whiten"/>.</summary>
    /// <param name="dimension">Numbers of a descriptor.</param>
    public FrameTrunk(int dimension)
    {
        network = Part("network", new MobileNetV2(last: 14, expandOnly: true));
        whitening = Part("whitening", new Whitening(PooledWidth, dimension));
    }

    /// <summary>Numbers of the three levels together.</summary>
    public static int PooledWidth => 192 + 96 + 576;

    /// <summary>The network's and the whitening's weights.</summary>
    /// <param name="networkFile">The pretrained MobileNetV2, with torchvision's names.</param>
    /// <param name="whiteningFile">What <see cref="Whiten"/> fitted, as a safetensors file.</param>
    /// <exception cref="CheckpointException">A file cannot be read.</exception>
    /// <exception cref="StateMismatchException">A file does not fit.</exception>
    public static FrameTrunk Load(string networkFile, string whiteningFile)
    {
        using var fitted = Safetensors.Read(whiteningFile);
        var trunk = new FrameTrunk((int)fitted.Tensors["projection"].Shape[0]);
        trunk.LoadNetwork(networkFile);
        trunk.whitening.Load(fitted.Tensors.Tensors);
        return trunk;
    }

    /// <summary>The pretrained network's weights.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    public void LoadNetwork(string file)
    {
        using var state = Safetensors.Read(file);

        // The file holds the later blocks too, and counts no batches.
        network.Load(state.Tensors.Tensors, strict: false);
        Eval();
    }

    /// <summary>Descriptors of frames.</summary>
    /// <param name="frames">B x 3 x 144 x 144, RGB in [-1, 1].</param>
    /// <returns>B x D, of length 1.</returns>
    public Tensor Forward(Tensor frames) => whitening.Forward(Pooled(frames));

    /// <summary>What is whitened: the maxima of the levels, each of length 1.</summary>
    /// <param name="frames">B x 3 x 144 x 144, RGB in [-1, 1].</param>
    /// <returns>B x <see cref="PooledWidth"/>.</returns>
    public Tensor Pooled(Tensor frames) => Maxima(network, frames);

    // B x 3 x H x W to B x PooledWidth.
    internal static Tensor Maxima(MobileNetV2 network, Tensor frames) =>
        Tensor.Cat([.. network.Forward(frames, Levels).Select(map => Cosine.Unit(map.Relu().Amax([2, 3])))], 1);

    /// <summary>Fits the whitening to descriptors of unlabelled frames.</summary>
    /// <param name="pooled">N x <see cref="PooledWidth"/>.</param>
    /// <param name="weights">N, of any sum.</param>
    /// <param name="floor">Share of the mean eigenvalue that is added to each.</param>
    public void Whiten(Tensor pooled, Tensor weights, double floor) => whitening.Fit(pooled, weights, floor);

    /// <summary>What <see cref="Whiten"/> fitted, to be written to a file.</summary>
    public IEnumerable<StoredTensor> StoredWhitening() => whitening.NamedState().Select(entry => entry.Tensor.To(ScalarType.Float16).ToStored(entry.Name));
}
