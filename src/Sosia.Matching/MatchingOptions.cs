namespace Sosia.Matching;

/// <summary>The thresholds of one kind of rows, measured on edited copies of real videos; the same for everyone.</summary>
public sealed record MatchingOptions
{
    /// <summary>Similarity from which a clip of the library is a hit of a query clip.</summary>
    public required float HitSimilarity { get; init; }

    /// <summary>Distinct query clips that must hit a video before it is aligned; a query that has fewer needs them all.</summary>
    public required int MinHits { get; init; }

    /// <summary>Clips of a lower quality (0 to 100) neither vote nor score: black, flat and blurred frames resemble everything. A segment may run on over them.</summary>
    public required byte MinQuality { get; init; }

    /// <summary>How the matrix is aligned.</summary>
    public required TemporalNetworkParameters Network { get; init; }

    /// <summary>Confidence (see <see cref="Confidence"/>) that a segment needs: the fewer distinct clips it shows, the more alike they must be.</summary>
    public required double MinConfidence { get; init; }

    /// <summary>Mean similarity that is enough for a segment whose clips all look alike: it proves no more than one picture.</summary>
    public required double AloneSimilarity { get; init; }

    /// <summary>Mean similarity below which no number of clips proves anything.</summary>
    public required double LeastSimilarity { get; init; }

    /// <summary>Clips more similar than this are the same picture again, and prove nothing more.</summary>
    public required float DistinctSimilarity { get; init; }

    /// <summary>Least share of a segment's clips that lie within half a second of the straight line through them.</summary>
    public required double MinStraightness { get; init; }

    /// <summary>Least share of the clips between a path's ends that it goes through, see <see cref="MatchedSegment.Coverage"/>. 0 asks nothing.</summary>
    public double MinCoverage { get; init; }

    /// <summary>Similarity that a clip just outside a path needs to belong to its segment, where it lies on the path's line.</summary>
    public required float ExtensionSimilarity { get; init; }

    /// <summary>PDQ hashes, four frames a second.</summary>
    public static MatchingOptions Pdq { get; } = new()
    {
        HitSimilarity = 0.4f,
        MinHits = 3,
        MinQuality = 50,
        Network = new TemporalNetworkParameters { MaxStep = 6, TopK = 10, MaxPaths = 10, MinSimilarity = 0.3f, MinLength = 1, MaxIou = 0.3f },
        MinConfidence = 1.9,
        AloneSimilarity = 0.75,
        LeastSimilarity = 0.35,
        DistinctSimilarity = 0.9f,
        MinStraightness = 0.75,
        ExtensionSimilarity = 0.5f,
    };

    /// <summary>Clips of 8 s by 3D-CSL's transformer. Not measured: no trained weights are at hand.</summary>
    public static MatchingOptions ThreeDCsl { get; } = Pdq with
    {
        HitSimilarity = 0.85f,
        MinHits = 1,
        MinQuality = 10,
        MinConfidence = 1.9,
        AloneSimilarity = 0.95,
        LeastSimilarity = 0.85,
        DistinctSimilarity = 0.98f,
    };

    /// <summary>Clips of an encoder whose background is known and taken off; what is told by their similarity, relative to what unrelated ones reach; the rest, and the shares, by trial on two trained encoders (docs/training.md).</summary>
    /// <param name="unrelated">Cosine that one in a thousand pairs of unrelated clips reaches.</param>
    public static MatchingOptions Clips(double unrelated) => Trunk with
    {
        HitSimilarity = (float)(0.6 * unrelated),
        MinHits = 1,
        MinQuality = ThreeDCsl.MinQuality,
        Network = Trunk.Network with { MinSimilarity = (float)(0.4 * unrelated) },
        ExtensionSimilarity = (float)(0.4 * unrelated),
        LeastSimilarity = 0.85 * unrelated,
        AloneSimilarity = 1 - ((1 - unrelated) / 8),
        DistinctSimilarity = (float)Math.Max(Trunk.DistinctSimilarity, unrelated),
        MinConfidence = 1.6,
        MinCoverage = 0.5,
    };

    /// <summary>
    /// Whitened maxima of a pretrained trunk, 512 numbers a frame, two frames a second. Unrelated frames of camera footage lie round 0; drawn ones
    /// may reach 0.35, and two recordings of one scene 0.6, but those show few distinct clips and leave most of them out.
    /// </summary>
    public static MatchingOptions Trunk { get; } = new()
    {
        HitSimilarity = 0.25f,
        MinHits = 2,
        MinQuality = 30,
        Network = new TemporalNetworkParameters { MaxStep = 6, TopK = 10, MaxPaths = 10, MinSimilarity = 0.12f, MinLength = 1, MaxIou = 0.3f },
        MinConfidence = 1.1,
        AloneSimilarity = 0.85,
        LeastSimilarity = 0.18,
        DistinctSimilarity = 0.85f,
        MinStraightness = 0.8,
        MinCoverage = 0.55,
        ExtensionSimilarity = 0.15f,
    };

    /// <summary>The same of a trunk that was trained on edited copies.</summary>
    public static MatchingOptions Copies { get; } = Trunk with { HitSimilarity = 0.2f };
}
