using System.Numerics;

namespace Sosia.Video;

/// <summary>Pebbles of many colours seen from above, in drifts of light and dark (Worley's cells).</summary>
internal sealed record Mosaic(uint Seed, Palette Palette) : IBackdrop
{
    private readonly float scale = 4 + (4 * ValueNoise.Cell(1, 0, Seed));

    public Vector3 Colour(in Sight sight)
    {
        var at = sight.Layer(1) * scale;
        var (column, row) = ((int)MathF.Floor(at.X), (int)MathF.Floor(at.Y));
        var (nearest, second, cell) = (9f, 9f, (X: 0, Y: 0));
        for (var j = row - 1; j <= row + 1; j++)
        {
            for (var i = column - 1; i <= column + 1; i++)
            {
                var middle = new Vector2(i + ValueNoise.Cell(i, j, Seed), j + ValueNoise.Cell(i, j, Seed + 1));
                var distance = Vector2.Distance(at, middle);
                if (distance < nearest)
                {
                    (second, nearest, cell) = (nearest, distance, (i, j));
                }
                else
                {
                    second = MathF.Min(second, distance);
                }
            }
        }

        var gap = second - nearest;
        var drift = ValueNoise.Step(0.35f, 0.65f, ValueNoise.Fractal(0.22f * at.X, 0.22f * at.Y, Seed + 2, 2));
        var tone = ValueNoise.Cell(cell.X, cell.Y, Seed + 3);
        var stone = Vector3.Lerp(tone < 0.5f ? Palette.Ground : Palette.Sky, tone < 0.3f ? Palette.Accent : Palette.Horizon, tone);
        var grain = 0.8f + (0.4f * ValueNoise.At(5 * at.X, 5 * at.Y, Seed + 4));
        var round = 0.65f + (0.5f * ValueNoise.Step(0, 0.5f, gap));
        return Vector3.Lerp(Palette.Dark, stone * grain * round, ValueNoise.Step(0.03f, 0.12f, gap)) * (0.35f + (0.85f * drift));
    }
}
