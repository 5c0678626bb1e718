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
    /// <summary>Side of the decoded square, pixels: twice that of the network's, so that what is inside borders is still sharp.</summary>
    public const int Side = 2 * FrameTrunk.Side;

    /// <summary>Descriptors of a batch, computed together.</summary>
    /// <param name="trunk">The network.</param>
    /// <param name="frames">B frames.</param>
    /// <param name="type">Float32, or bfloat16 where that is faster.</param>
    /// <returns>B rows of length 1.</returns>
    public static float[][] Describe(FrameTrunk trunk, IReadOnlyList<TrunkFrame> frames, ScalarType type)
    {
        using var inference = InferenceMode.Enter();
        using var autocast = Autocast.Enter(DeviceType.Cpu, ScalarType.BFloat16, enabled: type == ScalarType.BFloat16);
        using var scope = TensorScope.Enter();
        var squares = Tensor.Cat([.. frames.Select(frame => frame.Square())], 0); // B x 3 x 144 x 144
        var rows = trunk.Forward(squares).To(ScalarType.Float32).ToArray<float>();
        return [.. rows.Chunk(rows.Length / frames.Count)];
    }

    /// <summary>The pooled levels of a batch, before whitening.</summary>
    public static float[][] Pooled(FrameTrunk trunk, IReadOnlyList<TrunkFrame> frames)
    {
        using var inference = InferenceMode.Enter();
        using var scope = TensorScope.Enter();
        var rows = trunk.Pooled(Tensor.Cat([.. frames.Select(frame => frame.Square())], 0)).ToArray<float>();
        return [.. rows.Chunk(FrameTrunk.PooledWidth)];
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
