using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>How much is padded so that a size shrinks by the stride alone; the rules differ on sizes that the stride does not divide.</summary>
public enum SameRule
{
    /// <summary>TensorFlow's, which looks at the size: ceil(size / stride) comes out (piergiaj/pytorch-i3d).</summary>
    SizeDependent,

    /// <summary>kernel - stride at every size; convolutions round down and pools up (the TF-padding ports, FAME).</summary>
    Fixed,
}

/// <summary>SAME padding with zeros, the odd one at the end.</summary>
public static class SamePadding
{
    /// <summary>What is padded along one axis.</summary>
    /// <param name="rule">Which of the two.</param>
    /// <param name="size">Before.</param>
    /// <param name="kernel">Along this axis.</param>
    /// <param name="stride">Along this axis.</param>
    public static (long Front, long Back) Amounts(SameRule rule, long size, long kernel, long stride)
    {
        var rest = rule == SameRule.Fixed || size % stride == 0 ? stride : size % stride;
        var total = Math.Max(kernel - rest, 0);
        return (total / 2, total - (total / 2));
    }

    /// <summary>Zeros around the last three axes.</summary>
    /// <param name="rule">Which of the two.</param>
    /// <param name="map">N x C x T x H x W.</param>
    /// <param name="kernel">Time, height, width.</param>
    /// <param name="stride">Time, height, width.</param>
    public static Tensor Pad(SameRule rule, Tensor map, long[] kernel, long[] stride)
    {
        var padding = new long[6]; // from the last axis to the first
        for (var axis = 0; axis < 3; axis++)
        {
            (padding[4 - (2 * axis)], padding[5 - (2 * axis)]) = Amounts(rule, map.Size(axis + 2), kernel[axis], stride[axis]);
        }

        return map.ConstantPadNd(padding, 0);
    }

    /// <summary>Maxima; the zeros of the padding take part.</summary>
    /// <param name="rule">Which of the two.</param>
    /// <param name="map">N x C x T x H x W.</param>
    /// <param name="kernel">Time, height, width.</param>
    /// <param name="stride">Time, height, width.</param>
    public static Tensor MaxPool(SameRule rule, Tensor map, long[] kernel, long[] stride)
    {
        using var scope = TensorScope.Enter();
        return scope.Keep(Encoders.MaxPool.Of(Pad(rule, map, kernel, stride), kernel, stride, roundsUp: rule == SameRule.Fixed));
    }
}
