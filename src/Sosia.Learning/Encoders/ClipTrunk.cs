using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Encoders;

/// <summary>Sizes of a <see cref="ClipTrunk"/>.</summary>
/// <param name="Width">D, numbers of a descriptor.</param>
/// <param name="Frames">T, frames of a clip.</param>
/// <param name="TimeWidth">Width of the transformer.</param>
/// <param name="TimeDepth">Its blocks; 0: a clip is the mean of its frames.</param>
/// <param name="TimeHeads">Heads of each.</param>
public sealed record ClipTrunkShape(int Width, int Frames, int TimeWidth, int TimeDepth, int TimeHeads);

/// <summary>
/// The network of the default model (ours). Each frame goes through a convolutional trunk; maxima over places of three of its levels (Tolias et al.
/// 2015, 1511.05879), each of length 1, are projected to D numbers: at the start a whitening (Jegou and Chum 2012). A small transformer over the
/// frames of a clip adds what changes in time to their mean.
/// </summary>
public sealed class ClipTrunk : Encoder
{
    /// <summary>Side of the square that a frame is scaled to, pixels.</summary>
    public const int Side = FrameTrunk.Side;

    internal const int LastBlock = 14;

    private readonly MobileNetV2 network;
    private readonly Linear projection;
    private readonly TimeTransformer? time;

    /// <summary>With starting values; see <see cref="LoadNetwork"/> and <see cref="Whiten"/>.</summary>
    public ClipTrunk(ClipTrunkShape shape)
    {
        Shape = shape;
        network = Part("network", new MobileNetV2(LastBlock, expandOnly: true, folded: true));
        projection = Part("projection", new Linear(FrameTrunk.PooledWidth, shape.Width));
        time = shape.TimeDepth == 0 ? null : Part("time", new TimeTransformer(shape));
    }

    /// <summary>Its sizes.</summary>
    public ClipTrunkShape Shape { get; }

    /// <inheritdoc/>
    public override int Width => Shape.Width;

    /// <inheritdoc/>
    /// <param name="input">N x 3 x T x H x W, RGB in [-1, 1]; any T up to <see cref="ClipTrunkShape.Frames"/>.</param>
    public override Features Forward(Tensor input)
    {
        var (count, frames) = (input.Size(0), input.Size(2));
        var pictures = input.Transpose(1, 2).Flatten(0, 1); // N·T x 3 x H x W
        return new Features(Clips(Frames(pictures).View([count, frames, Width])));
    }

    /// <summary>Descriptors of single frames.</summary>
    /// <param name="pictures">B x 3 x 144 x 144, RGB in [-1, 1].</param>
    /// <returns>B x D, of length 1.</returns>
    public Tensor Frames(Tensor pictures) => Cosine.Unit(projection.Forward(Pooled(pictures)));

    /// <summary>What is projected: the maxima of the levels, each of length 1.</summary>
    /// <param name="pictures">B x 3 x 144 x 144, RGB in [-1, 1].</param>
    /// <returns>B x <see cref="FrameTrunk.PooledWidth"/>.</returns>
    public Tensor Pooled(Tensor pictures) => FrameTrunk.Maxima(network, pictures);

    /// <summary>Descriptors of clips.</summary>
    /// <param name="frames">N x T x D: <see cref="Frames"/>.</param>
    /// <returns>N x D, of length 1.</returns>
    public Tensor Clips(Tensor frames)
    {
        var mean = frames.Mean([1]);
        return Cosine.Unit(time is null ? mean : mean + time.Forward(frames));
    }

