namespace Sosia.Reports;

/// <summary>
/// The report as one HTML file that needs nothing else: no network, and a content security policy that allows none. Names of files reach
/// the page as data only: escaped JSON that the script inserts as text, and encoded text in the tables that stand without a script.
/// </summary>
public static class HtmlReport
{
    /// <summary>Writes the page in UTF-8.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="model">What is shown.</param>
    public static void Write(Stream output, ReportModel model)
    {
        var contents = new ReportContents(model);
        using var page = HtmlTemplate.Writer(output);
        HtmlTemplate.Fill(page, "report.html", slot =>
        {
            switch (slot)
            {
                case "title":
                    page.Write(HtmlTemplate.Encode(model.Title));
                    break;
                case "style":
                    page.Write(HtmlTemplate.Resource("report.css"));
                    break;
                case "thumbnails":
                    WriteThumbnails(page, contents);
                    break;
                case "subtitle":
                    WriteSubtitle(page, model, contents);
                    break;
                case "tables":
                    ReportTables.WriteChecks(page, model);
                    break;
                case "plain":
                    ReportTables.WritePairs(page, contents);
                    break;
                case "data":
                    HtmlTemplate.WriteJson(page, json => ReportData.Write(json, contents));
                    break;
                case "timeline":
                    page.Write(HtmlTemplate.Resource("timeline.js"));
                    break;
                case "list":
                    page.Write(HtmlTemplate.Resource("list.js"));
                    break;
                default:
                    throw HtmlTemplate.Unfilled(slot);
            }
        });
    }

    // A filmstrip is stored once, as a style that every place where it is shown refers to.
    private static void WriteThumbnails(StreamWriter page, ReportContents contents)
    {
        foreach (var (video, thumbnails) in contents.Thumbnails)
        {
            page.Write($".v{video}{{background-image:url(data:image/jpeg;base64,");
            page.Write(Convert.ToBase64String(thumbnails.Jpeg));
            page.Write(")}\n");
        }
    }

    private static void WriteSubtitle(StreamWriter page, ReportModel model, ReportContents contents)
    {
        foreach (var line in model.Subtitle)
        {
            page.Write($"<li>{HtmlTemplate.Encode(line)}</li>");
        }

        if (contents.Folder.Length > 1)
        {
            page.Write($"<li>Videos below <span class=\"path\">{HtmlTemplate.Encode(contents.Folder)}</span></li>");
        }
    }
}
