using Sosia.Matching;

namespace Sosia.Reports;

/// <summary>What is remarkable about a pair: what the report can be filtered by.</summary>
[Flags]
internal enum PairTraits
{
    /// <summary>The whole of both videos, as it was.</summary>
    None = 0,

    /// <summary>A stretch was mirrored.</summary>
    Mirrored = 1,

    /// <summary>A stretch runs at least 2 % faster or slower.</summary>
    SpeedChanged = 2,

    /// <summary>Less than nine tenths of one of the videos was copied.</summary>
    Partial = 4,
}

internal static class PairTraitsOf
{
    /// <summary>What plays less than this share faster or slower plays as it was: PAL's 4 % is a change, an error of measurement is not.</summary>
    internal const double SameSpeed = 0.02;
    private const double Whole = 0.9;

    /// <summary>Whether a stretch runs faster or slower than it was: what every report shows and filters by.</summary>
    internal static bool IsSpeedChanged(this CopiedSegment segment) => Math.Abs(segment.Speed - 1) >= SameSpeed;

    internal static PairTraits Of(VideoPair pair) =>
        (pair.Segments.Any(segment => segment.Mirrored) ? PairTraits.Mirrored : PairTraits.None)
        | (pair.Segments.Any(IsSpeedChanged) ? PairTraits.SpeedChanged : PairTraits.None)
        | (IsPart(pair.A, pair.Segments.Select(segment => segment.Query)) || IsPart(pair.B, pair.Segments.Select(segment => segment.Reference))
            ? PairTraits.Partial
            : PairTraits.None);

    /// <summary>Seconds that the stretches cover together; what two of them share counts once.</summary>
    internal static double Covered(IEnumerable<Stretch> stretches)
    {
        var (covered, reached) = (0.0, double.NegativeInfinity);
        foreach (var stretch in stretches.OrderBy(stretch => stretch.Start))
        {
            covered += Math.Max(0, stretch.End - Math.Max(stretch.Start, reached));
            reached = Math.Max(reached, stretch.End);
        }

        return covered;
    }

    private static bool IsPart(VideoRef video, IEnumerable<Stretch> copied) => Covered(copied) < Whole * video.Duration;
}
