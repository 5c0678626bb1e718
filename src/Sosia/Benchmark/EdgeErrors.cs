using Sosia.Matching;

namespace Sosia;

/// <summary>How far found edges lie from the true ones.</summary>
/// <param name="Median">Seconds; NaN where nothing is found.</param>
/// <param name="NinetiethPercentile">Seconds: nine tenths are no further off.</param>
/// <param name="WithinSecond">Share that is at most a second off.</param>
public sealed record EdgeError(double Median, double NinetiethPercentile, double WithinSecond)
{
    internal const double Near = 1; // second

    /// <summary>Of distances in seconds, in any order.</summary>
    public static EdgeError Of(IEnumerable<double> distances)
    {
        double[] rising = [.. distances.Order()];
        return rising.Length == 0
            ? new EdgeError(double.NaN, double.NaN, double.NaN)
            : new EdgeError(At(rising, 0.5), At(rising, 0.9), rising.Count(d => d <= Near) / (double)rising.Length);
    }

    // The least value that this share does not exceed.
    private static double At(double[] rising, double share) => rising[Math.Max(0, (int)Math.Ceiling(share * rising.Length) - 1)];
}

/// <summary>The edges of true stretches that are shown, each compared with the shown segment that shares most with it on both sides.</summary>
/// <param name="Stretches">How many were compared.</param>
/// <param name="CopyStart">Where they begin in the copy.</param>
/// <param name="CopyEnd">Where they end in the copy.</param>
/// <param name="OriginalStart">Where they begin in the original.</param>
/// <param name="OriginalEnd">Where they end in the original.</param>
/// <param name="BothInCopy">Stretches of which both ends in the copy are at most a second off.</param>
/// <param name="BothInOriginal">Stretches of which both ends in the original are at most a second off.</param>
public sealed record EdgeErrors(
    int Stretches, EdgeError CopyStart, EdgeError CopyEnd, EdgeError OriginalStart, EdgeError OriginalEnd, int BothInCopy, int BothInOriginal)
{
    private sealed record Distances(double CopyStart, double CopyEnd, double OriginalStart, double OriginalEnd);

    /// <summary>Measures.</summary>
    public static EdgeErrors Of(IReadOnlyList<BenchmarkPair> pairs)
    {
        Distances[] all = [.. pairs.Where(p => p.IsTrue && p.IsShown).SelectMany(p => p.Truth.Select(t => Between(t, p.Answer!.Segments))).OfType<Distances>()];
        return new EdgeErrors(
            all.Length,
            EdgeError.Of(all.Select(d => d.CopyStart)),
            EdgeError.Of(all.Select(d => d.CopyEnd)),
            EdgeError.Of(all.Select(d => d.OriginalStart)),
            EdgeError.Of(all.Select(d => d.OriginalEnd)),
            all.Count(d => Math.Max(d.CopyStart, d.CopyEnd) <= EdgeError.Near),
            all.Count(d => Math.Max(d.OriginalStart, d.OriginalEnd) <= EdgeError.Near));
    }

    // Null where no segment shares anything with the stretch.
    private static Distances? Between(TrueCopy truth, IReadOnlyList<CopiedSegment> segments)
    {
        double Shared(CopiedSegment s) => Common(s.Query, truth.Stretch) * Common(s.Reference, truth.SourceStretch);
        return segments.MaxBy(Shared) is { } best && Shared(best) > 0
            ? new Distances(
                Math.Abs(best.Query.Start - truth.Stretch.Start),
                Math.Abs(best.Query.End - truth.Stretch.End),
                Math.Abs(best.Reference.Start - truth.SourceStretch.Start),
                Math.Abs(best.Reference.End - truth.SourceStretch.End))
            : null;
    }

    private static double Common(Stretch a, Stretch b) => Math.Max(0, Math.Min(a.End, b.End) - Math.Max(a.Start, b.Start));
}
