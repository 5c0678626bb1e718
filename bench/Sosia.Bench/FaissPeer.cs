using System.Globalization;

namespace Sosia.Bench;

/// <summary>FAISS in a Python process of its own, see bench/peers/faiss_search.py.</summary>
internal sealed class FaissPeer : IDisposable
{
    private readonly PythonPeer peer;

    public FaissPeer(string kind, string file, int dimension, int threads)
    {
        peer = new PythonPeer("faiss_search.py", threads);
        Version = peer.Ask($"load\t{kind}\t{file}\t{dimension}")["ok ".Length..];
    }

    /// <summary>Of FAISS, and the BLAS that it uses.</summary>
    public string Version { get; }

    public (Timing Timing, int[] Ids) Search(string queries, int k, int repeat)
    {
        var (timing, ids) = peer.Time($"search\t{queries}\t{k}\t{repeat}");
        return (timing, [.. ids.Select(static id => int.Parse(id, CultureInfo.InvariantCulture))]);
    }

    public void Dispose() => peer.Dispose();
}
