using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>A Gaussian blur of every frame.</summary>
/// <param name="Deviation">Of the Gaussian, in shares of the frame's short side.</param>
public sealed record Blur(double Deviation)
{
    /// <summary>Blurs clips: a product with a Gaussian matrix along each side, which costs the same for any width.</summary>
    /// <param name="clips">N x 3 x T x H x W in [0, 1].</param>
    /// <param name="blurs">N.</param>
    public static Tensor Apply(Tensor clips, IReadOnlyList<Blur> blurs)
    {
        var (n, frames, height, width) = (clips.Size(0), clips.Size(2), clips.Size(3), clips.Size(4));
        float[] deviations = [.. blurs.Select(blur => (float)(blur.Deviation * Math.Min(height, width)))];
        var deviation = Tensor.Of(deviations, n, 1, 1).To(clips.Device);
        var across = clips.Reshape([n, 3 * frames * height, width]).Bmm(Along(width, deviation).Transpose(1, 2));
        var down = Along(height, deviation).Unsqueeze(1).MatMul(across.View([n, 3 * frames, height, width]));
        return down.View(clips.Shape).ClampInPlace(0, 1);
    }

    // N x length x length: row i is the Gaussian about i; beyond the edges there is nothing, and the rest makes up for it.
    private static Tensor Along(long length, Tensor deviation)
    {
        var place = Tensor.Arange(0, length, dtype: ScalarType.Float32, device: deviation.Device);
        var apart = (place.Unsqueeze(1) - place).Unsqueeze(0) / deviation;
        var weights = (apart * apart * -0.5).Exp();
        return weights / weights.Sum([2], keepdim: true);
    }
}
