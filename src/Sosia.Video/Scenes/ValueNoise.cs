namespace Sosia.Video;

/// <summary>Smooth seeded noise in [0, 1]: random values on a grid, eased between.</summary>
internal static class ValueNoise
{
    /// <summary>A random value in [0, 1) of a grid point.</summary>
    public static float Cell(int x, int y, uint seed)
    {
        var h = ((uint)x * 0x9E3779B1u) ^ ((uint)y * 0x85EBCA77u) ^ (seed * 0xC2B2AE3Du);
        h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
        h = (h ^ (h >> 12)) * 0x297A2D39u;
        return ((h ^ (h >> 15)) >> 8) * (1f / (1 << 24));
    }

    /// <summary>Noise along a line.</summary>
    public static float At(float x, uint seed)
    {
        var column = MathF.Floor(x);
        var (i, u) = ((int)column, Ease(x - column));
        return Mix(Cell(i, 0, seed), Cell(i + 1, 0, seed), u);
    }

    /// <summary>Noise on a plane.</summary>
    public static float At(float x, float y, uint seed)
    {
        var (column, row) = (MathF.Floor(x), MathF.Floor(y));
        var (i, j) = ((int)column, (int)row);
        var (u, v) = (Ease(x - column), Ease(y - row));
        return Mix(
            Mix(Cell(i, j, seed), Cell(i + 1, j, seed), u),
            Mix(Cell(i, j + 1, seed), Cell(i + 1, j + 1, seed), u),
            v);
    }

    /// <summary>Noise with finer and fainter noise on top.</summary>
    public static float Fractal(float x, float y, uint seed, int octaves)
    {
        var (sum, weight, total) = (0f, 1f, 0f);
        for (var octave = 0; octave < octaves; octave++)
        {
            sum += weight * At(x, y, seed + (uint)octave);
            total += weight;
            weight *= 0.5f;
            (x, y) = (2.03f * x, 2.03f * y);
        }

        return sum / total;
    }

    /// <summary>0 below <paramref name="low"/>, 1 above <paramref name="high"/>, eased between.</summary>
    public static float Step(float low, float high, float x) => Ease(Math.Clamp((x - low) / (high - low), 0, 1));

    private static float Ease(float u) => u * u * (3 - (2 * u));

    private static float Mix(float a, float b, float u) => a + ((b - a) * u);
}
