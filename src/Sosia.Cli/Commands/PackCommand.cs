using System.CommandLine;
using System.Globalization;
using Sosia.Video;
using Sosia.Video.Packs;

namespace Sosia.Cli.Commands;

/// <summary>`sosia pack PATH... --out DIR`: decodes videos once, for training.</summary>
internal sealed class PackCommand
{
    private readonly Argument<string[]> paths = new("path") { Description = "folders and files of videos and photographs; folders are walked", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string> output = new("--out") { Description = "folder of the pack; one that is there is added to", HelpName = "DIR", Required = true };
    private readonly Option<double?> rate = new("--rate") { Description = Default("frames a second", Defaults.Rate), HelpName = "N" };
    private readonly Option<int?> side = new("--side") { Description = Default("pixels of the short side of a frame; photographs keep half as many again", Defaults.Side), HelpName = "N" };
    private readonly Option<string?> format = new("--format") { Description = "how frames are stored: jpeg, or raw (some ten times larger) [default: jpeg]", HelpName = "NAME" };
    private readonly Option<int?> quality = new("--quality") { Description = Default("quality of jpeg, 1 to 100", Defaults.Quality), HelpName = "N" };
    private readonly Option<int> scenes = new("--scenes") { Description = "pack this many rendered scenes, too", HelpName = "N" };
    private readonly Option<double> sceneSeconds = new("--scene-seconds") { Description = "length of a scene", HelpName = "N", DefaultValueFactory = _ => 10 };
    private readonly Option<string[]> exclude = new("--exclude") { Description = "leave out files and folders of this name or path; * and ? stand for any text and any character", HelpName = "PATTERN" };
    private readonly Option<bool> retry = new("--retry") { Description = "try files again that failed before and have not changed" };

    private static PackSettings Defaults { get; } = new();

    public static Command Create(GlobalOptions globals)
    {
        var options = new PackCommand();
        var command = new Command("pack", "Decode videos, photographs and rendered scenes once into a pack of frames, for training. Doing it again adds what is new or has changed.")
        {
            options.paths, options.output, options.rate, options.side, options.format, options.quality, options.scenes, options.sceneSeconds, options.exclude, options.retry,
        };
        options.format.AcceptOnlyFromAmong("jpeg", "raw");
        Help.Examples(command, "sosia pack ~/Videos --out ~/pack", "sosia pack clips photographs --out pack --side 144 --exclude '*.gif'", "sosia pack --scenes 500 --out scenes");
        command.SetAction(parsed => options.Run(parsed, globals));
        return command;
    }

    private int Run(ParseResult parsed, GlobalOptions globals)
    {
        var (given, folder) = (parsed.GetValue(paths) ?? [], parsed.GetRequiredValue(output));
        var settings = Settings(parsed, folder);
        var options = new PackingOptions(
            parsed.GetValue(exclude) ?? [], globals.Threads(parsed), parsed.GetValue(retry), parsed.GetValue(scenes), parsed.GetValue(sceneSeconds));
        RequireSomething(given, options);
        if (settings.Format == PackFormat.Jpeg)
        {
            TurboJpegSetup.Prepare();
        }

        using var interruption = new Interruption();
        using var pack = PackWriter.Open(folder, settings);
        var result = ProgressDisplay.Run("packing", progress => Packing.Run(pack, given, options, new PackingDisplay(progress), interruption.Token));
        Print(result, pack, globals.Json(parsed));
        return result.Failures.Count > 0 ? ExitCode.SomeFailed : ExitCode.Done;
    }

    // Of a pack that is there, what is not said stays as it is.
    private PackSettings Settings(ParseResult parsed, string folder)
    {
        var made = Pack.Is(folder) ? Pack.SettingsOf(folder) : Defaults;
        var settings = new PackSettings(
            parsed.GetValue(rate) ?? made.Rate,
            parsed.GetValue(side) ?? made.Side,
            parsed.GetValue(format) is { } name ? Enum.Parse<PackFormat>(name, ignoreCase: true) : made.Format,
            parsed.GetValue(quality) ?? made.Quality);
        return settings.Fault is { } fault ? throw new UsageException(fault) : settings;
    }

    private static void RequireSomething(string[] paths, PackingOptions options)
    {
        if (options is { Scenes: < 0 or > 1_000_000 } or { SceneSeconds: not (>= 0.5 and <= 3600) })
        {
            throw new UsageException("--scenes takes a number from 0 to 1000000, --scene-seconds one from 0.5 to 3600");
        }

        if (paths.Length == 0 && options.Scenes == 0)
        {
            throw new UsageException("nothing to pack: name folders or files, or ask for --scenes N");
        }

        if (paths.Length > 0 && !paths.Any(Path.Exists))
        {
            throw new UsageException($"no such file or folder: {string.Join(", ", paths)}");
        }
    }

    private static string Default(string text, double value) => string.Create(CultureInfo.InvariantCulture, $"{text} [default: {value}, or that of the pack]");

    private static void Print(PackingResult result, PackWriter pack, bool json)
    {
        if (json)
        {
            StandardOutput.Json(stream => Reports.JsonReport.Write(stream, pack.Folder, result, pack.Videos, pack.Bytes));
            return;
        }

        FileFaults.Print(result.Damaged, result.Failures, result.FailedBefore);
        Console.Out.WriteLine(string.Join(", ", Parts(result)));
        Console.Out.WriteLine($"pack {Printable.Text(pack.Folder)}: {pack.Videos} videos, {pack.Bytes / 1e6:0.0} MB");
    }

    private static IEnumerable<string> Parts(PackingResult result)
    {
        yield return $"{result.Added} added ({result.Frames} frames, {result.Seconds:0} s)";
        if (result.Unchanged > 0)
        {
            yield return $"{result.Unchanged} known";
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
