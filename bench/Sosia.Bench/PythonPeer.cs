using System.Diagnostics;
using System.Globalization;

namespace Sosia.Bench;

/// <summary>Seconds that some work took: on the clock, and of processor time, which a busy machine disturbs less.</summary>
internal readonly record struct Timing(double Wall, double Cpu);

/// <summary>A script of bench/peers in a process of its own, that answers each line by a line.</summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly string script;
    private readonly Process process;

    public PythonPeer(string script, int threads)
    {
        this.script = script;
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("SOSIA_BENCH_PYTHON") ?? "/usr/bin/python3") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "peers", script));
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE"; // on a busy machine its threads, spinning, would wait for each other
        start.Environment["OPENBLAS_THREAD_TIMEOUT"] = "4";
        process = Process.Start(start) ?? throw new InvalidOperationException("cannot start python3");
    }

    public string Ask(string command)
    {
        process.StandardInput.WriteLine(command);
        return process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{script} ended: are python3-faiss and python3-torch installed?");
    }

    /// <summary>An answer that is numbers: the seconds of a <see cref="Timing"/>, and what else follows.</summary>
    public (Timing Timing, string[] More) Time(string command)
    {
        var answer = Ask(command).Split(' ');
        return (new Timing(Number(answer[0]), Number(answer[1])), answer[2..]);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
