using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>What a network takes off pixels and divides them by, colour by colour.</summary>
/// <param name="Mean">Of red, green and blue in [0, 1].</param>
/// <param name="Deviation">Of red, green and blue, above 0.</param>
public sealed record PixelNormalisation((double Red, double Green, double Blue) Mean, (double Red, double Green, double Blue) Deviation)
{
    /// <summary>Of ImageNet's pictures.</summary>
    public static PixelNormalisation ImageNet { get; } = new((0.485, 0.456, 0.406), (0.229, 0.224, 0.225));

    /// <summary>Of Kinetics' videos, as torchvision has it.</summary>
    public static PixelNormalisation Kinetics { get; } = new((0.43216, 0.394666, 0.37645), (0.22803, 0.22145, 0.216989));

    /// <summary>Of TimeSformer, alike for all colours (code, timesformer/config/defaults.py).</summary>
    public static PixelNormalisation TimeSformer { get; } = new((0.45, 0.45, 0.45), (0.225, 0.225, 0.225));

    /// <summary>To [-1, 1]: 3D-CSL, and most of timm's ViTs.</summary>
    public static PixelNormalisation Centred { get; } = new((0.5, 0.5, 0.5), (0.5, 0.5, 0.5));

    /// <summary>(x - mean) / deviation.</summary>
    /// <param name="clips">N x 3 x T x H x W in [0, 1].</param>
    public Tensor Apply(Tensor clips) => (clips - Colours(Mean, clips)) / Colours(Deviation, clips);

    /// <summary>Back to [0, 1].</summary>
    /// <param name="clips">N x 3 x T x H x W as <see cref="Apply"/> made them.</param>
    public Tensor Restore(Tensor clips) => (clips * Colours(Deviation, clips)) + Colours(Mean, clips);

    private static Tensor Colours((double Red, double Green, double Blue) values, Tensor like) =>
        Tensor.Of([(float)values.Red, (float)values.Green, (float)values.Blue], 1, 3, 1, 1, 1).To(like.Device);
}
