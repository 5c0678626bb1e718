using System.Globalization;
using System.Text;

namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>A line that is not blank, without white space at its ends.</summary>
internal readonly record struct AnnotationLine(string File, long Number, string Text)
{
    private const int ShownLength = 80;

    public AnnotationException Wrong(string reason) => new(File, Number, reason);

    /// <summary>The parts between separators.</summary>
    /// <exception cref="AnnotationException">Not so many.</exception>
    public string[] Parts(int count, params char[]? separators)
    {
        var parts = Text.Split(separators, StringSplitOptions.TrimEntries | (separators is null or [] ? StringSplitOptions.RemoveEmptyEntries : StringSplitOptions.None));
        return parts.Length == count ? parts : throw Wrong($"{parts.Length} values where {count} belong: {Shown(Text)}");
    }

    /// <exception cref="AnnotationException">It is no finite number.</exception>
    public double Number64(string text, string what) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw Wrong($"{what} is {(text.Length == 0 ? "missing" : $"no finite number: {Shown(text)}")}");

    /// <summary>Text that may stand in a message.</summary>
    public static string Shown(string text)
    {
        var printable = string.Concat(text.Take(ShownLength).Select(c => char.IsControl(c) ? '?' : c));
        return text.Length > ShownLength ? printable + " .." : printable;
    }
}

/// <summary>Reading of text files: UTF-8 with or without a mark, lines with LF or CRLF, all of bounded length.</summary>
internal static class AnnotationFile
{
    private const int LongestLine = 1 << 16;
    private const long LargestFile = 1L << 30;

    /// <summary>The lines that are not blank.</summary>
    /// <exception cref="AnnotationException">It cannot be read, is no text, or a line is too long.</exception>
    public static IEnumerable<AnnotationLine> Lines(string path)
    {
        using var text = new StreamReader(Open(path), new UTF8Encoding(false, throwOnInvalidBytes: true));
        var line = new StringBuilder();
        for (var number = 1L; Next(text, line, path, number); number++)
        {
            var trimmed = line.ToString().Trim();
            if (trimmed.Length > 0)
            {
                yield return new AnnotationLine(path, number, trimmed);
            }
        }
    }

    /// <summary>One id a line; duplicates are one.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or a line holds more than an id.</exception>
    public static HashSet<string> Ids(string path) => [.. Lines(path).Select(line => line.Parts(1)[0])];

    /// <summary>The whole file, without a mark.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or is larger than 1 GiB.</exception>
    public static byte[] Bytes(string path)
    {
        using var stream = Open(path);
        var bytes = new byte[stream.Length];
        try
        {
            stream.ReadExactly(bytes);
        }
        catch (Exception error) when (error is IOException)
        {
            throw new AnnotationException(path, 0, error.Message, error);
        }

        return bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
    }

    /// <summary>The files of a folder, by name.</summary>
    /// <exception cref="AnnotationException">There is no such folder, or no such file in it.</exception>
    public static IReadOnlyList<string> Files(string folder, string pattern)
    {
        try
        {
            var files = Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal).ToList();
            return files.Count > 0 ? files : throw new AnnotationException(folder, 0, $"no {pattern} in it");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AnnotationException(folder, 0, error is DirectoryNotFoundException ? "no such folder" : error.Message, error);
        }
    }

    private static bool Next(StreamReader text, StringBuilder line, string path, long number)
    {
        line.Clear();
        try
        {
            int next;
            while ((next = text.Read()) >= 0)
            {
                if (next == '\n')
                {
                    return true;
                }

                if (line.Append((char)next).Length > LongestLine)
                {
                    throw new AnnotationException(path, number, $"longer than {LongestLine} characters");
                }
            }
        }
        catch (DecoderFallbackException error)
        {
            throw new AnnotationException(path, number, "no UTF-8 text here or after", error);
        }
        catch (IOException error)
        {
            throw new AnnotationException(path, number, error.Message, error);
        }

        return line.Length > 0;
    }

    private static FileStream Open(string path)
    {
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length <= LargestFile)
            {
                return stream;
            }

            stream.Dispose();
            throw new AnnotationException(path, 0, "larger than 1 GiB");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new AnnotationException(path, 0, error is FileNotFoundException or DirectoryNotFoundException ? "no such file" : error.Message, error);
        }
    }
}
