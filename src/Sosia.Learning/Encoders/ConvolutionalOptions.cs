using Sosia.Learning.Training;
using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>R3D-18 of torchvision, or a narrower or longer one.</summary>
/// <param name="Base">Channels of the stem.</param>
/// <param name="Layers">Blocks of each of the four layers; nothing: two each.</param>
public sealed record R3d18Options(int Base = 64, IReadOnlyList<int>? Layers = null) : EncoderOptions
{
    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        ConvolutionalOptions.Check(checkpointing, Base, Layers);
        return new VideoResNet(new(VideoResNetKind.R3d, Base, Layers), generator);
    }
}

/// <summary>R(2+1)D-18 of torchvision, or a narrower or longer one.</summary>
/// <param name="Base">Channels of the stem.</param>
/// <param name="Layers">Blocks of each of the four layers; nothing: two each.</param>
public sealed record R2Plus1d18Options(int Base = 64, IReadOnlyList<int>? Layers = null) : EncoderOptions
{
    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        ConvolutionalOptions.Check(checkpointing, Base, Layers);
        return new VideoResNet(new(VideoResNetKind.R2Plus1d, Base, Layers), generator);
    }
}

/// <summary>MC3-18 of torchvision, or a narrower or longer one.</summary>
/// <param name="Base">Channels of the stem.</param>
/// <param name="Layers">Blocks of each of the four layers; nothing: two each.</param>
public sealed record Mc3x18Options(int Base = 64, IReadOnlyList<int>? Layers = null) : EncoderOptions
{
    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        ConvolutionalOptions.Check(checkpointing, Base, Layers);
        return new VideoResNet(new(VideoResNetKind.Mc3, Base, Layers), generator);
    }
}

/// <summary>C3D with batch norms.</summary>
/// <param name="Base">Channels of the first convolution.</param>
public sealed record C3dOptions(int Base = 64) : EncoderOptions
{
    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        ConvolutionalOptions.Check(checkpointing, Base);
        return new C3d(new(Base), generator);
    }
}

/// <summary>R3D of the clip-order-prediction code.</summary>
/// <param name="Base">Channels of the stem.</param>
/// <param name="Layers">Blocks of each of the four layers; nothing: one each.</param>
public sealed record R3d10ClipOrderOptions(int Base = 64, IReadOnlyList<int>? Layers = null) : EncoderOptions
{
    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        ConvolutionalOptions.Check(checkpointing, Base, Layers);
        return new ClipOrderResNet(new(Factored: false, Base, Layers), generator);
    }
}

/// <summary>R(2+1)D of the clip-order-prediction code.</summary>
/// <param name="Base">Channels of the stem.</param>
/// <param name="Layers">Blocks of each of the four layers; nothing: one each.</param>
public sealed record R21d10ClipOrderOptions(int Base = 64, IReadOnlyList<int>? Layers = null) : EncoderOptions
{
    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        ConvolutionalOptions.Check(checkpointing, Base, Layers);
        return new ClipOrderResNet(new(Factored: true, Base, Layers), generator);
    }
}

/// <summary>A 3D ResNet of Hara et al.</summary>
/// <param name="Depth">10, 18, 34, 50, 101, 152 or 200.</param>
/// <param name="TimeKernel">Of the stem, odd.</param>
/// <param name="TimeStride">Of the stem.</param>
/// <param name="NoMaxPool">Whether there is no pooling after the stem.</param>
/// <param name="Widen">Factor on all widths.</param>
/// <param name="Shortcut">Where sizes change.</param>
public sealed record ResNet3dOptions(
    int Depth = 18, int TimeKernel = 7, int TimeStride = 1, bool NoMaxPool = false, double Widen = 1, ResNetShortcut Shortcut = ResNetShortcut.B) : EncoderOptions
{
    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        ConvolutionalOptions.Check(checkpointing);
        if (Depth is not (10 or 18 or 34 or 50 or 101 or 152 or 200))
        {
            throw new RecipeException($"encoder: a 3D ResNet has 10, 18, 34, 50, 101, 152 or 200 layers, not {Depth}");
        }

        if (TimeKernel < 1 || TimeKernel % 2 == 0 || TimeStride < 1 || Widen is not (>= 1 / 64.0 and <= 64))
        {
            throw new RecipeException($"encoder: timeKernel is odd, timeStride is 1 or more, widen is 1/64 to 64; they are {TimeKernel}, {TimeStride} and {Widen}");
        }

        return new ResNet3d(new(Depth, TimeKernel, TimeStride, NoMaxPool, Widen, Shortcut), generator);
    }
}

