using System.Numerics;

namespace Sosia.Video;

/// <summary>A graded sky with a sun and drifting clouds.</summary>
internal sealed record Sky(uint Seed, Palette Palette)
{
    private readonly Vector2 sun = new(1.4f * (ValueNoise.Cell(1, 0, Seed) - 0.5f), -0.42f + (0.3f * ValueNoise.Cell(2, 0, Seed)));
    private readonly float radius = 0.05f + (0.07f * ValueNoise.Cell(3, 0, Seed));
    private readonly float cover = 0.4f + (0.25f * ValueNoise.Cell(4, 0, Seed));

    public Vector2 Sun => sun;

    public Vector3 Colour(in Sight sight)
    {
        var at = sight.Layer(0.08f);
        var colour = Vector3.Lerp(Palette.Sky, Palette.Horizon, Math.Clamp(at.Y + 0.55f, 0, 1));
        var distance = Vector2.Distance(at, sun);
        colour += Palette.Accent * (0.35f * MathF.Max(0, 1 - (2.5f * distance)));
        colour = Vector3.Lerp(colour, new Vector3(1, 0.96f, 0.82f), sight.Inside(distance - radius));
        var drift = at.X + (0.04f * sight.Time);
        var cloud = ValueNoise.Fractal(2.6f * drift, 6 * at.Y, Seed, 4);
        var light = 0.7f + (0.6f * (cloud - ValueNoise.At((2.6f * drift) + 0.25f, (6 * at.Y) - 0.35f, Seed)));
        return Vector3.Lerp(colour, new Vector3(light), 0.85f * ValueNoise.Step(cover, cover + 0.25f, cloud));
    }
}
