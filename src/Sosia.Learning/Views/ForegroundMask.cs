using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>
/// FAME's foreground of a clip (Ding et al. 2022, section 3.2, and code, moco/loader.py): where it moves, and where the colours are those of what
/// moves. No gradient passes through it.
/// </summary>
/// <param name="Crop">Side of the crop, pixels: the blur is as wide as it says.</param>
/// <param name="Beta">Share of the pixels that are foreground.</param>
/// <param name="Turns">Whether a colour's angle is its hue, and not the code's 2 pi times the hue: see <see cref="ColourBins"/>.</param>
/// <param name="Foreground">Share of the pixels, those that move most, that are seeds of the foreground.</param>
/// <param name="Background">Share of the pixels, those that move least, that are seeds of the background.</param>
public sealed record ForegroundMask(int Crop, double Beta = 0.5, bool Turns = false, double Foreground = 0.5, double Background = 0.1)
{
    private const double Eps = 1e-8;

    private GaussianKernel Kernel => GaussianKernel.OfCrop(Crop);

    /// <summary>The mask of each clip; of equal pixels that with the lower number (y W + x) is foreground (ours).</summary>
    /// <param name="clips">B x 3 x T x H x W in [0, 1], T at least 2.</param>
    /// <returns>B x H x W, true for the foreground.</returns>
    /// <exception cref="ArgumentException">A clip of one frame does not move.</exception>
    public Tensor Of(Tensor clips)
    {
        using var noGrad = NoGrad.Enter();
        return OfPosterior(Posterior(Motion(clips), Bins(clips)));
    }

    /// <summary>Step 5: the share beta of the pixels that are the most likely foreground.</summary>
    /// <param name="posterior">B x H x W.</param>
    /// <returns>B x H x W, true for the foreground.</returns>
    public Tensor OfPosterior(Tensor posterior) => Most(UnitRange(Kernel.Blur(posterior)), Beta);

    /// <summary>Step 1: how much each pixel moves, 0 to 1.</summary>
    /// <param name="clips">B x 3 x T x H x W.</param>
    /// <returns>B x H x W.</returns>
    /// <exception cref="ArgumentException">A clip of one frame does not move.</exception>
    public Tensor Motion(Tensor clips) => UnitRange(Kernel.Blur(Differences(clips)));

    /// <summary>Step 2: the colour of each pixel of the mean frame.</summary>
    /// <param name="clips">B x 3 x T x H x W in [0, 1].</param>
    /// <returns>B x H x W of 1 to 999.</returns>
    public Tensor Bins(Tensor clips) => ColourBins.Of(Hsv.Of(clips.Mean([2]), channels: 1), Turns);

    /// <summary>Steps 3 and 4: how likely a pixel of this colour is foreground, by the colours of the pixels that move most and least.</summary>
    /// <param name="motion">B x H x W.</param>
    /// <param name="bins">B x H x W.</param>
    /// <returns>B x H x W, 0 to 1.</returns>
    public Tensor Posterior(Tensor motion, Tensor bins)
    {
        var colours = bins.Flatten(1); // B x HW
        var f = Shares(Histogram(colours, Most(motion, Foreground)));
        var g = Shares(Histogram(colours, Most(-motion, Background)) + 1);
        return (f / (g + f)).Gather(1, colours).View(motion.Shape);
    }

    /// <summary>The mean difference from frame to frame, summed over the colours.</summary>
    /// <param name="clips">B x 3 x T x H x W.</param>
    /// <returns>B x H x W.</returns>
    /// <exception cref="ArgumentException">A clip of one frame does not move.</exception>
    public static Tensor Differences(Tensor clips)
    {
        var frames = clips.Size(2);
        return frames > 1
            ? (clips.Narrow(2, 0, frames - 1) - clips.Narrow(2, 1, frames - 1)).Abs().Sum([1]).Mean([1])
            : throw new ArgumentException($"clips of {frames} frames: what moves is seen in two or more", nameof(clips));
    }

    /// <summary>Each plane from 0 to 1; a plane of one value becomes 0.</summary>
    /// <param name="planes">B x H x W.</param>
    public static Tensor UnitRange(Tensor planes)
    {
        var above = planes - planes.Amin([1, 2], keepdim: true);
        return above / (above.Amax([1, 2], keepdim: true) + Eps);
    }

    /// <summary>The largest pixels of each plane, floor(share · H · W) of them; of equal ones the first.</summary>
    /// <param name="planes">B x H x W.</param>
    /// <param name="share">0 to 1.</param>
    /// <returns>B x H x W, true for them.</returns>
    public static Tensor Most(Tensor planes, double share)
    {
        var pixels = planes.Flatten(1); // B x HW
        var count = (long)(share * pixels.Size(1));
        if (count == 0)
        {
            return Tensor.Zeros(planes.Shape, ScalarType.Bool, planes.Device);
        }

        var least = pixels.TopK(count).Values.Narrow(1, count - 1, 1); // B x 1
        var above = pixels.Gt(least);
        var level = pixels.Eq(least);
        var room = count - above.Sum([1], keepdim: true);
        return above.LogicalOr(level.LogicalAnd(level.CumSum(1).Le(room))).View(planes.Shape);
    }

    // B x HW colours, of which the chosen are counted: B x 1000.
    private static Tensor Histogram(Tensor colours, Tensor chosen)
    {
        var clips = colours.Size(0);
        var rows = Tensor.Arange(0, clips, dtype: ScalarType.Int64, device: colours.Device).View([-1, 1]) * ColourBins.Count;
        var counts = (colours + rows).Flatten().BinCount(chosen.Flatten().To(ScalarType.Float32), clips * ColourBins.Count);
        return counts.View([clips, ColourBins.Count]);
    }

    private static Tensor Shares(Tensor histogram) => histogram / (histogram.Sum([1], keepdim: true) + Eps);
}
