using System.Numerics;

namespace Sosia.Video;

/// <summary>A stage: turning beams and rings round a wandering middle, on painted cloth.</summary>
internal sealed record Rays(uint Seed, Palette Palette) : IBackdrop
{
    private readonly int beams = 5 + (int)(6 * ValueNoise.Cell(1, 0, Seed));
    private readonly float turn = ValueNoise.Cell(2, 0, Seed) - 0.5f;
    private readonly float rings = 3 + (4 * ValueNoise.Cell(3, 0, Seed));

    public Vector3 Colour(in Sight sight)
    {
        var at = sight.Layer(0.6f);
        var wander = new Vector2(ValueNoise.At(0.12f * sight.Time, Seed + 4) - 0.5f, ValueNoise.At(0.12f * sight.Time, Seed + 5) - 0.5f);
        var from = at - (1.3f * wander);
        var radius = from.Length();
        var angle = MathF.Atan2(from.Y, from.X) + (0.4f * turn * sight.Time) + (0.35f * ValueNoise.At(2 * radius, Seed + 6));
        var beam = ValueNoise.Step(-0.15f, 0.15f, MathF.Sin(beams * angle));
        var ring = ValueNoise.Step(-0.2f, 0.2f, MathF.Sin((rings * 6 * radius) - (0.6f * sight.Time)));
        var cloth = ValueNoise.Fractal(6 * at.X, 6 * at.Y, Seed + 7, 3);
        var warm = Vector3.Lerp(Palette.Ground, Palette.Accent, ring * 0.7f);
        var cool = Vector3.Lerp(Palette.Sky * 0.6f, Palette.Horizon, ring * 0.4f);
        return Vector3.Lerp(cool, warm, beam) * (0.55f + (0.8f * cloth)) * (1.15f - (0.45f * MathF.Min(radius, 1.2f)));
    }
}
