using System.Numerics;

namespace Sosia.Video;

/// <summary>What is filmed between two cuts.</summary>
/// <param name="Start">Seconds from the beginning of the scene.</param>
/// <param name="Backdrop">Behind everything.</param>
/// <param name="Sprites">Moving things, the nearest last.</param>
/// <param name="Camera">How it is filmed.</param>
/// <param name="Light">How the light changes.</param>
internal sealed record Shot(double Start, IBackdrop Backdrop, IReadOnlyList<Sprite> Sprites, Camera Camera, Light Light)
{
    public static Shot Draw(Random random, double start, ref int lastBackdrop)
    {
        var palette = Palette.Draw(random);
        var backdrop = Sosia.Video.Backdrop.Draw(random, palette, ref lastBackdrop);
        var sprites = new Sprite[3 + random.Next(4)];
        for (var i = 0; i < sprites.Length; i++)
        {
            sprites[i] = Sprite.Draw(random, palette);
        }

        return new Shot(start, backdrop, sprites, Camera.Draw(random), Light.Draw(random));
    }

    /// <summary>Renders one frame.</summary>
    /// <param name="time">Seconds from the beginning of the shot.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="rgb">Height x width x 3.</param>
    public void Render(float time, int width, int height, Span<byte> rgb)
    {
        var view = Camera.At(time);
        var placed = new PlacedSprite[Sprites.Count];
        for (var i = 0; i < placed.Length; i++)
        {
            placed[i] = Sprites[i].Place(time);
        }

        var light = Light.At(time) * 255;
        var pixel = 1f / height;
        for (var (row, index) = (0, 0); row < height; row++)
        {
            for (var column = 0; column < width; column++, index += 3)
            {
                var (x, y) = ((column + 0.5f - (0.5f * width)) * pixel, ((row + 0.5f) * pixel) - 0.5f);
                var sight = new Sight(view.World(x, y), view.Pan, time, pixel * view.Scale);
                var colour = Backdrop.Colour(sight);
                foreach (var sprite in placed)
                {
                    colour = sprite.Over(colour, sight);
                }

                Store(colour * light * (1.05f - (0.25f * ((x * x) + (y * y)))), rgb.Slice(index, 3));
            }
        }
    }

    private static void Store(Vector3 colour, Span<byte> rgb)
    {
        var clamped = Vector3.Clamp(colour, Vector3.Zero, new Vector3(255)) + new Vector3(0.5f);
        rgb[0] = (byte)clamped.X;
        rgb[1] = (byte)clamped.Y;
        rgb[2] = (byte)clamped.Z;
    }
}

/// <summary>The light of a shot: from one tint to another, with a slow pulse.</summary>
internal sealed record Light(Vector3 From, Vector3 To, float Pulse, float Beat)
{
    private const float Seconds = 5;

    public static Light Draw(Random random) => new(
        Tint(random), Tint(random), random.Next(3) == 0 ? 0.15f * random.NextSingle() : 0, 0.2f + (0.5f * random.NextSingle()));

    public Vector3 At(float time) =>
        Vector3.Lerp(From, To, Math.Clamp(time / Seconds, 0, 1)) * (1 + (Pulse * MathF.Sin(MathF.Tau * Beat * time)));

    private static Vector3 Tint(Random random) =>
        (0.85f + (0.3f * random.NextSingle())) * Vector3.Lerp(Vector3.One, Palette.Hue(random.NextSingle(), 0.35f, 1.1f), 0.6f);
}
