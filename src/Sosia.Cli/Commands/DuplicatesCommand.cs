using System.CommandLine;
using Sosia.Reports;

namespace Sosia.Cli.Commands;

/// <summary>`sosia duplicates`: all copies within the library.</summary>
internal static class DuplicatesCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var output = new ReportOptions();
        var command = new Command("duplicates", "Find all videos of the library that copy one another, in groups round a representative.");
        Help.Examples(command, "sosia duplicates", "sosia duplicates --html report.html", "sosia duplicates --json > duplicates.json");
        output.AddTo(command);
        command.SetAction(parsed =>
        {
            using var library = globals.OpenRead(parsed);
            using var files = output.Open(parsed);
            using var finder = new Finder(library, Embedders.Of(library), globals.Threads(parsed));
            using var interruption = new Interruption();
            var result = ProgressDisplay.Run("comparing", progress => finder.Duplicates(progress, interruption.Token));
            ReportOptions.Print(globals.Json(parsed), stream => JsonReport.Write(stream, result), () => TextReport.Duplicates(result));
            files.Write(table => CsvReport.Write(table, result), stream => ReportPages.Write(stream, ReportModel.Of(result), finder, null, library, interruption.Token));
            return ExitCode.Done;
        });
        return command;
    }
}
