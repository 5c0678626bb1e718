namespace Sosia.Matching;

/// <summary>The score of a segment (VSC2022 baseline): the largest similarity in its box.</summary>
public static class SegmentScore
{
    /// <summary>What the VSC2022 baseline adds to normalised similarities before the temporal network, which needs positive ones.</summary>
    public const float Vsc2022Shift = 0.5f;

    /// <summary>Largest cell of the box, all ends inclusive (ours).</summary>
    public static float Largest(SimilarityMatrix matrix, Box box) => LargestWithin(matrix, box.Q0, box.R0, box.Q1 + 1, box.R1 + 1);

    /// <summary>
    /// Largest cell of the box without its last row and its last column, as the baseline's code has it: for reproduction. NaN when nothing is left.
    /// </summary>
    public static float LargestHalfOpen(SimilarityMatrix matrix, Box box) => LargestWithin(matrix, box.Q0, box.R0, box.Q1, box.R1);

    private static float LargestWithin(SimilarityMatrix matrix, int q0, int r0, int q1, int r1)
    {
        var largest = float.NaN;
        for (var q = q0; q < q1; q++)
        {
            for (var r = r0; r < r1; r++)
            {
                largest = matrix[q, r] <= largest ? largest : matrix[q, r];
            }
        }

        return largest;
    }
}
