using System.Numerics;

namespace Sosia.Video;

/// <summary>Rows of houses with lit windows, the far ones in haze.</summary>
internal sealed record City(uint Seed, Palette Palette) : IBackdrop
{
    private const int Rows = 3;

    private readonly Sky sky = new(Seed, Palette);

    public Vector3 Colour(in Sight sight)
    {
        var colour = sky.Colour(sight) * 0.8f;
        for (var row = 0; row < Rows; row++)
        {
            var near = (row + 1f) / Rows;
            var at = sight.Layer(near);
            var width = 0.16f + (0.12f * row);
            var house = (int)MathF.Floor(at.X / width);
            var seed = Seed + ((uint)row * 17);
            var top = -0.32f + (0.24f * row) + (0.34f * ValueNoise.Cell(house, 1, seed));
            var across = at.X - ((house + 0.5f) * width);
            var side = (0.34f + (0.15f * ValueNoise.Cell(house, 2, seed))) * width;
            var covered = sight.Inside(MathF.Max(top - at.Y, MathF.Abs(across) - side));
            if (covered > 0)
            {
                var wall = Palette.Hue(ValueNoise.Cell(house, 3, seed), 0.3f, 0.25f + (0.45f * ValueNoise.Cell(house, 4, seed)));
                wall = Vector3.Lerp(Palette.Horizon * 0.7f, wall, 0.3f + (0.7f * near)) * (1 + (0.5f * across / width));
                colour = Vector3.Lerp(colour, Windows(wall, across / width, (at.Y - top) / width, house, seed), covered);
            }
        }

        return colour;
    }

    // Panes on a grid of the house's own, some lit.
    private Vector3 Windows(Vector3 wall, float x, float y, int house, uint seed)
    {
        var columns = 3 + (int)(4 * ValueNoise.Cell(house, 5, seed));
        var (u, v) = ((x + 0.5f) * columns, y * columns * 0.8f);
        var (i, j) = ((int)MathF.Floor(u), (int)MathF.Floor(v));
        var pane = MathF.Abs(u - i - 0.5f) < 0.28f && MathF.Abs(v - j - 0.55f) < 0.3f;
        var lit = ValueNoise.Cell((house * 31) + i, j + 10, seed);
        return !pane ? wall : lit > 0.45f ? Vector3.Lerp(Palette.Accent, new Vector3(1, 0.9f, 0.6f), lit) : wall * 0.35f;
    }
}
