using Sosia.Learning.Encoders;
using Sosia.Learning.Import;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia;

/// <summary>The network of a published checkpoint, and what its authors show to it.</summary>
/// <param name="Encoder">Without the checkpoint's weights.</param>
/// <param name="Sampling">Which frames are a clip.</param>
/// <param name="Resize">How stored positions become those of <paramref name="Encoder"/>.</param>
internal sealed record ImportedNetwork(Encoder Encoder, ClipSampling Sampling, PositionResize Resize = PositionResize.Bicubic);

/// <summary>What can be imported: whose files they are, and how one becomes a model. Which frames of a second are looked at follows the papers, for videos of 25 or 30 frames.</summary>
/// <param name="Name">As in <c>--as</c>.</param>
/// <param name="Title">What a model of it is.</param>
/// <param name="Names">A file's entries under the names of the network.</param>
/// <param name="Network">The network of these entries: all that is known of its shape is read off them, also when the model is used again.</param>
/// <param name="Pixels">What its authors do to colours.</param>
internal sealed record ImportKind(
    string Name,
    string Title,
    Func<IReadOnlyList<(string Name, Tensor Tensor)>, PublishedState> Names,
    Func<PublishedState, ImportedNetwork> Network,
    PixelNormalisation Pixels)
{
    private const int Side = 224;

    private static readonly ClipSampling EveryThirtySecond = new(8, 30 / 32.0, Side); // TimeSformer's 8 x 32 at 30 frames a second
    private static readonly ClipSampling EveryFourth = new(16, 30 / 4.0, Side); // VideoMAE's 16 x 4 at 30 frames a second
    private static readonly ClipSampling EverySecond = new(16, 25 / 2.0, Side); // FAME's at 25 frames a second, as Kinetics mostly has
    private static readonly ClipSampling Every = new(16, 25, 128); // SLIC's
    private static readonly ClipSampling Sequence = new(80, 10, Side); // CARL's length of a view for Kinetics; the rate is ours, as in its recipe
    private static readonly ClipSampling Picture = new(1, 1, Side); // ours

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ImportKind> All { get; } =
    [
        new("3d-csl", "the transformer of 3D-CSL", PublishedNames.ThreeDCsl, state => TimeSformer(state, ClipSampling.ThreeDCsl), PixelNormalisation.Centred),
        new("fame", "the encoder of FAME", PublishedNames.Fame, Fame, PixelNormalisation.Kinetics),
        new("svt", "the teacher of SVT", state => PublishedNames.Svt(state), state => TimeSformer(state, EveryThirtySecond), PixelNormalisation.ImageNet),
        new("carl", "the mean of CARL's frames", PublishedNames.Carl, Carl, PixelNormalisation.ImageNet),
        new("mvd", "the student of MVD", PublishedNames.MvdEncoder, Mvd, PixelNormalisation.ImageNet),
        new("slic", "the encoder of SLIC", PublishedNames.Slic, Slic, PixelNormalisation.ImageNet),
        new("videomae", "the encoder of VideoMAE", VideoMaeNames, VideoMae, PixelNormalisation.ImageNet),
        new("timesformer", "TimeSformer", state => PublishedNames.TimeSformer(state), state => TimeSformer(state, EveryThirtySecond), PixelNormalisation.TimeSformer),
        new("mae", "the encoder of MAE, picture by picture", PublishedNames.MaskedAutoencoder, state => Vit(state, PositionResize.Bicubic), PixelNormalisation.ImageNet),
        new("vit", "a vision transformer of timm, picture by picture", state => PublishedNames.Timm(state), state => Vit(state, PositionResize.Bicubic), PixelNormalisation.Centred),
        new("dinov2", "DINOv2, picture by picture", PublishedNames.DinoV2, DinoV2, PixelNormalisation.ImageNet),
    ];

    /// <summary>The one of a name.</summary>
    public static ImportKind? Named(string name) => All.FirstOrDefault(kind => kind.Name == name);

    private static ImportedNetwork TimeSformer(PublishedState state, ClipSampling sampling)
    {
        var shape = PublishedShapes.VideoTransformer(state);
        RequireFit(sampling, shape.Patch);
        return new ImportedNetwork(new VideoTransformer(shape), sampling);
    }

    private static ImportedNetwork Fame(PublishedState state)
    {
        var isI3d = state.State.Any(entry => entry.Name == "conv3d_1a_7x7.conv3d.weight");
        return isI3d
            ? new ImportedNetwork(new I3d(PublishedShapes.I3d(state)), EverySecond)
            : new ImportedNetwork(new VideoResNet(PublishedShapes.R2Plus1d(state)), EverySecond with { Side = 112 });
    }

    private static ImportedNetwork Carl(PublishedState state) => new(new FrameSequenceEncoder(PublishedShapes.FrameSequence(state)), Sequence);

    private static ImportedNetwork Slic(PublishedState state) => new(new ResNet3d(PublishedShapes.ResNet3d(state) with { NoMaxPool = true }), Every);

    // A file of pre-training has its encoder beside a decoder, one of fine-tuning is an encoder alone.
    private static PublishedState VideoMaeNames(IReadOnlyList<(string Name, Tensor Tensor)> state) =>
        state.Any(entry => entry.Name.Contains("encoder.patch_embed.", StringComparison.Ordinal))
            ? PublishedNames.VideoMaePretraining(state, norm: true)
            : PublishedNames.VideoMae(state);

    private static ImportedNetwork VideoMae(PublishedState state) => Tubelets(state, VideoMaePooling.MeanOfNormalised, VideoMaePositions.Flat);

    private static ImportedNetwork Mvd(PublishedState state) => Tubelets(state, VideoMaePooling.MeanAsIs, VideoMaePositions.Grid);

    // The norm after the mean stands in files of fine-tuning alone.
    private static ImportedNetwork Tubelets(PublishedState state, VideoMaePooling pretrained, VideoMaePositions positions)
    {
        var shape = PublishedShapes.VideoMae(state);
        RequireFit(EveryFourth, shape.Patch, shape.Tubelet);
        var isTuned = state.State.Any(entry => entry.Name == "fc_norm.weight");
        return new ImportedNetwork(new VideoMae(shape with { Pooling = isTuned ? VideoMaePooling.Mean : pretrained, Positions = positions, Classes = 0 }), EveryFourth);
    }

    private static ImportedNetwork DinoV2(PublishedState state) =>
        Vit(state, state.State.Any(entry => entry.Name == "register_tokens") ? PositionResize.DinoV2Registers : PositionResize.DinoV2);

    private static ImportedNetwork Vit(PublishedState state, PositionResize resize)
    {
        var shape = PublishedShapes.VisionTransformer(state);
        RequireFit(Picture, shape.Patch);
        return new ImportedNetwork(new VisionTransformer(shape with { Height = Side, Width = Side, Classes = 0 }), Picture, resize);
    }

    private static void RequireFit(ClipSampling sampling, int patch, int tubelet = 1)
    {
        if (sampling.Side % patch != 0 || sampling.Frames % tubelet != 0)
        {
            throw new ArgumentException(
                $"its patches of {(tubelet > 1 ? $"{tubelet} frames and " : "")}{patch} pixels do not fill {(tubelet > 1 ? $"{sampling.Frames} frames" : "a frame")} of {sampling.Side}");
        }
    }
}
