namespace Sosia.Matching;

/// <summary>A segment in the seconds of both videos.</summary>
/// <param name="Query">From the start of its first clip to the end of its last.</param>
/// <param name="Reference">The same in the reference.</param>
public readonly record struct SegmentTimes(Stretch Query, Stretch Reference)
{
    /// <summary>From the start of the first clip to the END of the last one (VSC2022 baseline, code: timestamps N x 2).</summary>
    /// <param name="box">Indices into both lists of spans.</param>
    /// <param name="query">One span a row of the matrix.</param>
    /// <param name="reference">One span a column of the matrix.</param>
    public static SegmentTimes Of(Box box, ReadOnlySpan<ClipSpan> query, ReadOnlySpan<ClipSpan> reference) =>
        new(new Stretch(query[box.Q0].Start, query[box.Q1].End), new Stretch(reference[box.R0].Start, reference[box.R1].End));
}
