using System.CommandLine;
using Sosia.Reports;

namespace Sosia.Cli.Commands;

/// <summary>`sosia explain A B`: why two videos match, or why not.</summary>
internal static class ExplainCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var a = new Argument<string>("a") { Description = "a video: a path, or the id of a video in the library" };
        var b = new Argument<string>("b") { Description = "another" };
        var output = new ReportOptions(withTable: false);
        var command = new Command("explain", "Say why two videos are copies, or why not: every check with its number.") { a, b };
        Help.Examples(command, "sosia explain a.mp4 b.mp4", "sosia explain 12 17 --html why.html");
        output.AddTo(command);
        command.SetAction(parsed =>
        {
            using var library = globals.OpenRead(parsed);
            using var files = output.Open(parsed);
            using var finder = new Finder(library, Embedders.Of(library), globals.Threads(parsed));
            using var interruption = new Interruption();
            var result = finder.Explain(parsed.GetRequiredValue(a), parsed.GetRequiredValue(b), interruption.Token);
            ReportOptions.Print(globals.Json(parsed), stream => JsonReport.Write(stream, result), () => TextReport.Explanation(result));
            files.Write(_ => { }, stream => ReportPages.Write(stream, ReportModel.Of(result), finder, null, library, interruption.Token));
            return ExitCode.Done;
        });
        return command;
    }
}
