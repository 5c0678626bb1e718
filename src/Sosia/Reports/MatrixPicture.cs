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

    private const int StripRows = 64;
    private const int MostCells = 1 << 24;

    /// <summary>Shrinks by the maximum, not the mean, so that a thin diagonal stays bright.</summary>
    /// <param name="matrix">Any size; an empty one gives an empty picture.</param>
    public static MatrixPicture Of(SimilarityMatrix matrix)
    {
        var peaks = new Peaks(matrix.Rows, matrix.Columns);
        peaks.Add(0, matrix);
        return peaks.Picture();
    }

    /// <summary>The picture of a pair, made strip by strip: of very long videos only some clips of A are looked at, but all of B, so that no diagonal is lost.</summary>
    /// <param name="a">N clips.</param>
    /// <param name="b">M clips.</param>
    /// <param name="options">Clips of low quality are black.</param>
    /// <param name="stop">Ends it between two strips.</param>
    public static MatrixPicture Of(ClipSequence a, ClipSequence b, MatchingOptions options, CancellationToken stop = default)
    {
        var some = a.Thinned(Math.Max(MaxSide, MostCells / Math.Max(1, b.Count)));
        var peaks = new Peaks(some.Count, b.Count);
        for (var row = 0; row < some.Count; row += StripRows)
        {
            stop.ThrowIfCancellationRequested();
            peaks.Add(row, PairMatcher.Matrix(some.Slice(row, Math.Min(StripRows, some.Count - row)), b, options));
        }

        return peaks.Picture();
    }

    private sealed class Peaks
    {
        private readonly int rows;
        private readonly int columns;
        private readonly int height;
        private readonly int width;
        private readonly float[] values;

        public Peaks(int rows, int columns)
        {
            (this.rows, this.columns) = (rows, columns);
            (height, width) = (Math.Min(rows, MaxSide), Math.Min(columns, MaxSide));
            values = new float[height * width];
            Array.Fill(values, float.NegativeInfinity);
        }

        public void Add(int firstRow, SimilarityMatrix strip)
        {
            for (var row = 0; row < strip.Rows; row++)
            {
                var cells = strip.Cells.AsSpan(row * columns, columns);
                var line = values.AsSpan((int)((long)(firstRow + row) * height / rows) * width, width);
                for (var x = 0; x < width; x++)
                {
                    var from = FirstCell(x, width, columns);
                    line[x] = Math.Max(line[x], TensorPrimitives.Max<float>(cells[from..FirstCell(x + 1, width, columns)]));
                }
            }
        }

        public MatrixPicture Picture() => new(width, height, Array.ConvertAll(values, Shade));
    }

    // The first of the cells that pixel x is made of: the smallest c with c * pixels / cells >= x.
    private static int FirstCell(int x, int pixels, int cells) => (int)((((long)x * cells) + pixels - 1) / pixels);

    // NaN is black: Math.Clamp passes it on, and the conversion of NaN saturates to 0.
    private static byte Shade(float similarity) => byte.CreateSaturating(MathF.Round(Math.Clamp(similarity, 0, 1) * 255));
}
