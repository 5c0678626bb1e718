using System.CommandLine;
using Sosia.Reports;

namespace Sosia.Cli.Commands;

/// <summary>`sosia remove`: takes videos out of the library; files on the disk stay as they are.</summary>
internal static class RemoveCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var names = new Argument<string[]>("video") { Description = "ids, files, or folders whose files are to go", Arity = ArgumentArity.OneOrMore };
        var command = new Command("remove", "Take videos out of the library. No file is deleted; adding them again reads them again.") { names };
        Help.Examples(command, "sosia remove 12", "sosia remove ~/Videos/old.mp4 ~/Videos/trailers");
        command.SetAction(parsed =>
        {
            using var library = globals.OpenWrite(parsed);
            var removed = Removal.Remove(library, parsed.GetRequiredValue(names));
            if (globals.Json(parsed))
            {
                StandardOutput.Json(stream => JsonReport.Write(stream, removed));
                return ExitCode.Done;
            }

            Console.Out.WriteLine($"{removed.Videos} videos and {removed.Files} files taken out of the library; nothing was deleted from the disk");
            return ExitCode.Done;
        });
        return command;
    }
}
