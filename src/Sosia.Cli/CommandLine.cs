using System.CommandLine;
using Sosia.Library;
using Sosia.Video;


namespace Sosia.Cli;

/// <summary>Parses, runs, and turns every error into one line and an exit code.</summary>
internal static class CommandLine
{
    public static int Run(RootCommand root, string[] args)
    {
        // A name that begins with @ is a file, not a list of arguments.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            var code = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
            return parsed.Errors.Count > 0 ? ExitCode.Usage : code;
        }
        catch (Exception error)
        {
            return Explain(error, parsed.GetValue<bool>("--verbose"));
        }
    }

    private static int Explain(Exception error, bool verbose)
    {
        var (code, message) = Verdict(error is AggregateException { InnerExceptions: [var only] } ? only : error);
        Console.Error.WriteLine($"sosia: {message}");
        if (verbose)
        {
            Console.Error.WriteLine(error);
        }

        return code;
    }

    private static (int Code, string Message) Verdict(Exception error) => error switch
    {
        OperationCanceledException => (ExitCode.Interrupted, "stopped; what was finished is kept, and the same command goes on from there"),
        UsageException => (ExitCode.Usage, error.Message),
        LibraryException { Fault: LibraryFault.NotALibrary or LibraryFault.WrongEmbedder or LibraryFault.AlreadyExists } => (ExitCode.Usage, error.Message),
        LibraryException => (ExitCode.Environment, error.Message),
        VideoException { Fault: VideoFault.ToolMissing } => (ExitCode.Environment, error.Message),
        VideoException or InvalidDataException => (ExitCode.SomeFailed, error.Message),
        IOException or UnauthorizedAccessException => (ExitCode.Environment, Printable.Text(error.Message)),
        _ => (ExitCode.Environment, $"internal error: {Printable.Text(error.Message)} (run again with --verbose and report it)"),
    };
}
