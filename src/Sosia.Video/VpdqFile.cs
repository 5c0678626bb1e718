using System.Globalization;

namespace Sosia.Video;

/// <summary>Hash files as vPDQ exchanges them: one line a frame, <c>number,quality,64 hex digits,seconds</c>.</summary>
public static class VpdqFile
{
    // The longest line that makes sense has about 100 characters; more is another kind of file.
    private const int LongestLine = 256;
    private const int End = -1;
    private const int TooLong = -2;

    /// <summary>Reads a file frame by frame; memory does not grow with its length.</summary>
    /// <param name="path">The file; UTF-8, lines ended by LF or CRLF.</param>
    /// <exception cref="InvalidDataException">It is no such file; names the line.</exception>
    /// <exception cref="IOException">It cannot be opened or read.</exception>
    public static IEnumerable<VpdqFrame> Read(string path)
    {
        using var reader = new StreamReader(path);
        foreach (var frame in Read(reader, Path.GetFileName(path)))
        {
            yield return frame;
        }
    }

    /// <summary>Reads frame by frame from open text.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">It is no such file; names the line.</exception>
    public static IEnumerable<VpdqFrame> Read(TextReader reader, string name)
    {
        var buffer = new char[LongestLine];
        var (line, blank, frames) = (0, 0, 0);
        while (ReadLine(reader, buffer) is var length and not End)
        {
            line++;
            if (length == 0)
            {
                blank = blank == 0 ? line : blank; // allowed at the end alone
                continue;
            }

            if (blank != 0)
            {
                throw Bad(name, blank, "is empty, and hashes follow it");
            }

            if (length == TooLong)
            {
                throw Bad(name, line, $"is longer than {LongestLine} characters");
            }

            if (Parse(buffer.AsSpan(0, length), out var frame) is { } wrong)
            {
                throw Bad(name, line, wrong);
            }

            frames++;
            yield return frame;
        }

        if (frames == 0)
        {
            throw new InvalidDataException($"cannot read {name}: it holds no hashes; a hash file has lines of number,quality,hash,seconds");
        }
    }

    /// <summary>Writes one line a frame, ended by LF, seconds with three decimals.</summary>
    public static void Write(TextWriter writer, IEnumerable<VpdqFrame> frames)
    {
        foreach (var frame in frames)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{frame.Number},{frame.Quality},{frame.Hash},{frame.Seconds:F3}\n"));
        }
    }

    // Length of the next line without its end, or End, or TooLong.
    private static int ReadLine(TextReader reader, char[] buffer)
    {
        var length = 0;
        for (var next = reader.Read(); next != '\n'; next = reader.Read())
        {
            if (next < 0)
            {
                return length == 0 ? End : length;
            }

            if (length == buffer.Length)
            {
                return TooLong;
            }

            buffer[length++] = (char)next;
        }

        return length > 0 && buffer[length - 1] == '\r' ? length - 1 : length;
    }

    // Null, or what is wrong with the line.
    private static string? Parse(ReadOnlySpan<char> line, out VpdqFrame frame)
    {
        frame = default;
        Span<Range> fields = stackalloc Range[5];
        var count = line.Split(fields, ',');
        if (count != 4)
        {
            return $"has {(count > 4 ? "more than 4" : count)} fields, not the 4 of number,quality,hash,seconds";
        }

        if (!int.TryParse(line[fields[0]], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return "begins with no frame number (a whole number from 0)";
        }

        if (!int.TryParse(line[fields[1]], NumberStyles.None, CultureInfo.InvariantCulture, out var quality) || quality > 100)
        {
            return "has a quality that is no whole number from 0 to 100";
        }

        if (!PdqHash.TryParse(line[fields[2]], out var hash))
        {
            return $"has a hash that is not {PdqHash.Digits} hexadecimal digits";
        }

        if (!double.TryParse(line[fields[3]], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            || !double.IsFinite(seconds))
        {
            return "ends with no time (seconds, 0 or more, such as 12.000)";
        }

        frame = new VpdqFrame(number, quality, hash, seconds);
        return null;
    }

    private static InvalidDataException Bad(string name, int line, string reason) => new($"cannot read {name}: line {line} {reason}");
}
