using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Sosia.Video;

namespace Sosia.Reports;

/// <summary>
/// The report as one HTML file that needs nothing else: no network, and a content security policy that allows none. Names of files reach
/// the page as data only: escaped JSON that the script inserts as text, and encoded text in the tables that stand without a script.
/// </summary>
public static class HtmlReport
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Writes the page in UTF-8.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="model">What is shown.</param>
    public static void Write(Stream output, ReportModel model)
    {
        var contents = new ReportContents(model);
        using var page = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16, leaveOpen: true);
        Fill(page, Resource("report.html"), slot =>
        {
            switch (slot)
            {
                case "title":
                    page.Write(Encode(model.Title));
                    break;
                case "style":
                    page.Write(Resource("report.css"));
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
                    WriteData(page, contents);
                    break;
                case "timeline":
                    page.Write(Resource("timeline.js"));
                    break;
                case "list":
                    page.Write(Resource("list.js"));
                    break;
                default:
                    throw new InvalidOperationException($"report.html names a part that nothing fills: {slot}");
            }
        });
    }

    /// <summary>Any text as HTML shows it: made printable, then encoded.</summary>
    internal static string Encode(string text) => Encoder.Encode(Printable.Text(text));

    // A part is filled where {{name}} stands; what is filled in is not looked at again.
    private static void Fill(StreamWriter page, string template, Action<string> writePart)
    {
        var rest = template.AsSpan();
        while (rest.IndexOf("{{", StringComparison.Ordinal) is var open and >= 0)
        {
            page.Write(rest[..open]);
            rest = rest[(open + 2)..];
            var close = rest.IndexOf("}}", StringComparison.Ordinal);
            writePart(rest[..close].ToString());
            rest = rest[(close + 2)..];
        }

        page.Write(rest);
    }

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream($"Sosia.Reports.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
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
            page.Write($"<li>{Encode(line)}</li>");
        }

        if (contents.Folder.Length > 1)
        {
            page.Write($"<li>Videos below <span class=\"path\">{Encode(contents.Folder)}</span></li>");
        }
    }

    private static void WriteData(StreamWriter page, ReportContents contents)
    {
        page.Flush();
        using var json = new Utf8JsonWriter(page.BaseStream, new JsonWriterOptions { Encoder = SafeJson.Encoder });
        ReportData.Write(json, contents);
    }
}
