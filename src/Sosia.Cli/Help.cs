using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sosia.Cli;

/// <summary>Help texts: what a command does, and examples that work.</summary>
internal static class Help
{
    private static readonly Dictionary<Command, string[]> ExamplesOf = [];
    private static readonly Dictionary<Command, (string Heading, string[] Lines)> SectionOf = [];

    /// <summary>Shows these lines at the end of the command's own help.</summary>
    public static void Examples(Command command, params string[] lines) => ExamplesOf[command] = lines;

    /// <summary>Shows these lines under a heading, before the examples.</summary>
    public static void Section(Command command, string heading, IEnumerable<(string Name, string Text)> lines) =>
        SectionOf[command] = (heading, [.. lines.Select(line => $"{line.Name}: {line.Text}")]);

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
            var (command, output) = (parseResult.CommandResult.Command, parseResult.InvocationConfiguration.Output);
            if (SectionOf.TryGetValue(command, out var section))
            {
                Write(output, section.Heading, section.Lines);
                output.WriteLine();
            }

            if (ExamplesOf.TryGetValue(command, out var lines))
            {
                Write(output, "Examples:", lines);
            }

            return code;
        }

        private static void Write(TextWriter output, string heading, string[] lines)
        {
            output.WriteLine(heading);
            output.WriteLine(string.Join(Environment.NewLine, lines.Select(l => $"  {l}")));
        }
    }
}
