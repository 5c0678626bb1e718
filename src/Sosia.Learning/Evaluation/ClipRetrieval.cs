using Sosia.Torch;

namespace Sosia.Learning.Evaluation;

/// <summary>
/// Nearest-neighbour retrieval of self-supervised papers (VCOP, Xu et al. 2019, code): test videos look for training videos of their class.
/// Called recall; it is the share of queries that find at least one.
/// </summary>
public static class ClipRetrieval
{
    /// <summary>The k that are reported.</summary>
    public static IReadOnlyList<int> Published { get; } = [1, 5, 10, 20, 50];

    /// <summary>VCOP's feature of a clip: the last map, maxima over 2 x 2 places, as one row.</summary>
    /// <param name="map">N x C x t x h x w.</param>
    /// <returns>N x C·t·(h/2)·(w/2): 9,216 for R3D at 16 x 112 x 112.</returns>
    public static Tensor Flattened(Tensor map) => map.MaxPool3d([1, 2, 2]).Flatten(1);

    /// <summary>The feature of a video: the mean over its clips, which are not normalised before.</summary>
    /// <param name="clips">N x clips x D.</param>
    /// <returns>N x D.</returns>
    public static Tensor MeanOfClips(Tensor clips) => clips.Mean([1]);

    /// <summary>Features without what all of them share, as FAME and MSCL retrieve: queries and gallery are centred each for itself.</summary>
    /// <param name="features">N x D.</param>
    /// <returns>N x D.</returns>
    public static Tensor Centred(Tensor features) => features.Size(0) == 0 ? features : features - features.Mean([0], keepdim: true);

    /// <summary>R@k: the share of queries of whose k neighbours any is of their class.</summary>
    /// <param name="neighbours">One list a query, best first, at least k where there are so many.</param>
    /// <param name="gallery">Classes of the gallery.</param>
    /// <param name="queries">Classes of the queries.</param>
    /// <param name="k">At least 1.</param>
    /// <param name="missing">Queries that could not be looked at: they count as not found.</param>
    /// <returns>Percent; NaN of no query.</returns>
    /// <exception cref="ArgumentException">There are not as many classes as queries.</exception>
    public static double Recall(IReadOnlyList<Neighbour[]> neighbours, IReadOnlyList<int> gallery, IReadOnlyList<int> queries, int k, int missing = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        if (neighbours.Count != queries.Count)
        {
            throw new ArgumentException($"{queries.Count} classes for {neighbours.Count} queries", nameof(queries));
        }

        var found = neighbours.Zip(queries).Count(query => query.First.Take(k).Any(one => gallery[one.Number] == query.Second));
        return Percent.Of(found, neighbours.Count + missing);
    }
}
