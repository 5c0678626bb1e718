using System.Globalization;
using System.Text;

namespace Sosia.Video;

/// <summary>Makes names of files safe to show: what would steer a terminal or turn the text round is shown instead of done.</summary>
public static class Printable
{
    /// <summary>
    /// The text in one line, with control characters, line breaks, bidirectional controls, other invisible formats and broken surrogates
    /// written as <c>\n</c>, <c>\e</c>, <c>\u202e</c>. Applying it twice changes nothing more.
    /// </summary>
    /// <param name="text">Anything.</param>
    public static string Text(string text)
    {
        StringBuilder? shown = null;
        var at = 0;
        while (at < text.Length)
        {
            var whole = Rune.TryGetRuneAt(text, at, out var rune);
            var length = whole ? rune.Utf16SequenceLength : 1;
            var escape = whole ? Escape(rune) : $"\\u{(int)text[at]:x4}";
            if (escape is not null)
            {
                shown ??= new StringBuilder(text, 0, at, text.Length + 16);
            }

            _ = escape is null ? shown?.Append(text, at, length) : shown!.Append(escape);
            at += length;
        }

        return shown?.ToString() ?? text;
    }

    private static string? Escape(Rune rune) => rune.Value switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        0x1b => "\\e",
        0x200c or 0x200d => null, // the joiners: Persian words and emoji are written with them, and they move nothing
        _ => IsVisible(rune) ? null : rune.IsBmp ? $"\\u{rune.Value:x4}" : $"\\U{rune.Value:x8}",
    };

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
