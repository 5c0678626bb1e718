using System.Numerics.Tensors;

namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>Descriptors of frames, at most one a second of video.</summary>
/// <param name="Videos">N: the video of each.</param>
/// <param name="Vectors">N x D, row-major.</param>
public sealed record VscDescriptors(IReadOnlyList<string> Videos, ReadOnlyMemory<float> Vectors);

/// <summary>What the descriptor track gives.</summary>
/// <param name="MicroAveragePrecision">
/// Threshold average precision of all candidates in one list; pairs that are not in it stay among those that ought to be found.
/// </param>
/// <param name="Ranked">The same with equal scores in the order of the list.</param>
/// <param name="Missing">Videos of true pairs that are in no candidate.</param>
public sealed record VscDescriptorFigures(double MicroAveragePrecision, RankedPrecision Ranked, Missing Missing);

/// <summary>The descriptor track of VSC2022.</summary>
public static class VscDescriptorTrack
{
    /// <summary>Inner products that are kept, a query video.</summary>
    public const int ProductsPerQuery = 1200;

    /// <summary>Candidates that count, a query video.</summary>
    public const int CandidatesPerQuery = 25;

    /// <summary>The pairs of videos behind the largest inner products of all descriptors with all others.</summary>
    /// <param name="queries">N descriptors.</param>
    /// <param name="references">M descriptors of the same length.</param>
    /// <param name="products">K: how many products are kept; null: 1200 a query video.</param>
    /// <param name="candidates">How many pairs count; null: 25 a query video.</param>
    /// <returns>Best first; a pair's score is its largest product. Equal products are in the order of the descriptors.</returns>
    /// <exception cref="ArgumentException">The descriptors differ in length, or a product is not finite.</exception>
    public static IReadOnlyList<VscCandidate> Candidates(VscDescriptors queries, VscDescriptors references, int? products = null, int? candidates = null)
    {
        if (queries.Videos.Count == 0 || references.Videos.Count == 0)
        {
            return [];
        }

        var dimension = Dimension(queries);
        if (dimension != Dimension(references))
        {
            throw new ArgumentException($"descriptors of {dimension} and of {Dimension(references)} numbers", nameof(references));
        }

        var count = queries.Videos.Distinct(StringComparer.Ordinal).Count();
        return Largest(queries, references, dimension, products ?? Products(count)).TakePairs(candidates ?? Pairs(count));
    }

    /// <summary>How many products are kept for so many query videos.</summary>
    public static int Products(int queries) => checked(ProductsPerQuery * queries);

    /// <summary>How many candidates count for so many query videos.</summary>
    public static int Pairs(int queries) => checked(CandidatesPerQuery * queries);

    /// <summary>Measures candidates.</summary>
    /// <param name="truth">True matches, or pairs of them.</param>
    /// <param name="candidates">In any order; one a pair.</param>
    /// <exception cref="ArgumentException">A pair stands in the list twice, or a score is not finite.</exception>
    public static VscDescriptorFigures Measure(IEnumerable<VscMatch> truth, IReadOnlyList<VscCandidate> candidates)
    {
        var (pairs, seen, judged) = (truth.Select(match => (match.Query, match.Reference)).ToHashSet(), new HashSet<(string, string)>(), new List<Judged>());
        foreach (var (query, reference, score) in candidates)
        {
            if (!seen.Add((query, reference)) || !double.IsFinite(score))
            {
                throw new ArgumentException($"{query} and {reference}: {(double.IsFinite(score) ? "twice" : "a score that is not finite")}", nameof(candidates));
            }

            judged.Add(new Judged(score, pairs.Contains((query, reference))));
        }

        return new VscDescriptorFigures(
            AveragePrecision.Threshold(judged, pairs.Count),
            AveragePrecision.Ranked(judged, pairs.Count),
            new Missing(
                Absent(pairs.Select(pair => pair.Query), candidates.Select(candidate => candidate.Query)),
                Absent(pairs.Select(pair => pair.Reference), candidates.Select(candidate => candidate.Reference)),
                MissingTreatment.NotFound));
    }

    internal static IReadOnlyList<string> Absent(IEnumerable<string> wanted, IEnumerable<string> there) =>
        [.. wanted.Except(there, StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static LargestProducts Largest(VscDescriptors queries, VscDescriptors references, int dimension, int k)
    {
        var left = queries.Vectors.Span;
        var right = references.Vectors.Span;
        var largest = new LargestProducts(k);
        for (var query = 0; query < queries.Videos.Count; query++)
        {
            for (var reference = 0; reference < references.Videos.Count; reference++)
            {
                var product = TensorPrimitives.Dot(left.Slice(query * dimension, dimension), right.Slice(reference * dimension, dimension));
                largest.Add(queries.Videos[query], references.Videos[reference], product, ((long)query * references.Videos.Count) + reference);
            }
        }

        return largest;
    }

    private static int Dimension(VscDescriptors descriptors) => descriptors.Vectors.Length % descriptors.Videos.Count == 0
        ? descriptors.Vectors.Length / descriptors.Videos.Count
        : throw new ArgumentException($"{descriptors.Vectors.Length} numbers are no {descriptors.Videos.Count} descriptors", nameof(descriptors));
}
