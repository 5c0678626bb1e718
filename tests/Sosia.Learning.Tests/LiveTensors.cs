using Sosia.Torch;

namespace Sosia.Learning.Tests;

/// <summary>How many tensors there are, as a number to come back to.</summary>
internal static class LiveTensors
{
    /// <summary>The number after those are gone that earlier tests left to the collector: it would take them while one counts.</summary>
    public static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.Live;
    }
}
