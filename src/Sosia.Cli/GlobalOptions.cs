using System.CommandLine;
using System.Globalization;
using Sosia.Library;

namespace Sosia.Cli;

/// <summary>The options of every command, before or after its name.</summary>
internal sealed class GlobalOptions
{
    private const string DefaultFolder = ".sosia";

    private readonly Option<string?> library = new("--library") { Description = "folder of the library [default: .sosia here or in a folder above]", HelpName = "DIR", Recursive = true };
    private readonly Option<bool> json = new("--json") { Description = "print the result as JSON", Recursive = true };
    private readonly Option<int> threads = new("--threads") { Description = "threads to use", HelpName = "N", Recursive = true };
    private readonly Option<bool> verbose = new("--verbose") { Description = "say more, also about errors", Recursive = true };

    public void AddTo(RootCommand root)
    {
        threads.DefaultValueFactory = _ => Environment.ProcessorCount;
        threads.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) || n is < 1 or > 1024))
            {
                result.AddError("--threads takes a number from 1 to 1024");
            }
        });
        root.Add(library);
        root.Add(json);
        root.Add(threads);
        root.Add(verbose);
    }

    public bool Json(ParseResult parsed) => parsed.GetValue(json);

    public bool Verbose(ParseResult parsed) => parsed.GetValue(verbose);

    public int Threads(ParseResult parsed) => parsed.GetValue(threads);

    /// <summary>Where several processes share the machine and nothing is asked for: this one's part.</summary>
    public int Threads(ParseResult parsed, int processes) =>
        parsed.GetResult(threads) is { Implicit: false } ? Threads(parsed) : Math.Max(1, Threads(parsed) / processes);

    /// <summary>The library to read: asked for, or the nearest one above.</summary>
    public VideoLibrary OpenRead(ParseResult parsed) => VideoLibrary.OpenRead(Existing(parsed));

    /// <summary>The library to change.</summary>
    public VideoLibrary OpenWrite(ParseResult parsed) => VideoLibrary.OpenWrite(Existing(parsed));

    /// <summary>The library to add to: made with <paramref name="embedder"/> where there is none yet.</summary>
    public VideoLibrary OpenOrCreate(ParseResult parsed, IEmbedder embedder)
    {
        var folder = parsed.GetValue(library) ?? Nearest() ?? Path.GetFullPath(DefaultFolder);
        if (VideoLibrary.Exists(folder))
        {
            return VideoLibrary.OpenWrite(folder);
        }

        embedder.Prepare(); // what is missing is said before a library is made that nothing can be added to
        return VideoLibrary.Create(folder, embedder.Identity);
    }

    /// <summary>The folder of the library that exists, or an error that says how to make one.</summary>
    public string Existing(ParseResult parsed)
    {
        if (parsed.GetValue(library) is { } asked)
        {
            return asked;
        }

        return Nearest() ?? throw new UsageException("there is no library here: make one with `sosia add FOLDER`, or name one with --library DIR");
    }

    private static string? Nearest()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, DefaultFolder);
            if (VideoLibrary.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
