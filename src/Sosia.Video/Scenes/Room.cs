using System.Numerics;

namespace Sosia.Video;

/// <summary>A papered wall with framed pictures above a chequered floor.</summary>
internal sealed record Room(uint Seed, Palette Palette) : IBackdrop
{
    private const float Floor = 0.22f;
    private const float Spacing = 0.62f;

    private readonly int paper = (int)(3 * ValueNoise.Cell(1, 0, Seed));
    private readonly float scale = 5 + (7 * ValueNoise.Cell(2, 0, Seed));

    public Vector3 Colour(in Sight sight)
    {
        var at = sight.Layer(0.8f);
        var lamp = 1.35f - (0.6f * Vector2.Distance(sight.At, new Vector2(0.3f, -0.3f)));
        if (at.Y > Floor)
        {
            return Tiles(sight, at.Y - Floor) * MathF.Max(0.5f, lamp);
        }

        var wall = Vector3.Lerp(Palette.Ground, Palette.Horizon, Paper(at * scale));
        wall = Vector3.Lerp(wall, Palette.Dark, sight.Inside(Floor - 0.05f - at.Y)); // skirting
        return Pictures(sight, at, wall) * MathF.Max(0.5f, lamp);
    }

    private float Paper(Vector2 at) => paper switch
    {
        0 => 0.5f + (0.5f * MathF.Sin(at.X * 2.5f)), // stripes
        1 => ValueNoise.Step(0.36f, 0.3f, (at - new Vector2(MathF.Floor(at.X) + 0.5f, MathF.Floor(at.Y) + 0.5f)).Length()), // dots
        _ => ValueNoise.Step(0.2f, 0.3f, MathF.Abs(MathF.Abs(at.X - MathF.Round(at.X)) + MathF.Abs(at.Y - MathF.Round(at.Y)) - 0.5f)), // lozenges
    };

    private Vector3 Tiles(in Sight sight, float below)
    {
        var away = 0.35f / (below + 0.12f);
        var u = ((sight.At.X * away) + sight.Pan.X) * 2.2f;
        var odd = ((int)MathF.Floor(u) + (int)MathF.Floor(5.5f * away)) & 1;
        var tile = odd == 0 ? Palette.Accent * 0.8f : Palette.Dark * 1.3f;
        return tile * (0.8f + (0.4f * ValueNoise.Fractal(6 * u, 20 * away, Seed + 5, 2)));
    }

    private Vector3 Pictures(in Sight sight, Vector2 at, Vector3 wall)
    {
        var place = (int)MathF.Floor(at.X / Spacing);
        var middle = new Vector2((place + 0.5f) * Spacing, -0.22f + (0.12f * ValueNoise.Cell(place, 1, Seed)));
        var half = new Vector2(0.12f + (0.12f * ValueNoise.Cell(place, 2, Seed)), 0.11f + (0.1f * ValueNoise.Cell(place, 3, Seed)));
        var offset = Vector2.Abs(at - middle) - half;
        var distance = MathF.Max(offset.X, offset.Y);
        var frame = Vector3.Lerp(wall * 0.55f, Palette.Dark, sight.Inside(distance));
        var inside = at - middle;
        var hue = ValueNoise.Cell(place, 4, Seed);
        var painted = ValueNoise.Fractal(9 * at.X, 9 * at.Y, Seed + 7 + (uint)place, 3) + (0.7f * inside.Y / half.Y);
        var canvas = Vector3.Lerp(Palette.Hue(hue, 0.6f, 0.9f), Palette.Hue(hue + 0.4f, 0.7f, 0.4f), ValueNoise.Step(0.3f, 0.6f, painted));
        return Vector3.Lerp(Vector3.Lerp(wall, frame, sight.Inside(distance - 0.012f)), canvas, sight.Inside(distance + 0.02f));
    }
}