    /// <summary>A trained one, from its file: of single frames, without a transformer over time; the width is read off the tensors.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    /// <exception cref="StateMismatchException">It is no such network.</exception>
    public static ClipTrunk Read(string file)
    {
        using var state = Safetensors.Read(file);
        if (!state.Tensors.TryGet("projection.weight", out var projection) || projection.Shape is not [var width, _])
        {
            throw new StateMismatchException(["projection.weight"], [], []);
        }

        var encoder = new ClipTrunk(new ClipTrunkShape((int)width, 1, 0, 0, 1));
        try
        {
            encoder.Load(state.Tensors.Tensors);
            encoder.Eval();
            return encoder;
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>The pretrained network's weights.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    public void LoadNetwork(string file)
    {
        using var state = Safetensors.Read(file);
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        var own = network.NamedState().Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        network.Load(MobileNetV2.Folded(state.Tensors.Tensors.Select(stored => (stored.Name, stored.ToTensor()))).Where(entry => own.Contains(entry.Name))); // the file holds the later blocks too
    }

    /// <summary>What the projection makes of pooled levels, of any length.</summary>
    /// <param name="pooled">B x <see cref="FrameTrunk.PooledWidth"/>.</param>
    /// <returns>B x D.</returns>
    public Tensor Project(Tensor pooled) => projection.Forward(pooled);

    /// <summary>Makes the projection a whitening.</summary>
    /// <param name="whitening">Fitted to pooled levels: <see cref="FrameTrunk.PooledWidth"/> to D.</param>
    public void Whiten(Whitening whitening)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        var directions = Scaled(whitening);
        projection.Weight.CopyInPlace(directions);
        projection.Bias!.CopyInPlace(directions.MatMul(whitening.Mean).Neg());
    }

    /// <summary>Whitens what the projection gives, and makes both one projection.</summary>
    /// <param name="whitening">Fitted to <see cref="Project"/>: D to D.</param>
    public void WhitenAgain(Whitening whitening)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        var directions = Scaled(whitening);
        projection.Weight.CopyInPlace(directions.MatMul(projection.Weight));
        projection.Bias!.CopyInPlace(directions.MatMul(projection.Bias - whitening.Mean));
    }

    // A descriptor is then about 1 long, whatever its width.
    private Tensor Scaled(Whitening whitening) => whitening.Projection / Math.Sqrt(Width);

    /// <summary>Which weights learn: the blocks of the network from one on, the projection, the transformer.</summary>
    /// <param name="from">The first block; beyond 14 none, and the projection stays as well.</param>
    public void LearnFrom(int from)
    {
        foreach (var (name, parameter) in network.NamedParameters())
        {
            parameter.RequiresGrad = Block(name) >= from;
        }

        projection.RequireGrad(from <= LastBlock);
    }

    // features.N.conv...
    private static int Block(string name) => int.Parse(name.Split('.')[1], System.Globalization.CultureInfo.InvariantCulture);

    // A block's output joins as a residual whose last layer starts at zero: at the start a clip is the mean of its frames.
    private sealed class TimeTransformer : Module
    {
        private readonly Linear enter;
        private readonly Tensor position;
        private readonly List<TransformerBlock> blocks;
        private readonly LayerNorm norm;
        private readonly Linear leave;

        public TimeTransformer(ClipTrunkShape shape)
        {
            enter = Part("enter", new Linear(shape.Width, shape.TimeWidth));
            position = Parameter("position", Tensor.Zeros([shape.Frames, shape.TimeWidth]));
            blocks = [.. Enumerable.Range(0, shape.TimeDepth).Select(i => Part($"blocks.{i}", new TransformerBlock(shape.TimeWidth, shape.TimeHeads)))];
            norm = Part("norm", new LayerNorm(shape.TimeWidth, TransformerSize.NormEps));
            leave = Part("leave", new Linear(shape.TimeWidth, shape.Width));
            using var noGrad = NoGrad.Enter();
            leave.Weight.ZeroInPlace();
            leave.Bias!.ZeroInPlace();
        }

        // N x T x D to N x D.
        public Tensor Forward(Tensor frames)
        {
            var (count, length) = (frames.Size(0), frames.Size(1));
            var scaled = frames * Math.Sqrt(frames.Size(2)); // numbers round 1, as a layer expects
            var tokens = (enter.Forward(scaled) + position.Narrow(0, 0, length)).Flatten(0, 1); // N·T x width
            var seen = norm.Forward(TransformerBlock.Forward(blocks, tokens, count));
            return leave.Forward(seen.View([count, length, -1]).Mean([1]));
        }
    }
}
