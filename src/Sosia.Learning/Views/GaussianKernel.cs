using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>A Gaussian of few pixels that sums to 1, by which planes are blurred along both sides.</summary>
/// <param name="Size">Pixels, odd.</param>
/// <param name="Deviation">Pixels, above 0.</param>
public sealed record GaussianKernel(int Size, double Deviation)
{
    /// <summary>A tenth of a crop's side, odd, with a third of it as the deviation (FAME, Ding et al. 2022, code, moco/loader.py).</summary>
    /// <param name="crop">Side of the crop, pixels.</param>
    public static GaussianKernel OfCrop(int crop)
    {
        var size = ((int)(0.1 * crop) / 2 * 2) + 1;
        return new GaussianKernel(size, size / 3.0);
    }

    /// <summary>Its values, from one end to the other.</summary>
    public float[] Weights()
    {
        double[] weights = [.. Enumerable.Range(0, Size).Select(i => i - (Size / 2)).Select(x => Math.Exp(-x * x / (2 * Deviation * Deviation)))];
        var sum = weights.Sum();
        return Array.ConvertAll(weights, weight => (float)(weight / sum));
    }

    /// <summary>Blurs planes; beyond the borders they are reflected, the border pixel not being repeated.</summary>
    /// <param name="planes">B x H x W, each side longer than half the kernel.</param>
    /// <returns>B x H x W.</returns>
    public Tensor Blur(Tensor planes)
    {
        var reach = Size / 2;
        var weights = Tensor.Of(Weights(), Size).To(planes.Device);
        var wide = planes.Pad([reach, reach, reach, reach], "reflect").Unsqueeze(1); // B x 1 x H' x W'
        return wide.Conv2d(weights.View([1, 1, 1, -1])).Conv2d(weights.View([1, 1, -1, 1])).Squeeze(1);
    }
}
