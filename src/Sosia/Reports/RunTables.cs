using System.Globalization;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Training;

namespace Sosia.Reports;

/// <summary>The parts of the page of runs that stand without a script.</summary>
internal static class RunTables
{
    private const int Colours = 6; // of report.css; further runs are dashed

    internal static void WriteRuns(TextWriter page, IReadOnlyList<ShownRun> runs)
    {
        if (runs.Count == 0)
        {
            page.Write("<p class=\"none\">There are no runs here yet; <code>sosia train</code> makes some.</p>");
            return;
        }

        string[] columns = ["<span class=\"sr\">Colour</span>", "Run", "Recipe", "Steps", "Last loss", "Retrieval", "Mirrored", "Clips/s", "Waiting", "State"];
        ReportTables.WriteTable(page, "Runs", columns, runs, run =>
            $"<td>{Key(run)}</td><th scope=\"row\" class=\"path\">{Text(run.Name)}<small>{Started(run)}</small></th>"
            + $"<td>{Text(run.Run.Recipe.Name)}<small>{Text(run.Run.Start.Device)}</small></td>"
            + $"<td class=\"steps\">{string.Join("<br>", run.Stages().Select(Steps))}</td><td class=\"number\">{(run.Lines is [.., var last] ? Number(last.Loss, "0.0000") : "")}</td>"
            + $"<td class=\"number\">{Retrieval(run, result => result.MeanReciprocalRank)}</td><td class=\"number\">{Retrieval(run, result => result.MirroredMeanReciprocalRank)}</td>"
            + $"<td class=\"number\">{Median(run, line => line.ClipsPerSecond, "0.#")}</td><td class=\"number\">{Median(run, line => line.Waiting, "0.0%")}</td><td>{State(run)}</td>");
        page.Write(
            "<p class=\"note\">Retrieval: how well clips of videos that were never trained on find their own edited copies, as mean reciprocal rank; below it, that of the same network before training. "
            + "Clips/s and waiting for data: medians of the last stage.</p>");
    }

    /// <summary>The values of recipes, and of what runs were started with, that are not the same in all runs.</summary>
    internal static void WriteDifferences(TextWriter page, IReadOnlyList<ShownRun> runs)
    {
        if (runs.Count < 2)
        {
            return;
        }

        Dictionary<string, string>[] values = [.. runs.Select(Values)];
        string[] different = [.. values.SelectMany(of => of.Keys).Distinct(StringComparer.Ordinal).Where(path => values.Select(of => of.GetValueOrDefault(path)).Distinct(StringComparer.Ordinal).Count() > 1)];
        if (different.Length == 0)
        {
            page.Write("<p class=\"none\">All runs have the same recipe, data and machine.</p>");
            return;
        }

        string[] columns = ["Value", .. runs.Select(run => $"{Key(run)} {Text(run.Name)}")];
        ReportTables.WriteTable(page, "Where the runs differ", columns, different, path =>
            $"<th scope=\"row\" class=\"path\">{Text(path).Replace(".", ".<wbr>", StringComparison.Ordinal)}</th>" + string.Concat(values.Select(of => $"<td class=\"path\">{(of.TryGetValue(path, out var value) ? Text(value) : "–")}</td>")));
    }

    private static Dictionary<string, string> Values(ShownRun run)
    {
        var values = RecipeFile.Values(run.Run.Recipe).ToDictionary(value => value.Path, value => value.Value, StringComparer.Ordinal);
        var start = run.Run.Start;
        values["run.data"] = string.Join(", ", start.Data);
        values["run.device"] = start.Device;
        values["run.threads"] = start.Threads.ToString(CultureInfo.InvariantCulture);
        values["run.torch"] = start.Torch;
        return values;
    }

    private static string Key(ShownRun run) =>
        $"<svg class=\"key c{run.Number % Colours} d{run.Number / Colours % 3}\" viewBox=\"0 0 26 10\" width=\"26\" height=\"10\" aria-hidden=\"true\"><path d=\"M1 5H25\"/></svg>";

    private static string Started(ShownRun run) => run.Run.Start.Started.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Steps((string Name, IReadOnlyList<Metrics> Lines) stage) =>
        $"{Text(stage.Name)} {(stage.Lines is [.., var last] ? string.Create(CultureInfo.InvariantCulture, $"{last.Step}/{last.Steps}") : "–")}";

    private static string Retrieval(ShownRun run, Func<CopyRetrievalResult, double> figure) =>
        run.Result is { } result ? $"{Number(figure(result.Trained), "0.000")}<small>{Number(figure(result.Untrained), "0.000")}</small>" : "";

    private static string Median(ShownRun run, Func<Metrics, double> figure, string format)
    {
        var last = run.Stages().LastOrDefault(stage => stage.Lines.Count > 0).Lines ?? [];
        double[] values = [.. last.Select(figure).Where(double.IsFinite).Order()];
        return values.Length == 0 ? "" : Number(values[values.Length / 2], format);
    }

    private static string State(ShownRun run)
    {
        var skipped = run.Stages().Sum(stage => stage.Lines is [.., var last] ? last.Skipped : 0);
        var left = skipped == 0 ? "" : $"<small>{skipped} {(skipped == 1 ? "step" : "steps")} left out</small>";
        return run switch
        {
            { Result: not null } or { Run.IsTrained: true } => ReportTables.Badge("good", "done") + left,
            { Lines: [.., { Loss: var loss }] } when !double.IsFinite(loss) => ReportTables.Badge("bad", "no number") + left,
            { Lines.Count: > 0 } => ReportTables.Badge("plain", "not finished") + left,
            _ => ReportTables.Badge("plain", "nothing yet"),
        };
    }

    private static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "NaN";

    private static string Text(string text) => HtmlTemplate.Encode(text);
}
