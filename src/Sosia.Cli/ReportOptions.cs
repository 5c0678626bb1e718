using System.CommandLine;
using System.Text;

using Sosia.Video;

namespace Sosia.Cli;

/// <summary>`--html FILE` and `--csv FILE`: the result also as a page, and as a table.</summary>
internal sealed class ReportOptions(bool withTable = true)
{
    private readonly Option<string?> html = new("--html") { Description = "write a self-contained HTML page too", HelpName = "FILE" };
    private readonly Option<string?> csv = new("--csv") { Description = "write a table too, one row a segment", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        command.Add(html);
        if (withTable)
        {
            command.Add(csv);
        }
    }

    public void Write(ParseResult parsed, Action<TextWriter> table, Action<Stream> page)
    {
        if (withTable && parsed.GetValue(csv) is { } csvPath)
        {
            WriteWhole(csvPath, stream =>
            {
                using var writer = new StreamWriter(stream, new UTF8Encoding(false));
                table(writer);
            });
        }

        if (parsed.GetValue(html) is { } htmlPath)
        {
            WriteWhole(htmlPath, page);
        }
    }

    /// <summary>The result on standard output, for scripts or for people.</summary>
    public static void Print(bool json, Action<Stream> asJson, Func<string> asText)
    {
        if (json)
        {
            StandardOutput.Json(asJson);
            return;
        }

        Console.Out.Write(asText());
    }

    // A file that is half written never stands under its name.
    private static void WriteWhole(string path, Action<Stream> write)
    {
        var part = path + ".part";
        try
        {
            using (var stream = File.Create(part))
            {
                write(stream);
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }

        Console.Error.WriteLine($"wrote {Printable.Text(path)}");
    }
}