/// <summary>R2D3D-50 of CVRL and CoCLR.</summary>
/// <param name="Base">Channels of the stem.</param>
/// <param name="Layers">Blocks of each of the four layers; nothing: 3, 4, 6, 3.</param>
public sealed record R2d3d50Options(int Base = 64, IReadOnlyList<int>? Layers = null) : EncoderOptions
{
    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        ConvolutionalOptions.Check(checkpointing, Base, Layers);
        return new ResNet2d3d(new(Base, Layers), generator);
    }
}

/// <summary>SlowOnly ResNet-50.</summary>
/// <param name="Base">Channels of the stem.</param>
/// <param name="Layers">Blocks of each of the four stages; nothing: 3, 4, 6, 3.</param>
public sealed record SlowR50Options(int Base = 64, IReadOnlyList<int>? Layers = null) : EncoderOptions
{
    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        ConvolutionalOptions.Check(checkpointing, Base, Layers);
        return new SlowResNet(new(Base, Layers), generator);
    }
}

/// <summary>S3D.</summary>
/// <param name="Slow">Whether the stem leaves time as it is.</param>
/// <param name="Base">Channels of the stem; all widths shrink with it.</param>
/// <param name="NormEps">Of the norms: 1e-5 in CoCLR, 1e-3 for the checkpoints of torchvision and kylemin/S3D.</param>
/// <param name="NormMomentum">Of the norms: 0.1 in CoCLR, 1e-3 for the others.</param>
public sealed record S3dOptions(bool Slow = false, int Base = 64, double NormEps = 1e-5, double NormMomentum = 0.1) : EncoderOptions
{
    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        ConvolutionalOptions.Check(checkpointing, Base);
        if (NormEps is not (> 0 and < 1) || NormMomentum is not (> 0 and <= 1))
        {
            throw new RecipeException($"encoder: normEps is above 0 and below 1, normMomentum above 0 and at most 1; they are {NormEps} and {NormMomentum}");
        }

        return new S3d(new(Gated: false, Slow, Base, Norm: new NormConstants(NormEps, NormMomentum)), generator);
    }
}

/// <summary>S3D-G, with gates.</summary>
/// <param name="Slow">Whether the stem leaves time as it is.</param>
/// <param name="Base">Channels of the stem; all widths shrink with it.</param>
public sealed record S3dGOptions(bool Slow = false, int Base = 64) : EncoderOptions
{
    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        ConvolutionalOptions.Check(checkpointing, Base);
        return new S3d(new(Gated: true, Slow, Base), generator);
    }
}

/// <summary>I3D.</summary>
/// <param name="Port">Whose names, padding and norms it has.</param>
/// <param name="Base">Channels of the stem; all widths shrink with it.</param>
public sealed record I3dOptions(I3dPort Port = I3dPort.Piergiaj, int Base = 64) : EncoderOptions
{
    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        ConvolutionalOptions.Check(checkpointing, Base);
        return new I3d(new(Port, Base), generator);
    }
}

/// <summary>What the options of all convolutional encoders have in common.</summary>
internal static class ConvolutionalOptions
{
    /// <summary>Refuses what cannot be.</summary>
    /// <exception cref="RecipeException">Checkpointing, with which batch norms would see every batch twice; no channels; not four layers of one block or more.</exception>
    public static void Check(bool checkpointing, int @base = 64, IReadOnlyList<int>? layers = null)
    {
        if (checkpointing)
        {
            throw new RecipeException("gradientCheckpointing is for transformers: computed again, batch norms would count each batch twice");
        }

        if (@base is < 1 or > 4096)
        {
            throw new RecipeException($"encoder: base is 1 to 4096, not {@base}");
        }

        if (layers is not null && (layers.Count != 4 || layers.Any(blocks => blocks is < 1 or > 1000)))
        {
            throw new RecipeException($"encoder: layers are four numbers of blocks, 1 or more, not {string.Join(", ", layers)}");
        }
    }
}
