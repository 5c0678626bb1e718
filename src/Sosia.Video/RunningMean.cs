using System.Numerics.Tensors;

namespace Sosia.Video;

/// <summary>The box filter of PDQ's downsampling: means over a sliding window that is cut off at the borders.</summary>
/// <remarks>
/// Output k is the mean of the inputs <c>k - (window - half) ... k + half - 1</c> that exist, with <c>half = (window + 2) / 2</c>.
/// The sum is carried on in float32, the new value added before the old one is subtracted: hashes are bit-equal only in this order.
/// </remarks>
public static class RunningMean
{
    /// <summary>The window with which a side of this length comes down to 64 (PDQ's <c>computeJaroszFilterWindowSize</c>).</summary>
    public static int WindowFor(int length) => (length + 127) / 128;

    /// <summary>Means along each row, over columns.</summary>
    /// <param name="x">Height x width.</param>
    /// <param name="y">Height x width; not <paramref name="x"/>.</param>
    /// <param name="width">Length of a row.</param>
    /// <param name="window">At least 1.</param>
    public static void AlongRows(ReadOnlySpan<float> x, Span<float> y, int width, int window)
    {
        for (var start = 0; start < x.Length; start += width)
        {
            Row(x.Slice(start, width), y.Slice(start, width), window);
        }
    }

    /// <summary>Means along each column, over rows; all columns side by side.</summary>
    /// <param name="x">Height x width.</param>
    /// <param name="y">Height x width; not <paramref name="x"/>.</param>
    /// <param name="sum">Width: room for the running sums.</param>
    /// <param name="window">At least 1.</param>
    public static void AlongColumns(ReadOnlySpan<float> x, Span<float> y, Span<float> sum, int window)
    {
        var width = sum.Length;
        var height = x.Length / width;
        var ahead = Ahead(window);
        var inside = 0;
        sum.Clear();
        for (var k = -ahead; k < height; k++)
        {
            if (k + ahead < height)
            {
                TensorPrimitives.Add(sum, x.Slice((k + ahead) * width, width), sum);
                inside++;
            }

            if (k + ahead - window >= 0)
            {
                TensorPrimitives.Subtract(sum, x.Slice((k + ahead - window) * width, width), sum);
                inside--;
            }

            if (k >= 0)
            {
                TensorPrimitives.Divide(sum, inside, y.Slice(k * width, width));
            }
        }
    }

    private static void Row(ReadOnlySpan<float> x, Span<float> y, int window)
    {
        var ahead = Ahead(window);
        var sum = 0f;
        var inside = 0;
        for (var k = -ahead; k < x.Length; k++)
        {
            if (k + ahead < x.Length)
            {
                sum += x[k + ahead];
                inside++;
            }

            if (k + ahead - window >= 0)
            {
                sum -= x[k + ahead - window];
                inside--;
            }

            if (k >= 0)
            {
                y[k] = sum / inside;
            }
        }
    }

    /// <summary>How far the window reaches beyond its output.</summary>
    private static int Ahead(int window) => ((window + 2) / 2) - 1;
}
