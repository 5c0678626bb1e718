namespace Sosia.Matching;

/// <summary>
/// From a whole path to the copied stretches on it: cut, trim, test (VCSL, He et al. 2022, code vcsl/vta.py; the trimming is ours).
/// </summary>
internal static class PathSegments
{
    /// <summary>Adds what passes, in the path's order.</summary>
    /// <param name="matrix">The similarities, not shifted.</param>
    /// <param name="path">Neither coordinate ever falls.</param>
    /// <param name="tests">What a part must pass.</param>
    /// <param name="accepted">Grows.</param>
    public static void AddFrom(SimilarityMatrix matrix, ReadOnlySpan<PathPoint> path, PathTests tests, List<AlignedPath> accepted)
    {
        foreach (var range in PathCut.Cut(path, tests.CutLimit))
        {
            var candidate = path[range];
            if (candidate.Length <= tests.MinLength)
            {
                continue;
            }

            var trimmed = PathTrim.Trim(matrix, candidate, tests.Floor);
            if (Passes(matrix, trimmed, tests))
            {
                accepted.Add(AlignedPath.Of(matrix, trimmed));
            }
        }
    }

    private static bool Passes(SimilarityMatrix matrix, ReadOnlySpan<PathPoint> points, PathTests tests)
    {
        if (points.IsEmpty)
        {
            return false;
        }

        var box = AlignedPath.BoxOf(points);
        return Math.Min(box.Q1 - box.Q0, box.R1 - box.R0) > tests.MinLength && AlignedPath.MeanOf(matrix, points) > tests.MinMean;
    }
}

/// <summary>What a part of a path must pass to be a copied stretch.</summary>
/// <param name="CutLimit">Points of the longest straight run that stays.</param>
/// <param name="MinLength">Clips between first and last, of both videos, must be more.</param>
/// <param name="MinMean">The mean similarity must be more.</param>
/// <param name="Floor">Ends below it are trimmed.</param>
internal readonly record struct PathTests(int CutLimit, int MinLength, float MinMean, float Floor);
