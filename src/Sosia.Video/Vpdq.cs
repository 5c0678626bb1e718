namespace Sosia.Video;

/// <summary>The hash of one frame of a video.</summary>
/// <param name="Number">Frame number, from 0.</param>
/// <param name="Quality">0 to 100.</param>
/// <param name="Hash">PDQ of the frame.</param>
/// <param name="Seconds">From the first shown frame.</param>
public readonly record struct VpdqFrame(int Number, int Quality, PdqHash Hash, double Seconds);

/// <summary>How much two videos share.</summary>
/// <param name="Query">Percentage of the query's frames that match one of the target's.</param>
/// <param name="Target">Percentage of the target's frames that match one of the query's.</param>
public readonly record struct VpdqMatch(double Query, double Target);

/// <summary>vPDQ: two videos compared as bags of frame hashes (facebook/ThreatExchange, <c>matchTwoHash.cpp</c>).</summary>
public static class Vpdq
{
    /// <summary>Frames of lower quality take no part.</summary>
    public const int UsualQuality = 50;

    /// <summary>Compares two videos; times are not used.</summary>
    /// <param name="query">Frames of one.</param>
    /// <param name="target">Frames of the other.</param>
    /// <param name="distance">Two frames match when they are less than this many bits apart.</param>
    /// <param name="quality">Frames below are dropped first; where a video has none left, both percentages are 0.</param>
    public static VpdqMatch Compare(
        IReadOnlyList<VpdqFrame> query, IReadOnlyList<VpdqFrame> target, int distance = Pdq.UsualDistance, int quality = UsualQuality)
    {
        var of = Usable(query, quality);
        var with = Usable(target, quality);
        return of.Length == 0 || with.Length == 0
            ? default
            : new VpdqMatch(Percentage(of, with, distance), Percentage(with, of, distance));
    }

    private static PdqHash[] Usable(IReadOnlyList<VpdqFrame> frames, int quality) =>
        [.. frames.Where(frame => frame.Quality >= quality).Select(static frame => frame.Hash)];

    private static double Percentage(PdqHash[] of, PdqHash[] with, int distance)
    {
        var matched = of.Count(hash => Array.Exists(with, other => hash.Distance(other) < distance));
        return 100.0 * matched / of.Length;
    }
}
