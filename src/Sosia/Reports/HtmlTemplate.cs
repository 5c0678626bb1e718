using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Sosia.Video;

namespace Sosia.Reports;

/// <summary>What the pages have in common: templates in the assembly, and the two ways by which text reaches a page, encoded and as JSON for its script.</summary>
internal static class HtmlTemplate
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>UTF-8 without a mark; the stream stays open.</summary>
    internal static StreamWriter Writer(Stream output) => new(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16, leaveOpen: true);

    /// <summary>Any text as HTML shows it: made printable, then encoded.</summary>
    internal static string Encode(string text) => Encoder.Encode(Printable.Text(text));

    /// <summary>Writes a template; a part is filled where {{name}} stands, and what is filled in is not looked at again.</summary>
    internal static void Fill(StreamWriter page, string template, Action<string> writePart)
    {
        var rest = Resource(template).AsSpan();
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

    /// <summary>A file of the folder Html.</summary>
    internal static string Resource(string name)
    {
        using var stream = typeof(HtmlTemplate).Assembly.GetManifestResourceStream($"Sosia.Reports.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>JSON that nothing inside a script block can break out of.</summary>
    internal static void WriteJson(StreamWriter page, Action<Utf8JsonWriter> write)
    {
        page.Flush();
        using var json = new Utf8JsonWriter(page.BaseStream, new JsonWriterOptions { Encoder = SafeJson.Encoder });
        write(json);
    }

    internal static InvalidOperationException Unfilled(string slot) => new($"the template names a part that nothing fills: {slot}");
}
