using System.CommandLine;
using Sosia.Reports;
using Sosia.Video;

namespace Sosia.Cli.Commands;

/// <summary>`sosia find VIDEO`: the copies of one video or picture.</summary>
internal static class FindCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var path = new Argument<string?>("video") { Description = "a video or a picture; it need not be in the library", Arity = ArgumentArity.ZeroOrOne };
        var from = new Option<string?>("--from") { Description = "look only for what is shown from here on: seconds, or [h:]m:s", HelpName = "TIME" };
        var to = new Option<string?>("--to") { Description = "look only for what is shown before this", HelpName = "TIME" };
        var hashes = new Option<string?>("--hashes") { Description = "look for a vPDQ hash file instead of a video", HelpName = "FILE" };
        var variants = VariantsOption.Create();
        var output = new ReportOptions();
        var command = new Command("find", "Find the videos of the library that show what this video or picture shows, and which seconds of each.") { path, from, to, hashes, variants };
        Help.Examples(
            command, "sosia find clip.mp4", "sosia find clip.mp4 --from 1:30 --to 2:00 --html copies.html", "sosia find clip.mp4 --variants mirrored,turned,quarters", "sosia find poster.jpg --json",
            "sosia find --hashes list.txt");
        output.AddTo(command);
        command.SetAction(parsed =>
        {
            using var library = globals.OpenRead(parsed);
            using var files = output.Open(parsed);
            var embedder = Embedders.Of(library);
            using var finder = new Finder(library, embedder, globals.Threads(parsed)) { Variants = VariantChoice.Parse(parsed.GetRequiredValue(variants)).For(embedder) };
            using var interruption = new Interruption();
            var part = new FindPart(Seconds.Parse(parsed.GetValue(from), "--from") ?? 0, Seconds.Parse(parsed.GetValue(to), "--to"));
            if (part.To <= part.From)
            {
                throw new UsageException("--to is not after --from");
            }

            var query = (parsed.GetValue(path), parsed.GetValue(hashes)) switch
            {
                ({ } video, null) => finder.Read(video, part, interruption.Token),
                (null, { } file) => finder.ReadHashes(file, part),
                _ => throw new UsageException("name one video or picture, or one hash file with --hashes"),
            };
            if (query.Damage is { } damage)
            {
                Console.Error.WriteLine($"damaged: {Printable.Text(query.Path)}: {Printable.Text(damage)}");
            }

            var result = finder.Find(query, interruption.Token);
            ReportOptions.Print(globals.Json(parsed), stream => JsonReport.Write(stream, result), () => TextReport.Matches(result));
            files.Write(table => CsvReport.Write(table, result), stream => ReportPages.Write(stream, ReportModel.Of(result), finder, query, library, interruption.Token));
            return ExitCode.Done;
        });
        return command;
    }
}
