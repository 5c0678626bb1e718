using System.CommandLine;

using Sosia.Video;

namespace Sosia.Cli.Commands;

/// <summary>`sosia export --hashes DIR`: the hashes of the library as vPDQ files, for others.</summary>
internal static class ExportCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var videos = new Argument<string[]>("video") { Description = "ids or files [default: all]", Arity = ArgumentArity.ZeroOrMore };
        var hashes = new Option<string?>("--hashes") { Description = "write a vPDQ hash file for each video into this folder", HelpName = "DIR" };
        var command = new Command("export", "Write what the library knows for others: hash files of vPDQ, one a video, `frame,quality,hash,seconds` a line.") { videos, hashes };
        Help.Examples(command, "sosia export --hashes hashes", "sosia export --hashes hashes 12 ~/Videos/clip.mp4");
        command.SetAction(parsed =>
        {
            var folder = parsed.GetValue(hashes) ?? throw new UsageException("say what to export: --hashes DIR");
            using var library = globals.OpenRead(parsed);
            using var interruption = new Interruption();
            var written = HashExport.Write(library, folder, parsed.GetValue(videos) ?? [], interruption.Token);
            if (globals.Json(parsed))
            {
                StandardOutput.Json(stream => Reports.JsonReport.Write(stream, written));
                return ExitCode.Done;
            }

            Console.Out.WriteLine($"{written.Count} hash files written to {Printable.Text(Path.GetFullPath(folder))}");
            return ExitCode.Done;
        });
        return command;
    }
}
