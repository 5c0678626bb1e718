using Xunit;

namespace Sosia.Tests.House;

/// <summary>./test counts what ran, and never ends well when something did not.</summary>
public sealed class TestCommandTests : IDisposable
{
    private const string Good = """total="3" executed="3" passed="3" failed="0" error="0" timeout="0" aborted="0" """;
    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Theory]
    [InlineData(Good, Good, "6 passed, 0 failed", 0)]
    [InlineData(Good, """total="4" executed="3" passed="1" failed="2" error="0" timeout="0" aborted="0" """, "4 passed, 2 failed, 1 skipped", 1)]
    [InlineData(Good, """total="2" executed="1" passed="1" failed="0" error="0" timeout="0" aborted="0" """, "4 passed, 0 failed, 1 skipped", 0)]
    [InlineData(Good, """total="2" executed="2" passed="0" failed="0" error="1" timeout="1" aborted="0" """, "3 passed, 2 failed", 1)]
    [InlineData(Good, "134", "3 passed, 1 failed", 1)] // it crashed and wrote no results
    [InlineData(Good, "0", "3 passed, 1 failed", 1)] // it ended well and wrote no results
    [InlineData(Good, """total="0" executed="0" passed="0" failed="0" error="0" timeout="0" aborted="0" """, "3 passed, 1 failed", 1)]
    public void TheLastLineCounts(string one, string two, string line, int code)
    {
        var answer = Run([], ("One", one), ("Two", two));
        Assert.Equal((line, code), (LastLine(answer), answer.Code));
    }

    [Theory]
    [InlineData("BUILD", "0 passed, 1 failed")]
    [InlineData("FORMAT", "6 passed, 1 failed")]
    public void WhatFailsBesideATestCounts(string step, string line)
    {
        var answer = Run([], ("OTHERS", Good), (step, "1"));
        Assert.Equal((line, 1), (LastLine(answer), answer.Code));
    }

    [Fact]
    public void NothingRunIsAFailure()
    {
        var answer = Run(["--filter", "Nowhere"], ("OTHERS", """total="0" passed="0" failed="0" """));
        Assert.Equal(("0 passed, 0 failed", 1), (LastLine(answer), answer.Code));
        Assert.Contains("no test was run", answer.Out);
    }

    [Theory]
    [InlineData("--filter Category!=Odd&Category!=Long --nologo")]
    [InlineData("--filter Category!=Odd --nologo", "--long")]
    [InlineData("--filter (Name~X|Name~Y)&(Category!=Odd&Category!=Long) --nologo", "--filter", "Name~X|Name~Y")]
    [InlineData("--filter Category=Odd --nologo", "--odd", "/")]
    public void TheOptionsChooseTheTests(string filter, params string[] arguments)
    {
        Run(arguments, ("OTHERS", Good));
        Assert.Equal(2, sandbox.Calls.Count(call => call.Contains(filter, StringComparison.Ordinal)));
    }

    [Fact]
    public void VectorsRunTheirProgramOnTheFolder()
    {
        var answer = Run(["--vectors", "/"]);
        Assert.Equal((0, $"{sandbox.Root}|/|"), (answer.Code, answer.Out));
    }

    [Theory]
    [InlineData("--lnog")]
    [InlineData("--filter")]
    [InlineData("--odd", "/nowhere at all")]
    public void WrongUseIsRefused(params string[] arguments)
    {
        Assert.Equal(2, Run(arguments).Code);
        Assert.Empty(sandbox.Calls);
    }

    private static string LastLine(Answer answer) => answer.Out.TrimEnd('\n').Split('\n')[^1];

    private Answer Run(string[] arguments, params (string Name, string Value)[] environment) => sandbox.Run(sandbox.At("test"), arguments, environment);
}
