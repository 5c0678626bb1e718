using System.Numerics.Tensors;
using Sosia.Matching;

namespace Sosia;

/// <summary>A similarity matrix small enough to look at: black is 0 or less, white is 1.</summary>
/// <param name="Width">Pixels across: clips of B. At most <see cref="MaxSide"/>.</param>
/// <param name="Height">Pixels down: clips of A. At most <see cref="MaxSide"/>.</param>
/// <param name="Grey">Height x Width, row-major.</param>
public sealed record MatrixPicture(int Width, int Height, byte[] Grey)
{
    /// <summary>Longest side in pixels.</summary>
    public const int MaxSide = 128;

    /// <summary>Shrinks by the maximum, not the mean, so that a thin diagonal stays bright.</summary>
    /// <param name="matrix">Any size; an empty one gives an empty picture.</param>
    public static MatrixPicture Of(SimilarityMatrix matrix)
    {
        var height = Math.Min(matrix.Rows, MaxSide);
        var width = Math.Min(matrix.Columns, MaxSide);
        var peaks = new float[height * width];
        Array.Fill(peaks, float.NegativeInfinity);
        for (var row = 0; row < matrix.Rows; row++)
        {
            var cells = matrix.Cells.AsSpan(row * matrix.Columns, matrix.Columns);
            var line = peaks.AsSpan((int)((long)row * height / matrix.Rows) * width, width);
            for (var x = 0; x < width; x++)
            {
                var from = FirstCell(x, width, matrix.Columns);
                line[x] = Math.Max(line[x], TensorPrimitives.Max<float>(cells[from..FirstCell(x + 1, width, matrix.Columns)]));
            }
        }

        return new MatrixPicture(width, height, Array.ConvertAll(peaks, Shade));
    }

    // The first of the cells that pixel x is made of: the smallest c with c * pixels / cells >= x.
    private static int FirstCell(int x, int pixels, int cells) => (int)((((long)x * cells) + pixels - 1) / pixels);

    // NaN is black: Math.Clamp passes it on, and the conversion of NaN saturates to 0.
    private static byte Shade(float similarity) => byte.CreateSaturating(MathF.Round(Math.Clamp(similarity, 0, 1) * 255));
}
