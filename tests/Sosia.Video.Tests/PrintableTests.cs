using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Sosia.Video.Tests;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("plain name.mp4", "plain name.mp4")]
    [InlineData("été – 日本語 👨‍👩‍👧 می‌خواهم.mp4", "été – 日本語 👨‍👩‍👧 می‌خواهم.mp4")]
    [InlineData("a\nb\rc\td", "a\\nb\\rc\\td")]
    [InlineData("\u001b[31mred\u001b[0m", "\\e[31mred\\e[0m")]
    [InlineData("bell\a nul\0 del\u007f csi\u009b", "bell\\u0007 nul\\u0000 del\\u007f csi\\u009b")]
    [InlineData("photo\u202egpj.exe", "photo\\u202egpj.exe")]
    [InlineData("\u2066a\u2069\u200e\u061c\ufeff\u00ad", "\\u2066a\\u2069\\u200e\\u061c\\ufeff\\u00ad")]
    [InlineData("line\u2028paragraph\u2029", "line\\u2028paragraph\\u2029")]
    [InlineData("tag\U000E0041", "tag\\U000e0041")]
    [InlineData("", "")]
    public void ShowsWhatWouldAct(string name, string shown) => Assert.Equal(shown, Printable.Text(name));

    [Fact]
    public void BrokenSurrogatesAreShown()
    {
        Assert.Equal("a\\ud800b", Printable.Text("a\ud800b"));
        Assert.Equal("\\udc00😀\\ud83d", Printable.Text("\udc00😀\ud83d"));
    }

    [Fact]
    public void OutputNeverHoldsAControlAndStaysAsItIs() => Prop.ForAll(Hostile.Text, text =>
    {
        var shown = Printable.Text(text);
        Assert.DoesNotContain(shown.EnumerateRunes(), rune => rune.Value is not (0x200c or 0x200d) && System.Text.Rune.GetUnicodeCategory(rune) is
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
        Assert.Equal(shown, new string(shown.EnumerateRunes().SelectMany(rune => rune.ToString()).ToArray()));
        Assert.Equal(shown, Printable.Text(shown));
    }).QuickCheckThrowOnFailure();
}
