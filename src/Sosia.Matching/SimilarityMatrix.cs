namespace Sosia.Matching;

/// <summary>Similarities of the clips of two videos, row-major; what every alignment reads and none changes.</summary>
/// <param name="Cells">Rows x Columns values, -1 to 1.</param>
/// <param name="Rows">Clips of the query.</param>
/// <param name="Columns">Clips of the reference.</param>
public sealed record SimilarityMatrix(float[] Cells, int Rows, int Columns)
{
    /// <summary>Similarity of query clip <paramref name="q"/> and reference clip <paramref name="r"/>.</summary>
    public float this[int q, int r] => Cells[(q * Columns) + r];

    /// <summary>The same with query and reference exchanged.</summary>
    public SimilarityMatrix Transposed()
    {
        var cells = new float[Cells.Length];
        for (var q = 0; q < Rows; q++)
        {
            for (var r = 0; r < Columns; r++)
            {
                cells[(r * Rows) + q] = Cells[(q * Columns) + r];
            }
        }

        return new SimilarityMatrix(cells, Columns, Rows);
    }
}

/// <summary>A part of a similarity matrix: clips <c>Q0..Q1</c> of the query are clips <c>R0..R1</c> of the reference, all ends inclusive.</summary>
/// <param name="Q0">First clip of the query.</param>
/// <param name="R0">First clip of the reference.</param>
/// <param name="Q1">Last clip of the query.</param>
/// <param name="R1">Last clip of the reference.</param>
public readonly record struct Box(int Q0, int R0, int Q1, int R1);
