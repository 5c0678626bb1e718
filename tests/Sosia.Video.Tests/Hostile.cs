using FsCheck;
using FsCheck.Fluent;

namespace Sosia.Video.Tests;

/// <summary>Texts that are made to do harm: any characters, thick with those that terminals, spreadsheets, browsers and parsers act on.</summary>
internal static class Hostile
{
    private static readonly string[] Pieces =
    [
        "\u001b[2J", "\u009b", "\n", "\r", "\t", "\0", "\u202e", "\u2066", "\u200f", "\ud800", "\udc00", "😀", "=", "+", "-", "@", "'", "\"", "\"\"", ",", ";", "\\", "\\n",
        "＝", "<script>", "</script>", "<!--", "&lt;", "{{data}}", "a", "é", "日", " ",
    ];

    internal static Arbitrary<string> Text => Gen.OneOf(
        Gen.Elements(Pieces).ListOf().Select(string.Concat),
        ArbMap.Default.GeneratorFor<string>().Select(text => text ?? "")).ToArbitrary();
}
