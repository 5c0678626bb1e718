using Sosia.Learning.Training;

namespace Sosia.Reports;

/// <summary>
/// The curves of trainings side by side, as one HTML file that needs nothing else. As in <see cref="HtmlReport"/>, names reach the page as
/// data only; the table of runs and that of their differences stand without a script.
/// </summary>
public static class RunsPage
{
    /// <summary>Writes the page in UTF-8.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="runs">The newest first.</param>
    /// <exception cref="RecipeException">A file of a run is broken; a torn line of its figures is left out.</exception>
    public static void Write(Stream output, IReadOnlyList<Run> runs)
    {
        var folder = ReportContents.CommonFolder(runs.Select(run => run.Folder));
        ShownRun[] shown = [.. runs.Select((run, number) => new ShownRun(number, run.Folder[folder.Length..], run, run.Metrics(), run.Result))];
        using var page = HtmlTemplate.Writer(output);
        HtmlTemplate.Fill(page, "runs.html", slot =>
        {
            switch (slot)
            {
                case "style":
                    page.Write(HtmlTemplate.Resource("report.css"));
                    page.Write(HtmlTemplate.Resource("runs.css"));
                    break;
                case "subtitle":
                    page.Write($"<li>{runs.Count} {(runs.Count == 1 ? "run" : "runs")}</li>");
                    page.Write(folder.Length > 1 ? $"<li>below <span class=\"path\">{HtmlTemplate.Encode(folder)}</span></li>" : "");
                    break;
                case "runs":
                    RunTables.WriteRuns(page, shown);
                    break;
                case "differences":
                    RunTables.WriteDifferences(page, shown);
                    break;
                case "data":
                    HtmlTemplate.WriteJson(page, json => RunCurves.Write(json, shown));
                    break;
                case "chart":
                    page.Write(HtmlTemplate.Resource("chart.js"));
                    break;
                case "curves":
                    page.Write(HtmlTemplate.Resource("curves.js"));
                    break;
                default:
                    throw HtmlTemplate.Unfilled(slot);
            }
        });
    }
}

/// <summary>A run and all that its files say, read once.</summary>
/// <param name="Number">Its place on the page; decides its colour.</param>
/// <param name="Name">Its folder, below that of all.</param>
/// <param name="Run">Itself.</param>
/// <param name="Lines">Its figures.</param>
/// <param name="Result">Null: it is not finished.</param>
internal sealed record ShownRun(int Number, string Name, Run Run, IReadOnlyList<Metrics> Lines, RunResult? Result)
{
    /// <summary>The stages in their order, those of the recipe that did not begin too.</summary>
    internal IEnumerable<(string Name, IReadOnlyList<Metrics> Lines)> Stages() =>
        Run.Recipe.Stages.Select(stage => stage.Name).Union(Lines.Select(line => line.Stage), StringComparer.Ordinal)
            .Select(name => (name, (IReadOnlyList<Metrics>)[.. Lines.Where(line => line.Stage == name)]));
}
