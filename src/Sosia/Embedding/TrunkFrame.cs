using Sosia.Learning.Encoders;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia;

/// <summary>A decoded frame on its way to the trunk.</summary>
/// <param name="Rgb">Side x Side x 3 bytes, the whole picture squeezed into a square.</param>
/// <param name="Box">The part of it inside constant borders.</param>
/// <param name="IsMirrored">Whether its mirror image is described.</param>
internal readonly record struct TrunkFrame(byte[] Rgb, PixelBox Box, bool IsMirrored)
{
    private const int Side = TrunkEmbedder.FrameSide;

    /// <summary>Descriptors of a batch, computed together.</summary>
    /// <param name="network">B x 3 x 144 x 144 to B x D.</param>
    /// <param name="frames">B frames.</param>
    /// <param name="type">Float32, or bfloat16 where that is faster.</param>
    /// <returns>B rows.</returns>
    public static EmbeddedRow[] Describe(Func<Tensor, Tensor> network, IReadOnlyList<TrunkFrame> frames, ScalarType type)
    {
        using var inference = InferenceMode.Enter();
        using var autocast = Autocast.Enter(DeviceType.Cpu, ScalarType.BFloat16, enabled: type == ScalarType.BFloat16);
        using var scope = TensorScope.Enter();
        var squares = Tensor.Cat([.. frames.Select(frame => frame.Square())], 0); // B x 3 x 144 x 144
        var rows = network(squares).To(ScalarType.Float32).ToArray<float>();
        return [.. rows.Chunk(rows.Length / frames.Count).Zip(Qualities(squares), (row, quality) => new EmbeddedRow(row, (byte)quality))];
    }

    /// <summary>The pooled levels of a batch, before whitening.</summary>
    public static float[][] Pooled(FrameTrunk trunk, IReadOnlyList<TrunkFrame> frames)
    {
        using var inference = InferenceMode.Enter();
        using var scope = TensorScope.Enter();
        var rows = trunk.Pooled(Tensor.Cat([.. frames.Select(frame => frame.Square())], 0)).ToArray<float>();
        return [.. rows.Chunk(FrameTrunk.PooledWidth)];
    }

    // How much a frame can prove: mean change of grey from a pixel to the next, down and across together; 10 levels are full detail.
    private static float[] Qualities(Tensor squares)
    {
        var grey = squares.Mul(Tensor.Of([0.299f, 0.587f, 0.114f], 1, 3, 1, 1)).Sum([1]) * 127.5; // B x 144 x 144
        var down = (grey[.., 1..] - grey[.., ..^1]).Abs().Mean([1, 2]);
        var across = (grey[.., .., 1..] - grey[.., .., ..^1]).Abs().Mean([1, 2]);
        return ((down + across) * 10).Round().Clamp(0, 100).ToArray<float>();
    }

    // 1 x 3 x 144 x 144, in [-1, 1].
    private Tensor Square()
    {
        var bytes = Tensor.Of(Rgb, Side, Side, 3)[Box.Top..Box.Bottom, Box.Left..Box.Right];
        var planes = bytes.Permute([2, 0, 1]).Unsqueeze(0).To(ScalarType.Float32);
        var square = planes.UpsampleBilinear2dAa([FrameTrunk.Side, FrameTrunk.Side], alignCorners: false) / 127.5 - 1;
        return IsMirrored ? square.Flip([3]) : square;
    }
}
