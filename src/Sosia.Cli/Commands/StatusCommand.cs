using System.CommandLine;
using Sosia.Reports;
using Sosia.Video;

namespace Sosia.Cli.Commands;

/// <summary>`sosia status`: what the library holds, and what it could not take.</summary>
internal static class StatusCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var command = new Command("status", "Say what the library holds, how large it is, and which files failed.");
        Help.Examples(command, "sosia status", "sosia status --json");
        command.SetAction(parsed =>
        {
            using var library = globals.OpenRead(parsed);
            var status = LibraryListings.Status(library);
            if (globals.Json(parsed))
            {
                StandardOutput.Json(stream => JsonReport.Write(stream, status));
                return ExitCode.Done;
            }

            Console.Out.WriteLine($"library   {Printable.Text(status.Folder)}");
            Console.Out.WriteLine($"model     {Printable.Text(status.Embedder)}");
            Console.Out.WriteLine($"videos    {status.Videos}, {TextReport.Time(status.Seconds)} in all");
            Console.Out.WriteLine($"files     {status.Files}{(status.Missing > 0 ? $", {status.Missing} gone from disk" : "")}");
            Console.Out.WriteLine($"size      {status.Bytes / 1e6:0.0} MB");
            Console.Out.WriteLine($"failed    {status.Failures.Count}");
            foreach (var failure in status.Failures)
            {
                Console.Out.WriteLine($"  {Printable.Text(failure.Path)}: {Printable.Text(failure.Reason)}");
            }

            return ExitCode.Done;
        });
        return command;
    }
}
