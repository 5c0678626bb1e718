using System.CommandLine;
using Sosia.Learning.Methods;
using Sosia.Learning.Training;
using Sosia.Reports;
using Sosia.Video;

namespace Sosia.Cli.Commands;

/// <summary>`sosia methods`: what an encoder can be trained by, and where every value of a recipe is from.</summary>
internal static class MethodsCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var command = new Command("methods", "List the methods that encoders are trained by (`sosia train METHOD`).") { Show(globals) };
        Help.Examples(command, "sosia methods", "sosia methods --json");
        command.SetAction(parsed =>
        {
            if (globals.Json(parsed))
            {
                StandardOutput.Json(stream => JsonReport.Write(stream, MethodCatalogue.All));
                return ExitCode.Done;
            }

            foreach (var card in MethodCatalogue.All)
            {
                Console.Out.WriteLine($"{card.Id,-17}  {StateOf(card),-7}  {card.Purpose}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show(GlobalOptions globals)
    {
        var method = new Argument<string>("method") { Description = "its name in the list" };
        var size = new Option<string?>("--size") { Description = "tiny, small or base [default: that of the paper]", HelpName = "SIZE" };
        var command = new Command("show", "Show a method: its paper, what of it is ours, and its recipe with the source of every value.") { method, size };
        Help.Examples(command, "sosia methods show 3d-csl", "sosia methods show 3d-csl --size tiny --json");
        command.SetAction(parsed =>
        {
            var name = parsed.GetValue(method)!;
            var card = MethodCatalogue.Find(name) ?? throw new UsageException($"there is no method {Printable.Text(name)}: `sosia methods` lists them");
            var recipe = card.State == MethodState.Whole ? RecipeFile.Named(card.Id, parsed.GetValue(size)) : null;
            if (globals.Json(parsed))
            {
                StandardOutput.Json(stream => JsonReport.Write(stream, card, recipe));
            }
            else
            {
                Print(card, recipe);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(MethodCard card, Recipe? recipe)
    {
        Console.Out.WriteLine(card.Title);
        Console.Out.WriteLine($"{card.Authors}. {card.Venue}, arXiv {card.Arxiv}");
        Console.Out.WriteLine($"\n{card.Purpose}\nState: {StateOf(card)}.");
        if (card.Reconstruction is { } ours)
        {
            Console.Out.WriteLine($"\n{ours}");
        }

        if (recipe is not null)
        {
            Console.Out.WriteLine($"\nRecipe {recipe.Name}: value and source");
            Print(RecipeFile.Values(recipe));
        }
    }

    private static void Print(IReadOnlyList<RecipeValue> values)
    {
        var path = values.Max(value => value.Path.Length);
        var width = values.Select(value => value.Value.Length).Where(length => length <= 16).Max();
        foreach (var value in values)
        {
            Console.Out.WriteLine($"{value.Path.PadRight(path)}  {value.Value.PadRight(width)}  {value.Source}".TrimEnd());
        }
    }

    private static string StateOf(MethodCard card) => card.State == MethodState.Whole ? "whole" : "planned";
}
