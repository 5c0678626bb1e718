namespace Sosia.Learning.Views;

/// <summary>
/// Bilinear resizing of 8-bit pictures in OpenCV's fixed-point arithmetic (INTER_LINEAR, resize.cpp): half-pixel centres, edges repeated, no
/// smoothing before shrinking; weights of 11 bits, rounded along rows once and along columns as its vector code does.
/// </summary>
public static class BilinearResize
{
    private const int WeightBits = 11;

    /// <summary>A part of the resized picture.</summary>
    /// <param name="source">height x width x 3.</param>
    /// <param name="height">Rows of the source.</param>
    /// <param name="width">Columns of the source.</param>
    /// <param name="newHeight">Rows of the whole resized picture.</param>
    /// <param name="newWidth">Columns of the whole resized picture.</param>
    /// <param name="top">First row that is wanted.</param>
    /// <param name="left">First column that is wanted.</param>
    /// <param name="target">rows x columns x 3.</param>
    /// <param name="rows">Rows that are wanted.</param>
    /// <param name="columns">Columns that are wanted.</param>
    /// <exception cref="ArgumentException">A span is too short, or the part reaches outside.</exception>
    public static void Rgb(
        ReadOnlySpan<byte> source, int height, int width, int newHeight, int newWidth, int top, int left, Span<byte> target, int rows, int columns)
    {
        var outside = top < 0 || left < 0 || top + rows > newHeight || left + columns > newWidth;
        if (outside || source.Length < height * width * 3 || target.Length < rows * columns * 3)
        {
            throw new ArgumentException(
                $"rows {top} to {top + rows}, columns {left} to {left + columns} of {newHeight} x {newWidth} cannot be made of these spans");
        }

        var across = Taps(width, newWidth, left, columns, step: 3);
        var down = Taps(height, newHeight, top, rows, step: 1);
        var (upper, lower) = (new int[columns * 3], new int[columns * 3]);
        var (upperRow, lowerRow) = (-1, -1);
        for (var y = 0; y < rows; y++)
        {
            var tap = down[y];
            if (tap.First == lowerRow)
            {
                (upper, lower, upperRow, lowerRow) = (lower, upper, lowerRow, upperRow);
            }

            Along(source, width, tap.First, across, upper, ref upperRow);
            Along(source, width, tap.Second, across, lower, ref lowerRow);
            Between(upper, lower, tap, target.Slice(y * columns * 3, columns * 3));
        }
    }

    // A row of the source, resized, times 2^11; kept while it serves.
    private static void Along(ReadOnlySpan<byte> source, int width, int row, Tap[] taps, int[] result, ref int held)
    {
        if (held == row)
        {
            return;
        }

        held = row;
        var pixels = source.Slice(row * width * 3, width * 3);
        for (var x = 0; x < taps.Length; x++)
        {
            var tap = taps[x];
            for (var colour = 0; colour < 3; colour++)
            {
                result[(3 * x) + colour] = (pixels[tap.First + colour] * tap.FirstWeight) + (pixels[tap.Second + colour] * tap.SecondWeight);
            }
        }
    }

    private static void Between(int[] upper, int[] lower, Tap tap, Span<byte> target)
    {
        for (var i = 0; i < target.Length; i++)
        {
            var sum = ((tap.FirstWeight * (upper[i] >> 4)) >> 16) + ((tap.SecondWeight * (lower[i] >> 4)) >> 16);
            target[i] = (byte)Math.Clamp((sum + 2) >> 2, 0, 255);
        }
    }

    private static Tap[] Taps(int size, int newSize, int start, int count, int step)
    {
        var scale = 1.0 / ((double)newSize / size);
        var taps = new Tap[count];
        for (var i = 0; i < count; i++)
        {
            var at = (float)(((start + i + 0.5) * scale) - 0.5);
            var first = (int)MathF.Floor(at);
            var weight = at - first;
            if (first < 0 || first >= size - 1)
            {
                (first, weight) = (Math.Clamp(first, 0, size - 1), 0);
            }

            taps[i] = new Tap(first * step, Math.Min(first + 1, size - 1) * step, Fixed(1 - weight), Fixed(weight));
        }

        return taps;
    }

    private static int Fixed(float weight) => (int)MathF.Round(weight * (1 << WeightBits), MidpointRounding.ToEven);

    private readonly record struct Tap(int First, int Second, int FirstWeight, int SecondWeight);
}
