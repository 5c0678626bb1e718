using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Sosia.Video;

/// <summary>What a child process may use before it is ended.</summary>
public sealed record ChildLimits
{
    /// <summary>The longest time without progress while we wait for the child. Progress: bytes that it gives us, or reads from its input.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest time altogether; null: any.</summary>
    public TimeSpan? Total { get; init; }

    /// <summary>Bytes of address space; 0: any. Linux only.</summary>
    public long AddressSpace { get; init; } = 4L << 30;
}

/// <summary>How a child process ended.</summary>
public enum ChildEnding
{
    /// <summary>By itself, with any exit code.</summary>
    Exited,
    /// <summary>We ended it: no progress, or over its time.</summary>
    TimedOut,
    /// <summary>We ended it: cancelled or disposed.</summary>
    Stopped,
}

/// <summary>
/// The one way to start another program: arguments as a list and no shell, limits, stderr drained all the while, and no child left behind.
/// Used from one thread; reads and writes block.
/// </summary>
public sealed partial class ChildProcess : IDisposable
{
    private const int Running = -1;
    private const int AddressSpaceResource = 9; // RLIMIT_AS

    private readonly Process process;
    private readonly ChildLimits limits;
    private readonly ErrorLog errors;
    private readonly Thread drain;
    private readonly Timer watch;
    private readonly CancellationTokenRegistration stop;
    private readonly Lock gate = new();
    private readonly long started = Stopwatch.GetTimestamp();
    private int ending = Running;
    private int waiting;
    private long progressAt;
    private long bytesRead;
    private bool disposed;

    private ChildProcess(Process process, ChildLimits limits, bool input, CancellationToken stop)
    {
        (this.process, this.limits) = (process, limits);
        LimitAddressSpace();
        Output = new WatchedStream(this, process.StandardOutput.BaseStream);
        if (input)
        {
            Input = new WatchedStream(this, process.StandardInput.BaseStream);
        }
        else
        {
            process.StandardInput.Close();
        }

        errors = new ErrorLog(process.StandardError.BaseStream);
        drain = new Thread(errors.Drain) { IsBackground = true, Name = "stderr of a child" };
        drain.Start();
        var period = TimeSpan.FromMilliseconds(Math.Clamp(limits.Patience.TotalMilliseconds / 8, 10, 1000));
        watch = new Timer(_ => Watch(), null, period, period);
        this.stop = stop.Register(() => End(ChildEnding.Stopped));
    }

    /// <summary>Standard output. It ends when the child ends, whoever ended it: ask <see cref="Wait"/> why.</summary>
    public Stream Output { get; }

    /// <summary>Standard input, where it was asked for; closing it is the end of the child's input.</summary>
    public Stream? Input { get; }

    /// <summary>The process id.</summary>
    public int Id => process.Id;

    /// <summary>What the child wrote to stderr: the beginning of the errors and the end of it all, bounded.</summary>
    public ErrorLog Errors => errors;

    /// <summary>Starts a program.</summary>
    /// <param name="file">Its path, or its name on PATH.</param>
    /// <param name="arguments">One element an argument; nothing is interpreted.</param>
    /// <param name="limits">Null: the defaults.</param>
    /// <param name="input">Whether <see cref="Input"/> is a pipe; otherwise the child's input is empty.</param>
    /// <param name="stop">Ends the child.</param>
    /// <exception cref="FileNotFoundException">There is no such program, or it may not be run.</exception>
    public static ChildProcess Start(
        string file, IReadOnlyList<string> arguments, ChildLimits? limits = null, bool input = false, CancellationToken stop = default)
    {
        stop.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(Located(file), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("FFREPORT"); // would make ffmpeg write a log file
        start.Environment["AV_LOG_FORCE_NOCOLOR"] = "1";
        start.Environment["MALLOC_ARENA_MAX"] = "2"; // each further arena takes 64 MiB of the address space
        try
        {
            return new ChildProcess(Process.Start(start)!, limits ?? new ChildLimits(), input, stop);
        }
        catch (Win32Exception error)
        {
            throw new FileNotFoundException($"cannot run {file}: {error.Message}", file, error);
        }
    }

    /// <summary>Waits for the end of a child whose output was read to its end; one that does not end is ended.</summary>
    /// <returns>The ending and the exit code (128 + signal, where a signal ended it).</returns>
    public (ChildEnding Ending, int ExitCode) Wait()
    {
        Input?.Dispose();
        if (!process.WaitForExit(limits.Patience))
        {
            End(ChildEnding.TimedOut);
        }

        process.WaitForExit();
        drain.Join(TimeSpan.FromSeconds(5)); // a grandchild may hold the pipe
        Interlocked.CompareExchange(ref ending, (int)ChildEnding.Exited, Running);
        return ((ChildEnding)ending, process.ExitCode);
    }

    /// <summary>Ends the child if it still runs; <see cref="Wait"/> can be asked afterwards.</summary>
    public void Stop() => End(ChildEnding.Stopped);

    /// <summary>Ends the child if it still runs, and reaps it.</summary>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        End(ChildEnding.Stopped);
        stop.Dispose();
        lock (gate)
        {
            disposed = true;
        }

        watch.Dispose();
        process.WaitForExit(TimeSpan.FromSeconds(5));
        process.Dispose();
    }

