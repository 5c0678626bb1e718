using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>Loss of resolution.</summary>
public static class Downscale
{
    /// <summary>Shrinks a clip, each pixel the mean of what it covers, and enlarges it again.</summary>
    /// <param name="clip">3 x T x H x W.</param>
    /// <param name="share">Of its sides that is left, 0 to 1.</param>
    public static Tensor Apply(Tensor clip, double share)
    {
        var (height, width) = (clip.Size(2), clip.Size(3));
        var (low, narrow) = (Math.Max(1, (long)Math.Round(height * share)), Math.Max(1, (long)Math.Round(width * share)));
        return low >= height && narrow >= width ? clip : Shrunk(clip, low, narrow).UpsampleBilinear2d([height, width], alignCorners: false);
    }

    /// <summary>A clip at another size, without aliases.</summary>
    /// <param name="clip">3 x T x H x W.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    internal static Tensor Shrunk(Tensor clip, long height, long width) => clip.Contiguous().UpsampleBilinear2dAa([height, width], alignCorners: false);
}
