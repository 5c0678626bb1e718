using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>The position code of CARL (Chen et al. 2022, code).</summary>
public static class FramePositions
{
    /// <summary>
    /// Sine at even channels k, cosine at odd ones, of p / 10000^(k / D): the exponent has k itself. A sequence of another length than in training is
    /// spread evenly over the same positions.
    /// </summary>
    /// <param name="length">S, frames.</param>
    /// <param name="channels">D.</param>
    /// <param name="trainingLength">T, frames in training.</param>
    /// <returns>S x D.</returns>
    public static Tensor Code(int length, int channels, int trainingLength)
    {
        var code = new float[length * channels];
        for (var i = 0; i < code.Length; i++)
        {
            var channel = i % channels;
            var angle = Position(i / channels) / Math.Pow(10000, channel / (double)channels);
            code[i] = (float)(channel % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
        }

        return Tensor.Of(code, length, channels);

        double Position(int frame) => length == trainingLength ? frame : frame * (trainingLength - 1.0) / Math.Max(1, length - 1);
    }
}
