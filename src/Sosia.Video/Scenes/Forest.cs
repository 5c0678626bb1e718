using System.Numerics;

namespace Sosia.Video;

/// <summary>Trunks before trunks in a light haze, leaves above and undergrowth below.</summary>
internal sealed record Forest(uint Seed, Palette Palette) : IBackdrop
{
    private const int Rows = 4;

    public Vector3 Colour(in Sight sight)
    {
        var haze = ValueNoise.Fractal(2 * sight.At.X, 1.5f * sight.At.Y, Seed, 2);
        var colour = Vector3.Lerp(Palette.Horizon, Palette.Sky, 0.2f + (0.5f * haze));
        for (var row = 0; row < Rows; row++)
        {
            var near = (row + 1f) / Rows;
            var at = sight.Layer(near);
            var seed = Seed + ((uint)row * 13);
            var spacing = 0.14f + (0.13f * row);
            var tree = (int)MathF.Floor(at.X / spacing);
            var thickness = spacing * (0.08f + (0.14f * ValueNoise.Cell(tree, 1, seed)));
            var lean = 0.12f * (ValueNoise.Cell(tree, 2, seed) - 0.5f) * at.Y;
            var across = at.X - ((tree + 0.35f + (0.3f * ValueNoise.Cell(tree, 3, seed))) * spacing) - lean;
            var trunk = sight.Inside(MathF.Abs(across) - (thickness * (1 + (0.35f * at.Y))));
            var tone = 0.35f + (0.65f * near);
            if (trunk > 0)
            {
                var bark = ValueNoise.Fractal(60 * at.X, 9 * at.Y, seed + 1, 2);
                var round = 0.75f - (0.5f * across / thickness);
                colour = Vector3.Lerp(colour, Vector3.Lerp(Palette.Horizon, Palette.Dark, tone) * (0.5f + bark) * round, trunk);
            }

            colour = Leaves(sight, colour, at, tone, seed);
        }

        return colour;
    }

    private Vector3 Leaves(in Sight sight, Vector3 colour, Vector2 at, float tone, uint seed)
    {
        var leaf = ValueNoise.Fractal((5 * at.X) + (0.15f * sight.Time), 6 * at.Y, seed + 2, 3);
        var edge = MathF.Abs(at.Y + 0.08f) - 0.22f - (0.28f * tone); // high and low, open between
        var covered = ValueNoise.Step(0.02f, 0.09f, edge + (0.75f * (leaf - 0.42f)));
        var green = Vector3.Lerp(Palette.Horizon, Palette.Ground, tone) * (0.25f + (1.3f * leaf));
        return Vector3.Lerp(colour, green, covered);
    }
}
