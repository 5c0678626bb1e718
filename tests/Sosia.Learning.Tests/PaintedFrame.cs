using Sosia.Learning.Views;

namespace Sosia.Learning.Tests;

/// <summary>Square pictures made by code: a busy middle, and what may lie round it.</summary>
internal static class PaintedFrame
{
    public const int Side = 96;

    public static readonly PixelBox Whole = PixelBox.All(Side);

    /// <summary>A picture full of detail inside of a box, one colour outside.</summary>
    public static byte[] Inside(PixelBox box, (byte R, byte G, byte B) border = default, int seed = 1) => Paint((x, y) =>
        box.Left <= x && x < box.Right && box.Top <= y && y < box.Bottom ? Busy(x, y, seed) : border);

    /// <summary>A picture of what each pixel is.</summary>
    public static byte[] Paint(Func<int, int, (byte R, byte G, byte B)> colour)
    {
        var rgb = new byte[Side * Side * 3];
        for (var i = 0; i < Side * Side; i++)
        {
            (rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]) = colour(i % Side, i / Side);
        }

        return rgb;
    }

    /// <summary>As an encoder leaves it: each value off by up to <paramref name="most"/>.</summary>
    public static byte[] Noisy(byte[] rgb, int most, int seed = 5)
    {
        var random = new Random(seed);
        return [.. rgb.Select(value => (byte)Math.Clamp(value + random.Next(-most, most + 1), 0, 255))];
    }

    // Smooth waves, bright to the edges: no line of it is flat.
    public static (byte R, byte G, byte B) Busy(int x, int y, int seed)
    {
        var wave = Math.Sin((x * 0.21) + seed) + Math.Cos((y * 0.17) - seed) + Math.Sin((x + y) * 0.11);
        var value = (byte)(130 + (35 * wave));
        return (value, (byte)(255 - value), (byte)(90 + (x * 64 / Side)));
    }
}
