using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>Max pooling over time, height and width, in every precision.</summary>
internal static class MaxPool
{
    /// <summary>Maxima of windows; what is padded never wins.</summary>
    /// <param name="map">N x C x T x H x W.</param>
    /// <param name="kernel">Time, height, width.</param>
    /// <param name="stride">Time, height, width.</param>
    /// <param name="padding">On each side; nothing: none.</param>
    /// <param name="roundsUp">Whether a window may begin in the map and end outside.</param>
    public static Tensor Of(Tensor map, long[] kernel, long[] stride, long[]? padding = null, bool roundsUp = false)
    {
        // On the processor libtorch pools clips in single and double precision only; maxima are exact in any.
        if (map.Device.Type == DeviceType.Cpu && map.Type is ScalarType.BFloat16 or ScalarType.Float16)
        {
            using var scope = TensorScope.Enter();
            return scope.Keep(Of(map.To(ScalarType.Float32), kernel, stride, padding, roundsUp).To(map.Type));
        }

        return map.MaxPool3d(kernel, stride, padding ?? [0, 0, 0], ceilMode: roundsUp);
    }
}
