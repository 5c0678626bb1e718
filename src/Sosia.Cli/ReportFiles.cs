using System.Text;

namespace Sosia.Cli;

/// <summary>The table and the page that were asked for, open.</summary>
internal sealed class ReportFiles(ReportFile? table, ReportFile? page) : IDisposable
{
    /// <summary>Writes them; one that was not asked for is not made.</summary>
    public void Write(Action<TextWriter> writeTable, Action<Stream> writePage)
    {
        table?.Write(stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
            writeTable(writer);
        });
        page?.Write(writePage);
    }

    public void Dispose()
    {
        table?.Dispose();
        page?.Dispose();
    }
}
