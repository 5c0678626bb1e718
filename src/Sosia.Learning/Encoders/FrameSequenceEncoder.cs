using Sosia.Learning.Objectives;
using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>Sizes of a <see cref="FrameSequenceEncoder"/>, of CARL where nothing is said (Chen et al. 2022, code).</summary>
public sealed record FrameSequenceShape
{
    /// <summary>The network that sees the frames.</summary>
    public ResNet2dShape Backbone { get; init; } = ResNet2dShape.ResNet50;

    /// <summary>Whether all of it but its last layer stays as it is, in evaluation mode: it was trained on pictures before (BYOL on ImageNet).</summary>
    public bool Frozen { get; init; } = true;

    /// <summary>Width of the two layers before the transformer.</summary>
    public int Inner { get; init; } = 512;

    /// <summary>Width of the transformer.</summary>
    public int Hidden { get; init; } = 256;

    /// <summary>Heads of its attention.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Width of its feed-forward layers.</summary>
    public int FeedForward { get; init; } = 1024;

    /// <summary>Its layers: 3 for PennAction and FineGym, 2 for Pouring and Kinetics-400.</summary>
    public int Layers { get; init; } = 3;

    /// <summary>D, numbers of an embedding.</summary>
    public int Embedding { get; init; } = 128;

    /// <summary>T, frames of a view in training: 80 for PennAction and Kinetics-400, 240 for Pouring and FineGym.</summary>
    public int TrainingLength { get; init; } = 80;

    /// <summary>Before each layer, and on the branches of the transformer.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Whether frames are told their place; without it only what they show can order them.</summary>
    public bool Positions { get; init; } = true;
}

/// <summary>
/// CARL's network (Chen et al. 2022, code): a vector of each frame of a video that knows the others. Names are those of the published checkpoints,
/// so that parts of the ResNet are numbered: see <see cref="FromTorchvision"/>.
/// </summary>
public sealed class FrameSequenceEncoder : Encoder, IFrameEncoder
{
    /// <summary>A longer video is embedded in equal parts (code; 6,000 on FineGym).</summary>
    public const int MostFrames = 1000;

    private const int FramesAtOnce = 40;

    private readonly FrameSequenceShape shape;
    private readonly FrozenLayers backbone;
    private readonly Sequential last;
    private readonly FrameSequenceHead head;

    /// <summary>With starting values.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="generator">Draws those of the ResNet and the transformer.</param>
    public FrameSequenceEncoder(FrameSequenceShape shape, Generator? generator = null)
    {
        this.shape = shape;
        backbone = Part("backbone", new FrozenLayers(shape.Backbone));
        last = Part("res_finetune", shape.Backbone.Layer(shape.Backbone.Blocks.Count - 1));
        head = Part("embed", new FrameSequenceHead(shape.Backbone.Channels(shape.Backbone.Blocks.Count - 1), shape, generator));
        ConvolutionInit.HeNormal2d(this, generator);
        backbone.RequireGrad(!shape.Frozen);
    }

    /// <inheritdoc/>
    public override int Width => shape.Embedding;

