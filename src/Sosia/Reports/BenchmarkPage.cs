using System.Globalization;

namespace Sosia.Reports;

/// <summary>
/// A benchmark as one HTML file that needs nothing else: the models side by side, what each kind of edit costs them, and their worst misses and
/// false alarms as pictures. It has no script; names of files reach it encoded.
/// </summary>
public static class BenchmarkPage
{
    private const int Colours = 6; // of report.css

    /// <summary>Writes the page in UTF-8, and makes its pictures.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="result">The models.</param>
    /// <param name="stop">Ends it.</param>
    public static void Write(Stream output, BenchmarkResult result, CancellationToken stop = default)
    {
        var pictures = BenchmarkPictures.Of(result, stop);
        var films = pictures.Films.Keys.Index().ToDictionary(film => film.Item, film => film.Index);
        using var page = HtmlTemplate.Writer(output);
        HtmlTemplate.Fill(page, "benchmark.html", slot =>
        {
            switch (slot)
            {
                case "style":
                    page.Write(HtmlTemplate.Resource("report.css"));
                    page.Write(HtmlTemplate.Resource("benchmark.css"));
                    break;
                case "films":
                    WriteFilms(page, pictures, films);
                    break;
                case "subtitle":
                    WriteSubtitle(page, result);
                    break;
                case "figures":
                    WriteFigures(page, result);
                    break;
                case "recalls":
                    WriteRecalls(page, result, BenchmarkTables.Edits(result), model => model.Scores.Edits);
                    WriteRecalls(page, result, BenchmarkTables.Lengths(result), model => model.Scores.StretchLengths);
                    break;
                case "failures":
                    WriteFailures(page, result);
                    break;
                case "cases":
                    foreach (var (index, (misses, alarms)) in pictures.Models.Index())
                    {
                        WriteCases(page, $"{result.Models[index].Model}: worst misses", "All that is true was found.", misses, films);
                        WriteCases(page, $"{result.Models[index].Model}: worst false alarms", "No answer was false.", alarms, films);
                    }

                    break;
                default:
                    throw HtmlTemplate.Unfilled(slot);
            }
        });
    }

    // A film is stored once, as a style that every place where it is shown refers to.
    private static void WriteFilms(TextWriter page, BenchmarkPictures pictures, Dictionary<Film, int> films)
    {
        foreach (var (film, (jpeg, aspect)) in pictures.Films)
        {
            page.Write(string.Create(CultureInfo.InvariantCulture, $".f{films[film]}{{aspect-ratio:{BenchmarkPictures.Frames * aspect:0.###};background-image:url(data:image/jpeg;base64,"));
            page.Write(Convert.ToBase64String(jpeg));
            page.Write(")}\n");
        }
    }

    private static void WriteSubtitle(TextWriter page, BenchmarkResult result)
    {
        var wanted = result.Models[0].Scores.All.Wanted;
        page.Write($"<li>{result.Set.Copies.Count()} copies, {wanted} true pairs of a copy and an original, {result.Models[0].Cost.Videos} originals</li>");
        page.Write($"<li>Copies in <span class=\"path\">{HtmlTemplate.Encode(Path.GetFullPath(result.Set.Options.Copies))}</span></li>");
        page.Write($"<li>Written {DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC</li>");
    }

    private static void WriteFigures(TextWriter page, BenchmarkResult result)
    {
        page.Write("<div class=\"figures\">");
        foreach (var table in BenchmarkTables.Figures(result))
        {
            page.Write("<div>");
            string[] columns = ["<span class=\"sr\">Figure</span>", .. table.Columns.Select(HtmlTemplate.Encode)];
            ReportTables.WriteTable(page, table.Caption, columns, table.Rows, row =>
                $"<th scope=\"row\">{HtmlTemplate.Encode(row.Name)}</th>" + string.Concat(row.Cells.Select(cell => $"<td>{HtmlTemplate.Encode(cell)}</td>")));
            page.Write($"<p class=\"note\">{HtmlTemplate.Encode(table.Note)}</p></div>");
        }

        page.Write("</div>");
    }

