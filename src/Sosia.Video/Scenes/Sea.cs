using System.Numerics;

namespace Sosia.Video;

/// <summary>Waves out to a horizon with islands, and the path of the sun on the water.</summary>
internal sealed record Sea(uint Seed, Palette Palette) : IBackdrop
{
    private readonly Sky sky = new(Seed, Palette);
    private readonly float horizon = -0.12f + (0.16f * ValueNoise.Cell(5, 0, Seed));

    public Vector3 Colour(in Sight sight)
    {
        var far = sight.Layer(0.15f);
        var below = far.Y - horizon;
        var island = 0.5f * (ValueNoise.At(1.6f * far.X, Seed + 1) - 0.55f) + (0.06f * ValueNoise.At(11 * far.X, Seed + 2));
        var land = Palette.Dark * (1 + (2.2f * ValueNoise.Fractal(12 * far.X, 20 * far.Y, Seed + 3, 2)));
        var colour = Vector3.Lerp(sky.Colour(sight), land, sight.Inside(-below - MathF.Max(0, island)));
        var water = sight.Inside(-below);
        return water > 0 ? Vector3.Lerp(colour, Water(sight, below), water) : colour;
    }

    private Vector3 Water(in Sight sight, float below)
    {
        var away = 0.3f / (MathF.Max(below, 0) + 0.06f);
        var x = (sight.At.X * away) + sight.Pan.X;
        var wave = ValueNoise.Fractal(2.5f * x, (7 * away) + (0.5f * sight.Time), Seed + 4, 3);
        wave = (0.6f * wave) + (0.4f * ValueNoise.At((5 * x) - (0.4f * sight.Time), (9 * away) + (0.6f * sight.Time), Seed + 5));
        var deep = Vector3.Lerp(Palette.Sky * 0.25f, Palette.Sky * 0.85f, ValueNoise.Step(0.25f, 0.75f, wave));
        var path = MathF.Max(0, 1 - (4 * MathF.Abs(sight.At.X - sky.Sun.X) / (1 + (2 * below))));
        var glitter = ValueNoise.Step(0.5f, 0.7f, wave) * (0.12f + path);
        return deep + (glitter * new Vector3(1, 0.92f, 0.75f));
    }
}