    /// <inheritdoc/>
    /// <param name="input">N x 3 x T x H x W, RGB, each channel with ImageNet's mean taken off and divided by its deviation.</param>
    /// <returns><see cref="Features.Tokens"/> are the frames, N x T x D, in the order of time; the vector is their mean (ours).</returns>
    public override Features Forward(Tensor input)
    {
        var frames = Frames(input);
        return new Features(frames.Mean([1]), frames);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The input has another rank.</exception>
    public Tensor Frames(Tensor input, Tensor? mask = null)
    {
        if (input.Rank != 5 || input.Size(1) != 3)
        {
            throw new ArgumentException($"videos of {string.Join(" x ", input.Shape)}: N x 3 x T x H x W are needed", nameof(input));
        }

        using var scope = TensorScope.Enter();
        var maps = input.Transpose(1, 2).Split(FramesAtOnce, 1).Select(Maps).ToArray(); // each N x t x C x h x w
        return scope.Keep(head.Forward(Tensor.Cat(maps, 1), mask));
    }

    /// <summary>The frames of a whole video as they are used: of length 1.</summary>
    /// <param name="video">3 x S x H x W.</param>
    /// <param name="most">Frames that see each other; more are embedded in equal parts.</param>
    /// <returns>S x D.</returns>
    public Tensor Embed(Tensor video, int most = MostFrames)
    {
        using var scope = TensorScope.Enter();
        return scope.Keep(Embed(video.Split(PartLength((int)video.Size(1), most), 1), part => part));
    }

    /// <summary>The frames of a whole video of which one part is held at a time.</summary>
    /// <typeparam name="T">Of what a part is made.</typeparam>
    /// <param name="parts">In the order of time, each of <see cref="PartLength"/> frames, the last of those that are left.</param>
    /// <param name="frames">Makes of a part its frames, s of them: 3 x s x H x W. They are freed before the next part is asked for.</param>
    /// <returns>S x D.</returns>
    public Tensor Embed<T>(IEnumerable<T> parts, Func<T, Tensor> frames)
    {
        using var scope = TensorScope.Enter();
        return scope.Keep(Cosine.Unit(Tensor.Cat([.. parts.Select(Part)])));

        Tensor Part(T part)
        {
            using var scope = TensorScope.Enter();
            return scope.Keep(Frames(frames(part).Unsqueeze(0)).Squeeze(0));
        }
    }

    /// <summary>Frames of a part of a video, the last excepted, which may have fewer: all, or as equal parts as they can be.</summary>
    /// <param name="length">S, at least 1.</param>
    /// <param name="most">Frames that see each other.</param>
    public static int PartLength(int length, int most = MostFrames)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        var parts = ((length - 1) / most) + 1;
        return ((length - 1) / parts) + 1;
    }

    /// <summary>The name here of an entry of torchvision's ResNet; null of one that is not used, which the classifier's are.</summary>
    /// <param name="name">As in <c>layer4.0.conv1.weight</c>.</param>
    public static string? FromTorchvision(string name) => name.Split('.', 2) switch
    {
        ["conv1", var rest] => $"backbone.0.{rest}",
        ["bn1", var rest] => $"backbone.1.{rest}",
        ["layer1", var rest] => $"backbone.4.{rest}",
        ["layer2", var rest] => $"backbone.5.{rest}",
        ["layer3", var rest] => $"backbone.6.{rest}",
        ["layer4", var rest] => $"res_finetune.{rest}",
        _ => null,
    };

    // N x t x 3 x H x W to N x t x C x h x w.
    private Tensor Maps(Tensor frames)
    {
        using var scope = TensorScope.Enter();
        var maps = last.Forward(Seen(frames.Flatten(0, 1)));
        return scope.Keep(maps.View([frames.Size(0), frames.Size(1), maps.Size(1), maps.Size(2), maps.Size(3)]));
    }

    private Tensor Seen(Tensor pictures)
    {
        if (!shape.Frozen)
        {
            return backbone.Forward(pictures);
        }

        using var noGrad = NoGrad.Enter();
        backbone.Eval(); // a trainer sets the whole network to training
        return backbone.Forward(pictures);
    }

    // Convolution and norm are 0 and 1, what has no parameters 2 and 3, the layers 4 on.
    private sealed class FrozenLayers : Module
    {
        private readonly ConvNorm stem;
        private readonly Sequential[] layers;

        public FrozenLayers(ResNet2dShape shape)
        {
            stem = shape.Stem("0", "1").RegisteredBy(Part);
            layers = [.. Enumerable.Range(0, shape.Blocks.Count - 1).Select(layer => Part($"{4 + layer}", shape.Layer(layer)))];
        }

        public Tensor Forward(Tensor pictures) => layers.Aggregate(ResNet2d.Pooled(stem, pictures), (x, layer) => layer.Forward(x));
    }
}
