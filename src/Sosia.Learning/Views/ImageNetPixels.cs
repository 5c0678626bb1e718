using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>Pixels as networks take them that were trained on ImageNet in the usual way: each colour less its mean and by its deviation there.</summary>
public static class ImageNetPixels
{
    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Deviation = [0.229f, 0.224f, 0.225f];

    /// <summary>From [0, 1].</summary>
    /// <param name="clips">N x 3 x T x H x W in [0, 1].</param>
    public static Tensor Normalise(Tensor clips) => (clips - Colours(Mean, clips)) / Colours(Deviation, clips);

    /// <summary>Back to [0, 1].</summary>
    /// <param name="clips">N x 3 x T x H x W as <see cref="Normalise"/> made them.</param>
    public static Tensor Restore(Tensor clips) => (clips * Colours(Deviation, clips)) + Colours(Mean, clips);

    private static Tensor Colours(float[] values, Tensor like) => Tensor.Of(values, 1, 3, 1, 1, 1).To(like.Device);
}
