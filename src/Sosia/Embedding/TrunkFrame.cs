using Sosia.Learning.Encoders;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia;

/// <summary>A decoded frame on its way to the trunk.</summary>
/// <param name="Rgb">Side x Side x 3 bytes, the whole picture squeezed into a square.</param>
/// <param name="Box">The part of it inside constant borders.</param>
/// <param name="Variant">What of it is described: the area is that of the box.</param>
internal readonly record struct TrunkFrame(byte[] Rgb, PixelBox Box, QueryVariant Variant)
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
        var box = Part(Box, Variant.Area);
        var bytes = Tensor.Of(Rgb, Side, Side, 3)[box.Top..box.Bottom, box.Left..box.Right];
        var planes = bytes.Permute([2, 0, 1]).Unsqueeze(0).To(ScalarType.Float32);
        var square = planes.UpsampleBilinear2dAa([FrameTrunk.Side, FrameTrunk.Side], alignCorners: false) / 127.5 - 1;
        return Turned(Variant.Negative ? square.Neg() : square, Variant.Way);
    }

    private static PixelBox Part(PixelBox box, PictureArea area)
    {
        var (width, height) = (box.Right - box.Left, box.Bottom - box.Top);
        return new PixelBox(At(box.Left, width, area.Left), At(box.Top, height, area.Top), At(box.Left, width, area.Right), At(box.Top, height, area.Bottom));

        static int At(int from, int length, double share) => from + (int)Math.Round(length * share);
    }

    private static Tensor Turned(Tensor square, Dihedral way) => way switch
    {
        Dihedral.Original => square,
        Dihedral.FlipY => square.Flip([3]),
        Dihedral.Rotate180 => square.Flip([2, 3]),
        Dihedral.Rotate90 => square.Transpose(2, 3).Flip([2]),
        Dihedral.Rotate270 => square.Transpose(2, 3).Flip([3]),
        _ => throw new ArgumentOutOfRangeException(nameof(way), way, "no variant of a query"),
    };
}
