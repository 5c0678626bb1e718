using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Sosia.Learning.Training;
using Sosia.Reports;
using Sosia.Video.Tests;
using Xunit;

namespace Sosia.Tests.Reports;

public sealed class RunsPageTests : IDisposable
{
    private static readonly string[] Whole = [RunFolders.Line("mae", 500, 2), RunFolders.Line("mae", 1000, 1), RunFolders.Line("similarity", 1100, 0.75)];

    private readonly RunFolders folders = new();

    public void Dispose() => folders.Dispose();

    [Fact]
    public void ThePageNeedsNothingFromOutside() => PageText.AssertNeedsNothing(Page(folders.Make("a", Whole, 0.9), folders.Make("b", Whole, seed: 2)));

    [Fact]
    public void EveryFigureOfEveryStageIsDrawn()
    {
        using var data = PageText.Data(Page(folders.Make("a", Whole)));
        var run = Assert.Single(Items(data.RootElement.GetProperty("runs")));
        Assert.Equal("a", run.GetProperty("name").GetString());
        var stages = Items(run.GetProperty("stages"));
        Assert.Equal(["mae", "similarity"], stages.Select(stage => stage.GetProperty("name").GetString()));
        (string Name, double?[] Values)[] expected =
        [
            ("step", [500, 1000]), ("seconds", [1000, 2000]), ("loss", [2, 1]), ("rate", [0.001, 0.001]), ("norm", [2.5, 2.5]), ("speed", [40, 40]), ("waiting", [0.03, 0.03]), ("memory", [900, 900]),
        ];
        Assert.All(expected, figure => Assert.Equal(figure.Values, Curve(stages[0], figure.Name)));
        Assert.Equal(["triplet", "flat"], stages[0].GetProperty("terms").EnumerateObject().Select(term => term.Name));
        Assert.Equal([2, 1], Curve(stages[0].GetProperty("terms"), "triplet"));
        Assert.Equal([200], Curve(stages[1], "seconds")); // of the stage, not of the run
    }

    [Fact]
    public void ManyLinesAreThinnedToTheirMeansAndTheLastStaysTheLast()
    {
        using var data = PageText.Data(Page(folders.Make("a", [.. Enumerable.Range(1, 1000).Select(step => RunFolders.Line("mae", step, step))])));
        var stage = data.RootElement.GetProperty("runs")[0].GetProperty("stages")[0];
        var (steps, losses) = (Curve(stage, "step"), Curve(stage, "loss"));
        Assert.Equal((RunCurves.Points, RunCurves.Points), (steps.Length, losses.Length));
        Assert.Equal((2, 1000), (steps[0], steps[^1]));
        Assert.Equal((1.5, 999.5), (losses[0], losses[^1]));
    }

    [Fact]
    public void WhatIsNoNumberIsAGapAndSaidInTheTable()
    {
        var page = Page(folders.Make("a", [RunFolders.Line("mae", 1, 2), RunFolders.Line("mae", 2, double.NaN, skipped: 3)]));
        using var data = PageText.Data(page);
        var stage = data.RootElement.GetProperty("runs")[0].GetProperty("stages")[0];
        Assert.Equal([2, null], Curve(stage, "loss"));
        Assert.Equal([2, null], Curve(stage.GetProperty("terms"), "triplet"));
        Assert.Contains("no number", Table(page, "Runs"), StringComparison.Ordinal);
        Assert.Contains("3 steps left out", Table(page, "Runs"), StringComparison.Ordinal);
    }

    [Fact]
    public void ATermThatOnlyLaterLinesHaveIsAGapBefore()
    {
        using var data = PageText.Data(Page(folders.Make("a", [RunFolders.Line("mae", 1, 2), RunFolders.Line("mae", 2, 1, term: "late")])));
        var terms = data.RootElement.GetProperty("runs")[0].GetProperty("stages")[0].GetProperty("terms");
        Assert.Equal([2, null], Curve(terms, "triplet"));
        Assert.Equal([null, 1], Curve(terms, "late"));
    }

    [Fact]
    public void ATornLineIsLeftOut()
    {
        var run = folders.Make("a", [RunFolders.Line("mae", 1, 2)]);
        File.AppendAllText(run.MetricsPath, RunFolders.Line("mae", 2, 1)[..60]);
        using var data = PageText.Data(Page(run));
        Assert.Equal([1], Curve(data.RootElement.GetProperty("runs")[0].GetProperty("stages")[0], "step"));
    }

    [Fact]
    public void TheTableOfRunsStandsWithoutAScript()
    {
        var table = Table(Page(folders.Make("first", Whole, 0.9), folders.Make("second", [RunFolders.Line("mae", 500, 2)]), folders.Make("third", [])), "Runs");
        string[] rows = [.. Regex.Matches(table, "<tr>.*?</tr>", RegexOptions.Singleline).Skip(1).Select(row => Text(row.Value))];
        Assert.Equal(3, rows.Length);
        Assert.Equal("first|2026-01-02 05:04|3d-csl|cpu|mae 1000/1000|similarity 1100/1000|0.7500|0.900|0.450|0.800|0.350|40|3.0%|done", rows[0]);
        Assert.Equal("second|2026-01-02 05:04|3d-csl|cpu|mae 500/1000|similarity –|2.0000|40|3.0%|not finished", rows[1]);
        Assert.Equal("third|2026-01-02 05:04|3d-csl|cpu|mae –|similarity –|nothing yet", rows[2]);
    }

