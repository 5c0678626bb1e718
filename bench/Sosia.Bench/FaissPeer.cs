using System.Diagnostics;
using System.Globalization;

namespace Sosia.Bench;

/// <summary>Seconds that one search took: on the clock, and of processor time, which a busy machine disturbs less.</summary>
internal readonly record struct Timing(double Wall, double Cpu);

/// <summary>FAISS in a Python process of its own, see bench/peers/faiss_search.py.</summary>
internal sealed class FaissPeer : IDisposable
{
    private readonly Process process;

    public FaissPeer(string kind, string file, int dimension, int threads)
    {
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "peers", "faiss_search.py"));
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE"; // on a busy machine its threads, spinning, would wait for each other
        start.Environment["OPENBLAS_THREAD_TIMEOUT"] = "4";
        process = Process.Start(start) ?? throw new InvalidOperationException("cannot start python3: install python3-faiss");
        Version = Ask($"load\t{kind}\t{file}\t{dimension}")["ok ".Length..];
    }

    /// <summary>Of FAISS, and the BLAS that it uses.</summary>
    public string Version { get; }

    public (Timing Timing, int[] Ids) Search(string queries, int k, int repeat)
    {
        var answer = Ask($"search\t{queries}\t{k}\t{repeat}").Split(' ');
        return (
            new Timing(double.Parse(answer[0], CultureInfo.InvariantCulture), double.Parse(answer[1], CultureInfo.InvariantCulture)),
            [.. answer[2..].Select(static id => int.Parse(id, CultureInfo.InvariantCulture))]);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private string Ask(string command)
    {
        process.StandardInput.WriteLine(command);
        return process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the FAISS peer ended: is python3-faiss installed?");
    }
}
