using System.CommandLine;
using System.Text.RegularExpressions;
using Sosia.Cli;
using Xunit;

namespace Sosia.Tests.Commands;

/// <summary>Every command's help ends with examples, and they are what the program takes.</summary>
public sealed partial class HelpTests
{
    private static readonly RootCommand Root = Program.Root();

    /// <summary>Of every command that does something: <c>add</c>, <c>benchmark make</c>.</summary>
    public static TheoryData<string> Names => [.. Leaves(Root).Select(Name)];

    [Fact]
    public void TheCommandsAreThoseOfTheReadme() => Assert.Equal(
        ["add", "benchmark", "demo", "doctor", "duplicates", "evaluate", "explain", "export", "find", "import", "list", "methods", "models", "pack", "remove", "runs", "status", "train"],
        Root.Subcommands.Select(c => c.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryCommandShowsExamplesThatParse(string name)
    {
        var examples = Help(name).Split("Examples:")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.NotEmpty(examples);
        foreach (var example in examples)
        {
            var words = Words(example);
            Assert.Equal("sosia", words[0]);
            var parsed = Parse(words[1..]);
            Assert.Empty(CommandLine.Errors(parsed, words[1..]).Select(e => $"{example}: {e}"));
            Assert.Equal(name, Name(parsed.CommandResult.Command));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryCommandSaysWhatItAndItsOptionsDo(string name)
    {
        var command = Leaves(Root).Single(c => Name(c) == name);
        Assert.False(string.IsNullOrWhiteSpace(command.Description));
        Assert.All(command.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description), option.Name));
        Assert.All(command.Arguments, argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description), argument.Name));
        Assert.Contains($"sosia {name}", Help(name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void OptionsOfAllCommandsStandBeforeAndAfterTheName(string name)
    {
        string[] options = ["--library", "dir", "--json", "--threads", "3", "--verbose"];
        var words = name.Split(' ');
        var command = Leaves(Root).Single(c => Name(c) == name);
        string[] names =
            [.. Enumerable.Repeat("x", command.Arguments.Sum(a => a.Arity.MinimumNumberOfValues)), .. command.Options.Where(o => o.Required).SelectMany(o => new[] { o.Name, "x" })];
        foreach (var parsed in new[] { Parse([.. options, .. words, .. names]), Parse([.. words, .. names, .. options]), Parse([.. words, .. options, .. names]) })
        {
            Assert.Empty(parsed.Errors.Select(e => e.Message));
            Assert.Equal(("dir", true, 3, true), (
                parsed.GetValue<string>("--library"), parsed.GetValue<bool>("--json"), parsed.GetValue<int>("--threads"), parsed.GetValue<bool>("--verbose")));
        }
    }

    [Fact]
    public void AGroupShowsExamplesOfItsCommands()
    {
        foreach (var group in Root.Subcommands.Where(c => c.Action is null))
        {
            var help = Help(group.Name);
            Assert.All(group.Subcommands, c => Assert.Contains($"sosia {group.Name} {c.Name}", help.Split("Examples:")[1]));
        }
    }

    private static IEnumerable<Command> Leaves(Command command) =>
        command.Action is null ? command.Subcommands.SelectMany(Leaves) : [command];

    private static string Name(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault(c => c is not RootCommand) is { } group ? $"{Name(group)} {command.Name}" : command.Name;

    // The words of a line as a shell takes them; what follows a redirection is the shell's.
    private static string[] Words(string line) =>
        [.. Word().Matches(line).Select(m => m.Value.Trim('\'')).TakeWhile(word => word != ">")];

    private static ParseResult Parse(string[] arguments) => Root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

    private static string Help(string name)
    {
        using var text = new StringWriter();
        Assert.Equal(0, Parse([.. name.Split(' '), "--help"]).Invoke(new InvocationConfiguration { Output = text }));
        return text.ToString();
    }

    [GeneratedRegex(@"'[^']*'|\S+")]
    private static partial Regex Word();
}
