using System.CommandLine;

namespace Sosia.Cli;

/// <summary>`--html FILE` and `--csv FILE`: the result also as a page, and as a table.</summary>
/// <param name="withTable">Whether there is a table.</param>
/// <param name="row">What a row of it is.</param>
internal sealed class ReportOptions(bool withTable = true, string row = "a segment")
{
    private readonly Option<string?> html = new("--html") { Description = "write a self-contained HTML page too", HelpName = "FILE" };
    private readonly Option<string?> csv = new("--csv") { Description = $"write a table too, one row {row}", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        command.Add(html);
        if (withTable)
        {
            command.Add(csv);
        }
    }

    /// <summary>Opens the files that were asked for: before the work.</summary>
    /// <exception cref="IOException">One cannot be written.</exception>
    public ReportFiles Open(ParseResult parsed)
    {
        var table = withTable && parsed.GetValue(csv) is { } csvPath ? ReportFile.Open(csvPath) : null;
        try
        {
            return new ReportFiles(table, parsed.GetValue(html) is { } htmlPath ? ReportFile.Open(htmlPath) : null);
        }
        catch
        {
            table?.Dispose();
            throw;
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
}