    // Each model a bar: full as far as it finds at 99 % precision, pale as far as it shows.
    private static void WriteRecalls(TextWriter page, BenchmarkResult result, BenchmarkTable table, Func<BenchmarkedModel, IReadOnlyList<BenchmarkRecall>> recalls)
    {
        var measures = HtmlTemplate.Encode(string.Join(" · ", BenchmarkTables.Measures(result)));
        string[] columns = ["<span class=\"sr\">Kind</span>", "of", .. result.Models.Select(model => $"{HtmlTemplate.Encode(model.Model)}<small>{measures}</small>")];
        ReportTables.WriteTable(page, table.Caption, columns, recalls(result.Models[0]), kind =>
            $"<th scope=\"row\">{HtmlTemplate.Encode(kind.Name)}</th><td>{kind.Wanted}</td>"
            + string.Concat(result.Models.Select((model, index) => $"<td class=\"bars\">{Bar(BenchmarkTables.Named(recalls(model), kind), index)}</td>")));
        page.Write($"<p class=\"note\">{HtmlTemplate.Encode(table.Note)} Bars: at 99 % precision; pale: as shown.</p>");
    }

    private static string Bar(BenchmarkRecall recall, int model)
    {
        string Width(int found) => (100.0 * found / recall.Wanted).ToString("0.#", CultureInfo.InvariantCulture);
        return $"<span class=\"bar c{model % Colours}\"><i class=\"pale\" style=\"width:{Width(recall.Shown)}%\"></i><i style=\"width:{Width(recall.AtPrecision)}%\"></i></span>"
            + $"<small>{string.Join(" · ", BenchmarkTables.Counts(recall))}</small>";
    }

    private static void WriteFailures(TextWriter page, BenchmarkResult result)
    {
        FailedFile[] failures = [.. result.Set.Missing, .. result.Models.SelectMany(m => m.Failures.Select(f => f with { Reason = $"{m.Model}: {f.Reason}" }))];
        if (failures.Length > 0)
        {
            ReportTables.WriteTable(page, "What could not be read", ["File", "Reason"], failures, failure =>
                $"<th scope=\"row\" class=\"path\">{HtmlTemplate.Encode(failure.Path)}</th><td>{HtmlTemplate.Encode(failure.Reason)}</td>");
        }
    }

    private static void WriteCases(TextWriter page, string title, string none, IReadOnlyList<BenchmarkCase> cases, Dictionary<Film, int> films)
    {
        page.Write($"<section><h2>{HtmlTemplate.Encode(title)}</h2>");
        page.Write(cases.Count == 0 ? $"<p class=\"none\">{none}</p>" : "<div class=\"cases\">");
        foreach (var shown in cases)
        {
            page.Write($"<article class=\"card\"><div class=\"top\">{Verdict(shown)}</div>");
            WriteFilm(page, "A", shown.Pair.Copy, shown.Copy, films);
            WriteFilm(page, "B", shown.Pair.Original, shown.Original, films);
            page.Write("</article>\n");
        }

        page.Write(cases.Count == 0 ? "</section>" : "</div></section>");
    }

    private static string Verdict(BenchmarkCase shown)
    {
        var pair = shown.Pair;
        var wrong = pair.IsTrue != pair.IsShown;
        return $"<span class=\"score\">{(pair.Answer is { } answer ? answer.Confidence.ToString("0.00", CultureInfo.InvariantCulture) : "–")}</span>"
            + ReportTables.Badge(wrong ? "bad" : "plain", pair.Answer is null ? "not examined" : pair.IsShown ? "shown" : "not shown")
            + (pair.IsTrue ? $"<span class=\"tag\">{HtmlTemplate.Encode(pair.Truth[0].Edits)}</span>" : "")
            + (shown.Rank is { } rank ? string.Create(CultureInfo.InvariantCulture, $"<span class=\"copied\">answer {rank}</span>") : "");
    }

    private static void WriteFilm(TextWriter page, string side, string name, Film film, Dictionary<Film, int> films)
    {
        page.Write($"<div class=\"who\"><b>{side}</b><span class=\"name\">{HtmlTemplate.Encode(Path.GetFileName(name))}</span><small>{Range(film)}</small></div>");
        page.Write(films.TryGetValue(film, out var number) ? $"<i class=\"film f{number}\" role=\"img\" aria-label=\"{BenchmarkPictures.Frames} frames\"></i>" : "<p class=\"none\">no picture</p>");
    }

    private static string Range(Film film) => film.Backwards ? Range(film.Stretch.End, film.Stretch.Start) : Range(film.Stretch.Start, film.Stretch.End);

    private static string Range(double from, double to) => $"{TextReport.Time(from)}–{TextReport.Time(to)}";
}
