using System.Text.Json.Serialization;
using Sosia.Learning.Import;
using Sosia.Learning.Training;
using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What a recipe says of the encoder; its <c>name</c> says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "name")]
[JsonDerivedType(typeof(VideoTransformerOptions), "video-transformer")]
[JsonDerivedType(typeof(ClipTrunkOptions), "clip-trunk")]
[JsonDerivedType(typeof(VideoMaeOptions), "videomae")]
[JsonDerivedType(typeof(R3d18Options), "r3d-18")]
[JsonDerivedType(typeof(R2Plus1d18Options), "r2plus1d-18")]
[JsonDerivedType(typeof(Mc3x18Options), "mc3-18")]
[JsonDerivedType(typeof(C3dOptions), "c3d")]
[JsonDerivedType(typeof(R3d10ClipOrderOptions), "r3d-10-vcop")]
[JsonDerivedType(typeof(R21d10ClipOrderOptions), "r21d-10-vcop")]
[JsonDerivedType(typeof(ResNet3dOptions), "resnet3d")]
[JsonDerivedType(typeof(R2d3d50Options), "r2d3d-50")]
[JsonDerivedType(typeof(SlowR50Options), "slow-r50")]
[JsonDerivedType(typeof(S3dOptions), "s3d")]
[JsonDerivedType(typeof(S3dGOptions), "s3dg")]
[JsonDerivedType(typeof(I3dOptions), "i3d")]
[JsonDerivedType(typeof(FrameSequenceOptions), "frame-sequence")]
public abstract record EncoderOptions
{
    /// <summary>The same without files of weights to start from: for an encoder whose weights are loaded anyway.</summary>
    [JsonIgnore]
    public virtual EncoderOptions WithoutFiles => this;

    /// <summary>The encoder with starting weights.</summary>
    /// <exception cref="RecipeException">The options cannot be.</exception>
    public abstract Encoder Build(Generator generator, bool checkpointing);
}

/// <summary>The transformer of 3D-CSL and SVT.</summary>
/// <param name="Width">D.</param>
/// <param name="Depth">Blocks.</param>
/// <param name="Heads">Of each block.</param>
/// <param name="Patch">Side in pixels.</param>
/// <param name="Side">Of a frame, in pixels.</param>
/// <param name="Frames">Of a clip.</param>
/// <param name="DropPath">Of the last block, rising to it linearly.</param>
/// <param name="Image">File of an image ViT that it starts as, in all but time; null: all starts new.</param>
public sealed record VideoTransformerOptions(
    int Width = 768, int Depth = 12, int Heads = 12, int Patch = 16, int Side = 224, int Frames = 8, double DropPath = 0.1, string? Image = null) : EncoderOptions
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override EncoderOptions WithoutFiles => this with { Image = null };

    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        if (Width < 1 || Heads < 1 || Width % Heads != 0)
        {
            throw new RecipeException($"encoder: {Heads} heads cannot share a width of {Width}");
        }

        if (Patch < 1 || Side < Patch || Side % Patch != 0)
        {
            throw new RecipeException($"encoder: a side of {Side} is no whole number of patches of {Patch}");
        }

        if (Depth < 1 || Frames < 1 || DropPath is not (>= 0 and < 1))
        {
            throw new RecipeException($"encoder: depth and frames are 1 or more, and dropPath is from 0 to below 1; they are {Depth}, {Frames} and {DropPath}");
        }

        var size = new TransformerSize(Width, Depth, Heads);
        var shape = VideoTransformerShape.ThreeDCsl(size) with { Patch = Patch, Height = Side, Width = Side, Frames = Frames, DropPath = DropPath };
        var network = new VideoTransformer(shape, generator) { Checkpointing = checkpointing };
        if (Image is { } file)
        {
            Pretrained.Start(network, file);
        }

        return network;
    }
}

/// <summary>The network of the default model.</summary>
/// <param name="Weights">A pretrained MobileNetV2 as safetensors: one of those that come with Sosia, or a path.</param>
/// <param name="Width">D.</param>
/// <param name="Frames">Of a clip.</param>
/// <param name="TimeWidth">Of the transformer over time.</param>
/// <param name="TimeDepth">Its blocks; 0: none, a clip is the mean of its frames.</param>
/// <param name="TimeHeads">Of each block.</param>
public sealed record ClipTrunkOptions(
    string Weights = "mobilenet-v2", int Width = 512, int Frames = 4, int TimeWidth = 256, int TimeDepth = 2, int TimeHeads = 4) : EncoderOptions
{
    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        if (Width is < 1 or > 864 || Frames < 1 || TimeDepth < 0 || TimeHeads < 1 || TimeWidth < 1 || TimeWidth % TimeHeads != 0)
        {
            throw new RecipeException($"encoder: width is 1 to {FrameTrunk.PooledWidth}, frames 1 or more, timeDepth 0 or more, and {TimeHeads} heads must share a timeWidth of {TimeWidth} evenly");
        }

        var encoder = new ClipTrunk(new ClipTrunkShape(Width, Frames, TimeWidth, TimeDepth, TimeHeads));
        encoder.LoadNetwork(Path.IsPathRooted(Weights) || File.Exists(Weights) ? Weights : Path.Combine(AppContext.BaseDirectory, "models", $"{Weights}.safetensors"));
        return encoder;
    }
}
