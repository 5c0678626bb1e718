using System.Numerics;

namespace Sosia.Video;

/// <summary>Ridges behind ridges under a sky, hazier with distance.</summary>
internal sealed record Hills(uint Seed, Palette Palette) : IBackdrop
{
    private const int Ridges = 4;

    private readonly Sky sky = new(Seed, Palette);

    public Vector3 Colour(in Sight sight)
    {
        var colour = sky.Colour(sight);
        for (var ridge = 0; ridge < Ridges; ridge++)
        {
            var near = (ridge + 1f) / Ridges;
            var at = sight.Layer(near);
            var seed = Seed + (uint)ridge + 10;
            var frequency = 1.1f + (0.5f * ridge);
            var rise = ValueNoise.At(at.X * frequency, seed) + (0.3f * ValueNoise.At(at.X * frequency * 3.7f, seed + 50));
            var covered = sight.Inside(-0.18f + (0.2f * ridge) - (0.4f * (rise - 0.5f)) - at.Y);
            if (covered > 0)
            {
                var grain = ValueNoise.Fractal(7 * frequency * at.X, 14 * frequency * at.Y, seed + 100, 3);
                var shade = (0.45f + (1.1f * grain)) * (1.15f - (0.3f * rise));
                var land = Vector3.Lerp(Palette.Horizon, Palette.Ground, 0.35f + (0.65f * near));
                colour = Vector3.Lerp(colour, land * shade * (1.1f - (0.35f * near)), covered);
            }
        }

        return colour;
    }
}
