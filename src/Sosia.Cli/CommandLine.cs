using System.CommandLine;
using System.CommandLine.Parsing;
using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Learning.Training;
using Sosia.Library;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;
using Sosia.Video;
using Sosia.Video.Packs;

namespace Sosia.Cli;

/// <summary>Parses, runs, and turns every error into one line and an exit code.</summary>
internal static class CommandLine
{
    public static int Run(RootCommand root, string[] args)
    {
        // A name that begins with @ is a file, not a list of arguments.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (WrongUsage(parsed, args) is { } wrong)
        {
            return wrong;
        }

        try
        {
            var code = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
            return parsed.Errors.Count > 0 ? ExitCode.Usage : code; // nothing was asked: that shows the help
        }
        catch (Exception error)
        {
            return Explain(error, parsed.GetValue<bool>("--verbose"));
        }
    }

    /// <summary>What is wrong with a line; empty when it can be run.</summary>
    /// <param name="parsed">The line.</param>
    /// <param name="args">Its words.</param>
    internal static IReadOnlyList<string> Errors(ParseResult parsed, string[] args)
    {
        if (args.Contains(""))
        {
            return ["a name or value is empty"];
        }

        // The parser takes a misspelt option for a file where the command takes files.
        var files = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value).ToHashSet(StringComparer.Ordinal);
        var misspelt = args.TakeWhile(a => a != "--").Where(a => a.StartsWith('-') && files.Contains(a));
        return [.. parsed.Errors.Select(e => e.Message), .. misspelt.Select(a => $"there is no option {a} (a file of that name comes after --)")];
    }

    // Said here, because what was typed may hold anything: names that a shell put in for a star, for one.
    private static int? WrongUsage(ParseResult parsed, string[] args)
    {
        var errors = Errors(parsed, args);
        if (args.Length == 0 || errors.Count == 0)
        {
            return null;
        }

        foreach (var error in errors)
        {
            Console.Error.WriteLine($"sosia: {Printable.Text(error)}");
        }

        var command = parsed.CommandResult.Command is RootCommand ? "" : $" {parsed.CommandResult.Command.Name}";
        Console.Error.WriteLine($"`sosia{command} --help` shows how it is used");
        return ExitCode.Usage;
    }

    private static int Explain(Exception error, bool verbose)
    {
        var (code, message) = Verdict(Cause(error));
        Console.Error.WriteLine($"sosia: {Printable.Text(message)}");
        if (verbose)
        {
            Trace(error);
        }

        return code;
    }

    // As an exception tells itself, but messages may hold names of files.
    private static void Trace(Exception error)
    {
        Console.Error.WriteLine($"{error.GetType().FullName}: {Printable.Text(error.Message)}");
        Console.Error.WriteLine(error.StackTrace);
        foreach (var inner in error is AggregateException all ? all.InnerExceptions : [.. new[] { error.InnerException }.OfType<Exception>()])
        {
            Trace(inner);
        }
    }

    // Of what several threads threw: the first fault; a thread that was only stopped tells nothing where another one failed.
    private static Exception Cause(Exception error)
    {
        if (error is not AggregateException all)
        {
            return error;
        }

        var causes = all.Flatten().InnerExceptions;
        return causes.FirstOrDefault(e => e is not OperationCanceledException) ?? causes.FirstOrDefault(error);
    }

    private static (int Code, string Message) Verdict(Exception error) => error switch
    {
        OperationCanceledException => (ExitCode.Interrupted, "stopped; what was finished is kept, and the same command goes on from there"),
        UsageException or RecipeException or AnnotationException => (ExitCode.Usage, error.Message),
        LibraryException { Fault: LibraryFault.NotALibrary or LibraryFault.WrongEmbedder or LibraryFault.AlreadyExists } => (ExitCode.Usage, error.Message),
        LibraryException => (ExitCode.Environment, error.Message),
        EnvironmentException => (ExitCode.Environment, error.Message),
        TorchOutOfMemoryException => (ExitCode.Environment, $"not enough memory for the network: {error.Message}"),
        PackException { Fault: PackFault.NotAPack or PackFault.OtherSettings } => (ExitCode.Usage, error.Message),
        PackException => (ExitCode.Environment, error.Message),
        VideoException { Fault: VideoFault.ToolMissing } => (ExitCode.Environment, error.Message),
        VideoException or InvalidDataException or CheckpointException or TrainingException => (ExitCode.SomeFailed, error.Message),
        TorchException => (ExitCode.Environment, error.Message),
        IOException or UnauthorizedAccessException => (ExitCode.Environment, error.Message),
        _ => (ExitCode.Environment, $"internal error: {error.Message} (run again with --verbose and report it)"),
    };
}
