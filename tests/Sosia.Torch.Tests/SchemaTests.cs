using System.Text.RegularExpressions;

namespace Sosia.Torch.Tests;

/// <summary>The typed methods were made of libtorch 1.13's schemas; the libtorch that runs may have others.</summary>
public sealed partial class SchemaTests
{
    [Fact]
    public void EveryOperatorIsThereAndAsGenerated()
    {
        var wrong = Fuzz.Generated.Where(op => !op.Exists || (Differs(op) && !Compat.Differences.ContainsKey(op.Name)))
            .Select(op => op.Exists ? $"{op.Name}\n  made of {Plain(op.GeneratedFrom)}\n  but is {Plain(op.Schema)}" : $"{op.Name} is not there").ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.InRange(Fuzz.Generated.Count, 250, 1000);
    }

    [Fact]
    public void EveryKnownDifferenceIsOne()
    {
        var generated = Fuzz.Generated.ToDictionary(op => op.Name, StringComparer.Ordinal);
        Assert.Empty(Compat.Differences.Keys.Except(generated.Keys, StringComparer.Ordinal));
        if (TorchRuntime.Version.StartsWith("1.", StringComparison.Ordinal))
        {
            Assert.DoesNotContain(generated.Values, Differs);
        }
        else
        {
            Assert.All(Compat.Differences.Keys, name => Assert.True(Differs(generated[name]), name));
        }
    }

    [Theory]
    [InlineData("aten::f(Tensor self, SymInt[2] size, SymInt? n=None) -> Tensor", false)]
    [InlineData("aten::f(Tensor self, int[2] size, int? n=None, *, bool more=False) -> Tensor", false)]
    [InlineData("aten::f(Tensor self, int[2] size, int? n=None, bool more) -> Tensor", true)]
    [InlineData("aten::f(Tensor self, int[2] size) -> Tensor", true)]
    [InlineData("aten::f(Tensor self, bool more=False, int[2] size, int? n=None) -> Tensor", true)]
    [InlineData("aten::f(Tensor self, int[2] size, int? n=3) -> Tensor", true)]
    [InlineData("aten::f(Tensor self, int[2] size, int? n=None) -> Tensor[]", true)]
    public void WhatCountsAsADifference(string runs, bool differs) =>
        Assert.Equal(differs, Differs("f(Tensor self, int[2] size, int? n=None) -> Tensor", runs));

    private static bool Differs(Operator op) => op.Exists && Differs(op.GeneratedFrom, op.Schema);

    // int may have become SymInt, and arguments with defaults may have been added at the end.
    private static bool Differs(string made, string runs)
    {
        var (before, results) = Split(Plain(made));
        var (now, resultsNow) = Split(Plain(runs));
        return results != resultsNow || now.Length < before.Length || !now.AsSpan(0, before.Length).SequenceEqual(before) || now[before.Length..].Any(a => !a.Contains('='));
    }

    private static (string[] Arguments, string Results) Split(string schema)
    {
        var parts = schema.Split(" -> ");
        return (parts[0][(parts[0].IndexOf('(') + 1)..^1].Split(", ").Where(a => a.Length > 0).ToArray(), parts[1]);
    }

    // Without what says nothing of the call: namespace, aliases, names of results, the star, how numbers are written.
    private static string Plain(string schema)
    {
        var plain = schema.StartsWith("aten::", StringComparison.Ordinal) ? schema["aten::".Length..] : schema;
        plain = Aliases().Replace(plain, "").Replace("SymInt", "int").Replace("*, ", "").Replace("Mean", "1").Replace("'", "\"");
        plain = Regex.Replace(plain, @"=\[(\w+)(?:, \1)*\]", "=$1").Replace("=long", "=4").Replace("=contiguous_format", "=0");
        plain = Regex.Replace(plain, @"=(-?\d[\d.e+-]*)", number => "=" + double.Parse(number.Groups[1].Value));
        var arrow = plain.IndexOf(" -> ", StringComparison.Ordinal);
        var results = plain[(arrow + 4)..].Trim('(', ')').Split(", ").Select(r => r.Split(' ')[0]);
        return plain[..arrow] + " -> " + string.Join(", ", results);
    }

    [GeneratedRegex(@"\([a-z](!| -> \*)?\)|(?<=int|Tensor\?)\[\](?=\[)")]
    private static partial Regex Aliases();
}