    [Fact]
    public void OnlyWhatIsNotTheSameIsInTheTableOfDifferences()
    {
        var table = Table(Page(folders.Make("a", Whole), folders.Make("b", Whole, seed: 7, rate: 0.5, device: "cuda:0")), "Where the runs differ");
        string[] rows = [.. Regex.Matches(table, "<tr>.*?</tr>", RegexOptions.Singleline).Select(row => Text(row.Value.Replace("<wbr>", "", StringComparison.Ordinal)))];
        Assert.Equal(
            ["Value|a|b", "stages.mae.optimiser.rate|0.001|0.5", "stages.similarity.optimiser.rate|0.001|0.5", "seed|1|7", "run.device|cpu|cuda:0"],
            [rows[0], .. rows[1..].OrderBy(row => row.StartsWith("run.", StringComparison.Ordinal)).ThenBy(row => row.StartsWith("seed", StringComparison.Ordinal))]);
    }

    [Fact]
    public void RunsThatAreTheSameAndASingleRunHaveNoDifferences()
    {
        var (a, b) = (folders.Make("a", Whole), folders.Make("b", Whole));
        Assert.Contains("All runs have the same recipe", Page(a, b), StringComparison.Ordinal);
        Assert.DoesNotContain("All runs have the same recipe", Page(a), StringComparison.Ordinal);
        Assert.DoesNotContain("Where the runs differ", Page(a), StringComparison.Ordinal);
    }

    [Fact]
    public void NoRunsAreAPageThatSaysSo()
    {
        var page = Page();
        PageText.AssertNeedsNothing(page);
        Assert.Contains("There are no runs here yet", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<table", page, StringComparison.Ordinal);
        using var data = PageText.Data(page);
        Assert.Equal(0, data.RootElement.GetProperty("runs").GetArrayLength());
    }

    [Fact]
    public void RunsOfOneNameAreToldApartByTheirFolders()
    {
        using var data = PageText.Data(Page(folders.Make("monday/a", Whole), folders.Make("tuesday/a", Whole)));
        Assert.Equal(["monday/a", "tuesday/a"], Items(data.RootElement.GetProperty("runs")).Select(run => run.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("<script>alert(1)<|script>")]
    [InlineData("<|script><img src=x onerror=alert(1)>")]
    [InlineData("<b onclick='x'>\"&{{data}}")]
    [InlineData("<!--<script>")]
    [InlineData("\u001b[31m\u202egpj\n")]
    public void HostileNamesReachThePageAsTextOnly(string name)
    {
        var hostile = name.Replace('|', '/'); // folders have no slash in their names
        var page = Page(Everywhere(name, hostile));
        Assert.DoesNotContain(hostile, page, StringComparison.Ordinal);
        Assert.DoesNotContain(name, page, StringComparison.Ordinal);
        Assert.DoesNotContain(page, letter => char.IsControl(letter) && letter != '\n');
        Assert.DoesNotContain('\u202e', page);
        Assert.Equal(PageText.Structure(Page(Everywhere("harmless", "harmless"))), PageText.Structure(page));
    }

    [Fact]
    public void NoNameChangesTheStructureOfThePage()
    {
        var expected = PageText.Structure(Page(Everywhere("harmless", "harmless")));
        Prop.ForAll(Hostile.Text, name => Assert.Equal(expected, PageText.Structure(Page(Everywhere("x", name))))).QuickCheckThrowOnFailure();
    }

    private Run[] Everywhere(string folder, string name) =>
    [
        folders.Make(folder, [RunFolders.Line("mae", 1, 2, term: name), RunFolders.Line("another " + name, 1, 2)], 0.9, recipe: name + "a", device: name),
        folders.Make(folder + "2", [], recipe: name + "b"),
    ];

    private static string Page(params Run[] runs)
    {
        using var output = new MemoryStream();
        RunsPage.Write(output, runs);
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(output.ToArray());
    }

    private static string Table(string page, string caption) => Regex.Match(page, $"<table><caption>{caption}</caption>.*?</table>", RegexOptions.Singleline).Value;

    // Its texts in their order, without the marks between.
    private static string Text(string html) => string.Join('|', Regex.Split(html, "<[^>]*>").Select(text => text.Trim()).Where(text => text.Length > 0));

    private static JsonElement[] Items(JsonElement list) => [.. list.EnumerateArray()];

    private static double?[] Curve(JsonElement stage, string name) =>
        [.. stage.GetProperty(name).EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Null ? (double?)null : value.GetDouble())];
}
