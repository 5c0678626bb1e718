using Sosia.Matching;

namespace Sosia.Reports;

/// <summary>All answers of a benchmark as CSV.</summary>
public static partial class CsvReport
{
    private const int CellsOfTruth = 4;
    private const int CellsOfSegment = 7;

    /// <summary>One row a pair of copy and original that is true or answered, the surest first; true ones that nobody examined stand last, without a confidence.</summary>
    /// <param name="output">Lines end with CR LF, as the RFC wants.</param>
    /// <param name="result">One model's rows after another's.</param>
    public static void Write(TextWriter output, BenchmarkResult result)
    {
        Row(output, "model,copy,original,true,shown,confidence,edits,true_copy_start,true_copy_end,true_original_start,true_original_end,copy_start,copy_end,original_start,original_end,speed,mirrored,variant");
        foreach (var model in result.Models)
        {
            foreach (var pair in model.Pairs.OrderByDescending(p => p.Answer?.Confidence ?? double.NegativeInfinity))
            {
                Row(output, string.Join(
                    ',', Text(model.Model), Text(pair.Copy), Text(pair.Original), Truth(pair.IsTrue), Truth(pair.IsShown), pair.Answer is { } answer ? Number(answer.Confidence) : "",
                    pair.IsTrue ? Text(pair.Truth[0].Edits) : "", TrueStretch(pair), Segment(pair.Answer?.Segments[0])));
            }
        }
    }

    private static string TrueStretch(BenchmarkPair pair) =>
        pair.Truth is [var first, ..] ? $"{Span(first.Stretch)},{Span(Told(first))}" : new string(',', CellsOfTruth - 1);

    // As truth.csv has it: the later second first, where it is shown backwards.
    private static Stretch Told(TrueCopy truth) => truth.Reversed ? new Stretch(truth.SourceStretch.End, truth.SourceStretch.Start) : truth.SourceStretch;

    private static string Segment(CopiedSegment? segment) => segment is null
        ? new string(',', CellsOfSegment - 1)
        : string.Join(',', Span(segment.Query), Span(segment.Reference), Number(segment.Speed), Truth(segment.Mirrored), segment.Variant.Name);

    private static string Truth(bool value) => value ? "true" : "false";
}
