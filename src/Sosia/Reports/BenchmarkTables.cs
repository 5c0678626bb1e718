using System.Globalization;

namespace Sosia.Reports;

/// <summary>A table of a benchmark: a row a figure, a column a model (or a measure of a model).</summary>
/// <param name="Caption">What it tells.</param>
/// <param name="Note">How to read it, in a sentence or two.</param>
/// <param name="Columns">Names of the columns beside the first.</param>
/// <param name="Rows">A name and a cell for each column.</param>
internal sealed record BenchmarkTable(string Caption, string Note, IReadOnlyList<string> Columns, IReadOnlyList<(string Name, string[] Cells)> Rows);

/// <summary>All figures of a benchmark with the models side by side, as text and page show them.</summary>
internal static class BenchmarkTables
{
    private const double Mebibyte = 1 << 20;

    /// <summary>What is found, which seconds of it, and what it costs.</summary>
    internal static IEnumerable<BenchmarkTable> Figures(BenchmarkResult result)
    {
        yield return Found(result);
        yield return Seconds(result);
        yield return Cost(result);
    }

    /// <summary>Recall by kind of edit.</summary>
    internal static BenchmarkTable Edits(BenchmarkResult result) => Recalls(result, "Found by kind of edit", model => model.Scores.Edits);

    /// <summary>Recall by length of the copied stretch.</summary>
    internal static BenchmarkTable Lengths(BenchmarkResult result) => Recalls(result, "Found by length of the copied stretch", model => model.Scores.StretchLengths);

    /// <summary>The measures of each model in a table of recalls: at 99 % precision, at numbers of false answers, as shown.</summary>
    internal static IReadOnlyList<string> Measures(BenchmarkResult result) =>
        ["at 99 %", .. result.Set.Options.FalseAnswers.Select(n => $"{n} false"), "shown"];

    /// <summary>Found in each of the <see cref="Measures"/>.</summary>
    internal static int[] Counts(BenchmarkRecall recall) => [recall.AtPrecision, .. recall.AtFalse, recall.Shown];

    /// <summary>A model's recall of a kind. Where the files of two sources are the same, a model that could read only one of them may lack a kind.</summary>
    internal static BenchmarkRecall Named(IReadOnlyList<BenchmarkRecall> recalls, BenchmarkRecall kind) =>
        recalls.FirstOrDefault(r => r.Name == kind.Name) ?? kind with { AtPrecision = 0, AtFalse = [.. kind.AtFalse.Select(_ => 0)], Shown = 0 };

    private static BenchmarkTable Found(BenchmarkResult result)
    {
        (string, string[]) Row(string name, Func<BenchmarkedModel, string> cell) => (name, [.. result.Models.Select(cell)]);
        string Share(BenchmarkedModel model, int count) => Number(count / (double)model.Scores.All.Wanted, 3);
        List<(string, string[])> rows =
        [
            Row("micro-AP", m => Number(m.Scores.MicroAveragePrecision, 3)),
            Row("recall at 99 % precision", m => Share(m, m.Scores.All.AtPrecision)),
            Row("recall at 90 % precision", m => Share(m, m.Scores.AtLowerPrecision)),
            .. result.Set.Options.FalseAnswers.Select((n, at) => Row(n == 1 ? "recall at 1 false answer" : $"recall at {n} false answers", m => Share(m, m.Scores.All.AtFalse[at]))),
            Row("shown: found", m => $"{m.Scores.All.Shown} of {m.Scores.All.Wanted}"),
            Row("shown: false", m => Count(m.Scores.FalseShown)),
        ];
        return new BenchmarkTable(
            "What is found", "Of all pairs of a copy and an original, ranked by confidence; the last two rows are what Sosia shows.", Names(result), rows);
    }

    private static BenchmarkTable Seconds(BenchmarkResult result)
    {
        (string, string[]) Row(string name, Func<BenchmarkScores, string> cell) => (name, [.. result.Models.Select(m => cell(m.Scores))]);
        (string, string[]) Edge(string name, Func<EdgeErrors, EdgeError> edge) => Row(name, s => Distance(edge(s.Edges)));
        return new BenchmarkTable(
            "Which seconds of it",
            "Of what is shown. Segments by the measure of VCSL (both sides multiplied). Edges: median and 90th percentile of the error in seconds, and the share of at most a second.",
            Names(result),
            [
                Row("segment precision", s => Number(s.Segments.Precision, 3)),
                Row("segment recall", s => Number(s.Segments.Recall, 3)),
                Row("segment F1", s => Number(s.Segments.F1, 3)),
                Edge("start in the copy", e => e.CopyStart),
                Edge("end in the copy", e => e.CopyEnd),
                Edge("start in the original", e => e.OriginalStart),
                Edge("end in the original", e => e.OriginalEnd),
                Row("both within 1 s, copy", s => $"{s.Edges.BothInCopy} of {s.Edges.Stretches}"),
                Row("both within 1 s, original", s => $"{s.Edges.BothInOriginal} of {s.Edges.Stretches}"),
            ]);
    }

    private static BenchmarkTable Cost(BenchmarkResult result)
    {
        (string, string[]) Row(string name, Func<BenchmarkCost, string> cell) => (name, [.. result.Models.Select(m => cell(m.Cost))]);
        return new BenchmarkTable(
            "What it costs",
            "Seconds of processor with those of ffmpeg; copies are read plain and mirrored. A library that was kept from another run tells nothing of its reading.",
            Names(result),
            [
                Row("originals", c => string.Create(CultureInfo.InvariantCulture, $"{c.Videos} ({c.LibrarySeconds / 3600:0.00} h)")),
                Row("reading originals, CPU s an hour", c => Number(c.ProcessorSecondsAnHour, 0)),
                Row("reading copies, CPU s an hour", c => Number(c.CopyProcessorSecondsAnHour, 0)),
                Row("library, MiB an hour", c => Number(c.BytesAnHour / Mebibyte, 2)),
                Row("searching all copies, s", c => Number(c.SearchSeconds, 2)),
            ]);
    }

    private static BenchmarkTable Recalls(BenchmarkResult result, string caption, Func<BenchmarkedModel, IReadOnlyList<BenchmarkRecall>> recalls)
    {
        var measures = Measures(result);
        return new BenchmarkTable(
            caption,
            "True pairs found down to the confidence of 99 % precision and of so many false answers, and as Sosia shows them.",
            ["of", .. result.Models.SelectMany(m => measures.Select(measure => $"{m.Model} {measure}"))],
            [.. recalls(result.Models[0]).Select(kind =>
                (kind.Name, (string[])[Count(kind.Wanted), .. result.Models.SelectMany(m => Counts(Named(recalls(m), kind)).Select(Count))]))]);
    }

    private static IReadOnlyList<string> Names(BenchmarkResult result) => [.. result.Models.Select(m => m.Model)];

    private static string Distance(EdgeError error) =>
        $"{Number(error.Median, 2)} / {Number(error.NinetiethPercentile, 2)} s, {(double.IsFinite(error.WithinSecond) ? error.WithinSecond.ToString("0 %", CultureInfo.InvariantCulture) : "–")}";

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value, int decimals) => double.IsFinite(value) ? value.ToString($"F{decimals}", CultureInfo.InvariantCulture) : "–";
}
