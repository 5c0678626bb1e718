using System.CommandLine;
using Sosia.Library;

using Sosia.Video;

namespace Sosia.Cli.Commands;

/// <summary>`sosia add PATH...`: brings videos into the library.</summary>
internal static class AddCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var paths = new Argument<string[]>("path") { Description = "folders and files; folders are walked", Arity = ArgumentArity.OneOrMore };
        var exclude = new Option<string[]>("--exclude") { Description = "leave out files and folders of this name or path; * and ? stand for any text and any character", HelpName = "PATTERN" };
        var model = new Option<string?>("--model") { Description = $"what a new library is made with: see `sosia models`, or the folder of a training [default: {Embedders.Default.Model}]", HelpName = "NAME" };
        var retry = new Option<bool>("--retry") { Description = "try files again that failed before and have not changed" };
        var command = new Command("add", "Add folders and files to the library, which is made where there is none. Doing it again costs a look at each file.") { paths, exclude, model, retry };
        Help.Examples(command, "sosia add ~/Videos", "sosia add ~/Videos --exclude trailers --exclude '*.part.mp4'", "sosia --library /archive/.sosia add /archive/incoming clip.mp4");
        command.SetAction(parsed =>
        {
            RequireSomething(parsed.GetRequiredValue(paths));
            var embedder = Embedders.Named(parsed.GetValue(model) ?? Embedders.Default.Model);
            using var library = globals.OpenOrCreate(parsed, embedder);
            var made = parsed.GetValue(model) is null ? Embedders.Of(library) : embedder;
            var options = new IngestOptions(parsed.GetValue(exclude) ?? [], globals.Threads(parsed), parsed.GetValue(retry));
            using var interruption = new Interruption();
            var result = ProgressDisplay.Run("reading", progress =>
                Ingest.Add(library, made, parsed.GetRequiredValue(paths), options, progress, interruption.Token));
            Print(result, library, globals.Json(parsed));
            return result.Failures.Count > 0 ? ExitCode.SomeFailed : ExitCode.Done;
        });
        return command;
    }

    // A misspelt name must not leave an empty library behind.
    private static void RequireSomething(string[] paths)
    {
        if (!paths.Any(Path.Exists))
        {
            throw new UsageException($"no such file or folder: {string.Join(", ", paths)}");
        }
    }

    private static void Print(IngestResult result, VideoLibrary library, bool json)
    {
        if (json)
        {
            StandardOutput.Json(stream => Reports.JsonReport.Write(stream, result));
            return;
        }

        FileFaults.Print(result.Damaged, result.Failures, result.FailedBefore);
        Console.Out.WriteLine(string.Join(", ", Parts(result)));
        Console.Out.WriteLine($"library {Printable.Text(library.Folder)}: {library.Status().Videos} videos, {Printable.Text(library.Embedder.Name)}");
    }

    private static IEnumerable<string> Parts(IngestResult result)
    {
        yield return $"{result.Added} added ({result.Seconds:0} s of video)";
        if (result.Unchanged > 0)
        {
            yield return $"{result.Unchanged} known";
        }

        if (result.SameContent > 0)
        {
            yield return $"{result.SameContent} byte for byte the same as another";
        }

        if (result.Moved > 0)
        {
            yield return $"{result.Moved} moved";
        }

        if (result.Missing > 0)
        {
            yield return $"{result.Missing} gone from disk";
        }

        if (result.Damaged.Count > 0)
        {
            yield return $"{result.Damaged.Count} damaged";
        }

        if (result.Failures.Count > 0)
        {
            yield return $"{result.Failures.Count} failed";
        }
    }
}
