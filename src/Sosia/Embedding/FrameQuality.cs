using Sosia.Learning.Views;

namespace Sosia;

/// <summary>How much a frame can prove (ours): black, flat and nearly empty pictures resemble everything.</summary>
public static class FrameQuality
{
    private const double Full = 10; // grey levels of change from a pixel to the next, down and across together

    /// <summary>0 for a flat picture, 100 for one full of detail.</summary>
    /// <param name="rgb">side x side x 3 bytes.</param>
    /// <param name="side">Pixels.</param>
    /// <param name="box">The part that counts.</param>
    public static byte Of(ReadOnlySpan<byte> rgb, int side, PixelBox box)
    {
        long change = 0;
        for (var y = box.Top; y + 1 < box.Bottom; y++)
        {
            for (var x = box.Left; x + 1 < box.Right; x++)
            {
                var here = Grey(rgb, (y * side) + x);
                change += Math.Abs(here - Grey(rgb, (y * side) + x + 1)) + Math.Abs(here - Grey(rgb, ((y + 1) * side) + x));
            }
        }

        var pixels = Math.Max(1, (box.Bottom - box.Top - 1) * (box.Right - box.Left - 1));
        return (byte)Math.Min(100, 100 * change / (1000 * Full * pixels));
    }

    // Luminance in thousandths of a level.
    private static int Grey(ReadOnlySpan<byte> rgb, int pixel) => (299 * rgb[3 * pixel]) + (587 * rgb[(3 * pixel) + 1]) + (114 * rgb[(3 * pixel) + 2]);
}
