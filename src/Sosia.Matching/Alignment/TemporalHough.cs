namespace Sosia.Matching;

/// <summary>Parameters of <see cref="TemporalHough"/>.</summary>
public sealed record TemporalHoughParameters
{
    /// <summary>The defaults of VCSL's model class.</summary>
    public static TemporalHoughParameters Defaults { get; } = new();

    /// <summary>VCSL's benchmark of 2023 (data/benchmark_parameters.txt).</summary>
    public static TemporalHoughParameters Benchmark2023 { get; } = new() { MinSimilarity = 0.7f };

    /// <summary>Only cells that reach it vote.</summary>
    public float MinSimilarity { get; init; }

    /// <summary>An offset whose box overlaps an earlier one by more (IoU) is dropped.</summary>
    public double MaxIou { get; init; } = 0.9;

    /// <summary>Most offsets looked at.</summary>
    public int MaxPeaks { get; init; } = 100;
}

/// <summary>An offset between two videos, and what speaks for it.</summary>
/// <param name="Box">The whole diagonal, not the part of it that matches.</param>
/// <param name="Offset">Reference clip minus query clip.</param>
/// <param name="Score">Sum of the diagonal's voting cells.</param>
public sealed record HoughVote(Box Box, int Offset, float Score);

/// <summary>
/// Temporal Hough voting (Douze et al. 2010, as in VCSL, code vcsl/vta.py): each cell votes for its offset.
/// It finds offsets, not ends: published recall is 87 % at 37 % precision.
/// </summary>
public static class TemporalHough
{
    /// <summary>The offsets by falling score; of equal ones the lowest first.</summary>
    public static IReadOnlyList<HoughVote> Votes(SimilarityMatrix matrix, TemporalHoughParameters parameters)
    {
        var accepted = new List<HoughVote>();
        foreach (var vote in Diagonals(matrix, parameters.MinSimilarity).OrderByDescending(static v => v.Score).Take(parameters.MaxPeaks))
        {
            if (!accepted.Exists(other => BoxOverlap.Iou(vote.Box, other.Box) > parameters.MaxIou))
            {
                accepted.Add(vote);
            }
        }

        return accepted;
    }

    private static List<HoughVote> Diagonals(SimilarityMatrix matrix, float minSimilarity)
    {
        var votes = new List<HoughVote>();
        for (var offset = 1 - matrix.Rows; offset < matrix.Columns && matrix.Rows > 0; offset++)
        {
            var first = Math.Max(0, -offset);
            var last = Math.Min(matrix.Rows, matrix.Columns - offset) - 1;
            var (sum, voted) = (0.0, false);
            for (var q = first; q <= last; q++)
            {
                if (matrix[q, q + offset] >= minSimilarity)
                {
                    (sum, voted) = (sum + matrix[q, q + offset], true);
                }
            }

            if (voted)
            {
                votes.Add(new HoughVote(new Box(first, first + offset, last, last + offset), offset, (float)sum));
            }
        }

        return votes;
    }
}
