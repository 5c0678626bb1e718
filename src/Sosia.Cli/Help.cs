using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sosia.Cli;

/// <summary>Help texts: what a command does, and examples that work.</summary>
internal static class Help
{
    private static readonly Dictionary<Command, string[]> ExamplesOf = [];

    /// <summary>Shows these lines at the end of the command's own help.</summary>
    public static void Examples(Command command, params string[] lines) => ExamplesOf[command] = lines;

    /// <summary>The program is called sosia, whatever its file is called, and help ends with examples.</summary>
    public static void Arrange(RootCommand root)
    {
        root.HelpName = "sosia";
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new HelpThenExamples((SynchronousCommandLineAction)option.Action!);
    }

    private sealed class HelpThenExamples(SynchronousCommandLineAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = help.Invoke(parseResult);
            if (ExamplesOf.TryGetValue(parseResult.CommandResult.Command, out var lines))
            {
                var output = parseResult.InvocationConfiguration.Output;
                output.WriteLine("Examples:");
                output.WriteLine(string.Join(Environment.NewLine, lines.Select(l => $"  {l}")));
            }

            return code;
        }
    }
}
