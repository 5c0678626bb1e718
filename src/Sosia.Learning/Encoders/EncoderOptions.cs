using System.Text.Json.Serialization;
using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What a recipe says of the encoder; its <c>name</c> says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "name")]
[JsonDerivedType(typeof(VideoTransformerOptions), "video-transformer")]
public abstract record EncoderOptions
{
    /// <summary>The encoder with starting weights.</summary>
    public abstract Encoder Build(Generator generator, bool checkpointing);
}

/// <summary>The transformer of 3D-CSL.</summary>
/// <param name="Width">D.</param>
/// <param name="Depth">Blocks.</param>
/// <param name="Heads">Of each block.</param>
/// <param name="Patch">Side in pixels.</param>
/// <param name="Side">Of a frame, in pixels.</param>
/// <param name="Frames">Of a clip.</param>
/// <param name="DropPath">Of the last block, rising to it linearly.</param>
public sealed record VideoTransformerOptions(
    int Width = 768, int Depth = 12, int Heads = 12, int Patch = 16, int Side = 224, int Frames = 8, double DropPath = 0.1) : EncoderOptions
{
    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        var size = new TransformerSize(Width, Depth, Heads);
        var shape = VideoTransformerShape.ThreeDCsl(size) with { Patch = Patch, Height = Side, Width = Side, Frames = Frames, DropPath = DropPath };
        return new VideoTransformer(shape, generator) { Checkpointing = checkpointing };
    }
}
