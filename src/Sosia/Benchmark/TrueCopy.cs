using Sosia.Matching;

namespace Sosia;

/// <summary>A stretch of a copy and what it shows: a row of truth.csv.</summary>
/// <param name="Copy">File of the copy, below the folder of copies.</param>
/// <param name="Stretch">Seconds of the copy.</param>
/// <param name="Source">File of the original, below the folder of sources.</param>
/// <param name="SourceStretch">Seconds of the original.</param>
/// <param name="Reversed">Whether the copy shows them backwards; then truth.csv has the later second first.</param>
/// <param name="Edits">What was done: <c>crop</c>, <c>chain:trim+crop</c>.</param>
/// <param name="Line">Of truth.csv, from 1.</param>
public sealed record TrueCopy(string Copy, Stretch Stretch, string Source, Stretch SourceStretch, bool Reversed, string Edits, int Line = 0)
{
    /// <summary>The kind of edit: what stands before the colon.</summary>
    public string Kind => Edits.Split(':')[0];
}
