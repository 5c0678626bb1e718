using System.Numerics;

namespace Sosia.Video;

/// <summary>The colours of a shot, red, green and blue in [0, 1].</summary>
/// <param name="Sky">High up and far away.</param>
/// <param name="Horizon">Haze, and what is brightest.</param>
/// <param name="Ground">Land, leaves, walls.</param>
/// <param name="Accent">Light and decoration.</param>
/// <param name="Dark">Shadows, trunks, frames.</param>
internal sealed record Palette(Vector3 Sky, Vector3 Horizon, Vector3 Ground, Vector3 Accent, Vector3 Dark)
{
    // Hues (whole turns: 0 red, 1/3 green, 2/3 blue) that go together out of doors and in.
    private static readonly (float Sky, float Horizon, float Ground, float Accent)[] Themes =
    [
        (0.58f, 0.55f, 0.28f, 0.13f), // noon over meadows
        (0.72f, 0.06f, 0.62f, 0.08f), // dusk
        (0.55f, 0.11f, 0.09f, 0.58f), // desert
        (0.60f, 0.58f, 0.40f, 0.02f), // winter, firs
        (0.05f, 0.12f, 0.95f, 0.14f), // sunset
        (0.50f, 0.47f, 0.36f, 0.92f), // tropics
        (0.62f, 0.09f, 0.06f, 0.11f), // autumn
        (0.85f, 0.92f, 0.70f, 0.50f), // fairground
    ];

    public static Palette Draw(Random random)
    {
        var theme = Themes[random.Next(Themes.Length)];
        var drift = 0.05f * (random.NextSingle() - 0.5f);
        return new Palette(
            Sky: Hue(theme.Sky + drift, 0.4f + (0.3f * random.NextSingle()), 0.6f + (0.3f * random.NextSingle())),
            Horizon: Hue(theme.Horizon + drift, 0.12f + (0.25f * random.NextSingle()), 0.95f),
            Ground: Hue(theme.Ground + drift, 0.45f + (0.2f * random.NextSingle()), 0.5f + (0.2f * random.NextSingle())),
            Accent: Hue(theme.Accent + drift, 0.65f, 0.95f),
            Dark: Hue(theme.Ground + 0.1f + drift, 0.5f, 0.2f));
    }

    /// <summary>A colour by hue (whole turns), saturation and value.</summary>
    public static Vector3 Hue(float hue, float saturation, float value)
    {
        return value * (Vector3.One - (saturation * (Vector3.One - new Vector3(Channel(0), Channel(2f / 3), Channel(1f / 3)))));

        float Channel(float shift)
        {
            var turn = hue + shift;
            return Math.Clamp(MathF.Abs(((turn - MathF.Floor(turn)) * 6) - 3) - 1, 0, 1);
        }
    }
}
