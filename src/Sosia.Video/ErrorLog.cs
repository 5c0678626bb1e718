using System.Text;

namespace Sosia.Video;

/// <summary>
/// A child's stderr, read all the while so that it never blocks, and kept in bounded memory: the count of error lines, the first of them,
/// and the tail. ffmpeg is asked for <c>-loglevel level+...</c>, which marks its lines with <c>[error]</c> or <c>[fatal]</c>.
/// </summary>
/// <param name="source">The pipe.</param>
public sealed class ErrorLog(Stream source)
{
    private const int LineBytes = 1024;
    private const int TailLines = 64;
    private const int FirstErrors = 16;

    // What ffmpeg marks as errors and which takes nothing from the picture.
    private static readonly string[] Harmless = ["non monotonically increasing dts", "edit list", "[nut @"];

    private readonly Lock gate = new();
    private readonly Queue<string> tail = [];
    private readonly List<string> first = [];
    private long errors;

    /// <summary>Number of lines marked as errors.</summary>
    public long Count
    {
        get
        {
            lock (gate)
            {
                return errors;
            }
        }
    }

    /// <summary>The first error lines.</summary>
    public IReadOnlyList<string> First
    {
        get
        {
            lock (gate)
            {
                return [.. first];
            }
        }
    }

    /// <summary>The last lines of any kind.</summary>
    public IReadOnlyList<string> Tail
    {
        get
        {
            lock (gate)
            {
                return [.. tail];
            }
        }
    }

    /// <summary>Whether a kept line holds a text.</summary>
    /// <param name="text">Compared exactly.</param>
    public bool Contains(string text)
    {
        lock (gate)
        {
            return first.Concat(tail).Any(line => line.Contains(text, StringComparison.Ordinal));
        }
    }

    /// <summary>Reads to the end; of a line longer than 1 KiB the rest is dropped.</summary>
    internal void Drain()
    {
        var buffer = new byte[16 << 10];
        var line = new byte[LineBytes];
        var length = 0;
        for (var n = TryRead(buffer); n > 0; n = TryRead(buffer))
        {
            foreach (var value in buffer.AsSpan(0, n))
            {
                if (value is (byte)'\n' or (byte)'\r')
                {
                    Add(line.AsSpan(0, length));
                    length = 0;
                }
                else if (length < LineBytes)
                {
                    line[length++] = value;
                }
            }
        }

        Add(line.AsSpan(0, length));
    }

    private int TryRead(byte[] buffer)
    {
        try
        {
            return source.Read(buffer);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            return 0; // disposed before the child's last words
        }
    }

    private void Add(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return;
        }

        var text = Encoding.UTF8.GetString(line);
        var isError = (text.Contains("[error]", StringComparison.Ordinal) || text.Contains("[fatal]", StringComparison.Ordinal))
            && !Harmless.Any(harmless => text.Contains(harmless, StringComparison.Ordinal));
        lock (gate)
        {
            if (isError)
            {
                errors++;
            }

            if (isError && first.Count < FirstErrors)
            {
                first.Add(text);
            }

            tail.Enqueue(text);
            if (tail.Count > TailLines)
            {
                tail.Dequeue();
            }
        }
    }
}
