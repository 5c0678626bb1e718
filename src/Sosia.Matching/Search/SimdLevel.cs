using System.Runtime.Intrinsics.X86;

namespace Sosia.Matching;

/// <summary>Which kernels a search runs. All give equal results; a level is listed only after its twin test ran on such a machine.</summary>
internal enum SimdLevel
{
    /// <summary>The definition, in plain loops.</summary>
    Scalar,

    /// <summary>256-bit integers.</summary>
    Avx2,
}

internal static class Simd
{
    /// <summary>The best level of this machine.</summary>
    public static SimdLevel Best { get; } = Avx2.IsSupported ? SimdLevel.Avx2 : SimdLevel.Scalar;
}