    private void End(ChildEnding why)
    {
        lock (gate)
        {
            if (disposed)
            {
                return;
            }

            if (process.HasExited)
            {
                return;
            }

            Interlocked.CompareExchange(ref ending, (int)why, Running);
            try
            {
                process.Kill(entireProcessTree: true);
            }
            catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
            {
                // It has ended in the meantime.
            }
        }
    }

    // A child blocked by our own back-pressure is not hung: only time during which we wait for it counts.
    private void Watch()
    {
        lock (gate)
        {
            if (disposed)
            {
                return;
            }

            if (limits.Total is { } total && Stopwatch.GetElapsedTime(started) > total)
            {
                End(ChildEnding.TimedOut);
            }

            var read = BytesRead();
            if (Volatile.Read(ref waiting) == 0 || read != bytesRead)
            {
                Volatile.Write(ref progressAt, Stopwatch.GetTimestamp());
            }

            bytesRead = read;
            if (waiting != 0 && Stopwatch.GetElapsedTime(Volatile.Read(ref progressAt)) > limits.Patience)
            {
                End(ChildEnding.TimedOut);
            }
        }
    }

    // Bytes that the child has read so far: a decoder that skips an hour gives no frame for minutes, but goes on reading.
    private long BytesRead()
    {
        try
        {
            const string key = "rchar: ";
            var line = File.ReadLines($"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/io").FirstOrDefault();
            return line is not null && line.StartsWith(key, StringComparison.Ordinal)
                ? long.Parse(line.AsSpan(key.Length), CultureInfo.InvariantCulture) : 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return 0; // No such figure here, or the child has ended: what it gives us still counts.
        }
    }

    // .NET looks beside the program and in the current folder first: a folder of videos must not bring its own ffmpeg.
    private static string Located(string file) =>
        file.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? file
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(Path.IsPathFullyQualified)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? file + ".exe" : file)).FirstOrDefault(IsProgram)
        ?? throw new FileNotFoundException($"cannot run {file}: it is not in a folder of PATH", file);

    private static bool IsProgram(string path)
    {
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & execute) != UnixFileMode.None);
    }

    private void LimitAddressSpace()
    {
        if (limits.AddressSpace <= 0 || !OperatingSystem.IsLinux())
        {
            return;
        }

        var limit = new ResourceLimit((ulong)limits.AddressSpace, (ulong)limits.AddressSpace);
        _ = SetResourceLimit(process.Id, AddressSpaceResource, limit, 0); // fails only where the child has ended already
    }

    [LibraryImport("libc", EntryPoint = "prlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetResourceLimit(int process, int resource, in ResourceLimit limit, nint old);

    private readonly record struct ResourceLimit(ulong Soft, ulong Hard);

    /// <summary>One of the child's pipes; tells the watch when we wait.</summary>
    private sealed class WatchedStream(ChildProcess child, Stream pipe) : Stream
    {
        public override bool CanRead => pipe.CanRead;

        public override bool CanWrite => pipe.CanWrite;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            Volatile.Write(ref child.progressAt, Stopwatch.GetTimestamp());
            Volatile.Write(ref child.waiting, 1);
            try
            {
                return pipe.Read(buffer);
            }
            finally
            {
                Volatile.Write(ref child.waiting, 0);
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Volatile.Write(ref child.progressAt, Stopwatch.GetTimestamp());
            Volatile.Write(ref child.waiting, 1);
            try
            {
                pipe.Write(buffer);
            }
            finally
            {
                Volatile.Write(ref child.waiting, 0);
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => pipe.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                pipe.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
