using System.Globalization;
using System.Text;

namespace Sosia.Torch.Checkpoints;

/// <summary>A file of tensors that cannot be read or written. The message reads <c>cannot read NAME: REASON</c>.</summary>
public sealed class CheckpointException : Exception
{
    private const int LongestQuote = 120;

    private CheckpointException(string verb, string path, string reason, Exception? cause)
        : base($"cannot {verb} {Printable(System.IO.Path.GetFileName(path) is { Length: > 0 } name ? name : path)}: {reason}", cause) =>
        (Path, Reason) = (path, reason);

    /// <summary>The file as it was given.</summary>
    public string Path { get; }

    /// <summary>What is wrong and, where something can be done, what to do; without the file's name.</summary>
    public string Reason { get; }

    internal static CheckpointException Read(string path, string reason, Exception? cause = null) => new("read", path, reason, cause);

    internal static CheckpointException Write(string path, string reason, Exception? cause = null) => new("write", path, reason, cause);

    /// <summary>A name out of a file, for a message: no control characters, no more than a line of it.</summary>
    internal static string Quote(string text) => Printable(text.Length > LongestQuote ? text[..LongestQuote] + "..." : text);

    // Control characters, invisible formats and broken surrogates are shown, not done.
    private static string Printable(string text)
    {
        var shown = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var whole = Rune.TryGetRuneAt(text, at, out var rune);
            _ = whole && IsVisible(rune)
                ? shown.Append(rune.ToString())
                : shown.Append(CultureInfo.InvariantCulture, $"\\u{(whole ? rune.Value : text[at]):x4}");
            at += whole ? rune.Utf16SequenceLength : 1;
        }

        return shown.ToString();
    }

    private static bool IsVisible(Rune rune) => rune.Value is 0x200c or 0x200d || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
