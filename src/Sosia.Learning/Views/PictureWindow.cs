namespace Sosia.Learning.Views;

/// <summary>A part of a picture.</summary>
/// <param name="Left">Pixels from the left edge.</param>
/// <param name="Top">Pixels from the upper edge.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
public readonly record struct Window(double Left, double Top, double Width, double Height)
{
    /// <summary>A square.</summary>
    /// <param name="left">Pixels from the left edge.</param>
    /// <param name="top">Pixels from the upper edge.</param>
    /// <param name="side">Pixels.</param>
    public Window(double left, double top, double side)
        : this(left, top, side, side)
    {
    }
}

/// <summary>Cuts a part of any size and place out of a picture and scales it to a square: bilinear, with the mean of several points where it shrinks.</summary>
public static class PictureWindow
{
    /// <summary>Cuts and scales.</summary>
    /// <param name="source">height x width x 3.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="window">What is cut out; beyond the edges they are repeated.</param>
    /// <param name="target">side x side x 3.</param>
    /// <param name="side">Pixels.</param>
    /// <param name="mirrored">Whether left and right change places.</param>
    public static void Cut(ReadOnlySpan<byte> source, int width, int height, Window window, Span<byte> target, int side, bool mirrored)
    {
        var (across, down) = (Points(window.Width, side), Points(window.Height, side));
        var columns = Taps(window.Left, window.Width, side * across, width, 3);
        var rows = Taps(window.Top, window.Height, side * down, height, width * 3);
        if (mirrored)
        {
            Array.Reverse(columns);
        }

        Span<int> sum = stackalloc int[3];
        var share = across * down;
        for (var (y, at) = (0, 0); y < side; y++)
        {
            for (var x = 0; x < side; x++, at += 3)
            {
                sum.Clear();
                for (var j = 0; j < down; j++)
                {
                    for (var i = 0; i < across; i++)
                    {
                        Add(source, rows[(y * down) + j], columns[(x * across) + i], sum);
                    }
                }

                for (var c = 0; c < 3; c++)
                {
                    target[at + c] = (byte)((sum[c] + (share << 15)) / (share << 16));
                }
            }
        }
    }

    // Along an axis, for a pixel.
    private static int Points(double length, int side) => Math.Clamp((int)Math.Round(length / side), 1, 8);

    // Weights of 8 bits on each axis: 16 for a point.
    private static void Add(ReadOnlySpan<byte> source, Tap row, Tap column, Span<int> sum)
    {
        var (a, b, c, d) = (row.First + column.First, row.First + column.Second, row.Second + column.First, row.Second + column.Second);
        var wd = row.Weight * column.Weight;
        var wc = (row.Weight << 8) - wd;
        var wb = (column.Weight << 8) - wd;
        var wa = (1 << 16) - wb - wc - wd;
        sum[0] += (source[a] * wa) + (source[b] * wb) + (source[c] * wc) + (source[d] * wd);
        sum[1] += (source[a + 1] * wa) + (source[b + 1] * wb) + (source[c + 1] * wc) + (source[d + 1] * wd);
        sum[2] += (source[a + 2] * wa) + (source[b + 2] * wb) + (source[c + 2] * wc) + (source[d + 2] * wd);
    }

    private static Tap[] Taps(double start, double length, int count, int size, int stride)
    {
        var taps = new Tap[count];
        for (var i = 0; i < count; i++)
        {
            var position = start + ((i + 0.5) * length / count) - 0.5; // pixel centres
            var first = (int)Math.Floor(position);
            taps[i] = new Tap(Math.Clamp(first, 0, size - 1) * stride, Math.Clamp(first + 1, 0, size - 1) * stride, (int)((position - first) * 256));
        }

        return taps;
    }

    // The two neighbours of a point on an axis, and the second one's weight in 256ths.
    private readonly record struct Tap(int First, int Second, int Weight);
}
