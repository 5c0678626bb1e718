using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Sosia.Matching;

namespace Sosia.Bench;

/// <summary>
/// Exact search beside FAISS's flat indexes on the same rows: pairs of runs in turn, so that both meet the same load, and the median of their ratios.
/// FAISS gets the float16 values as float32, so that both are exact about the same vectors.
/// </summary>
internal static class SearchScenario
{
    private const int K = 10;
    private const int Pairs = 5;
    private const int Chunk = 10_000;
    private static readonly int[] QueryCounts = [1, 8, 64];

    public static void Run(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 500_000;
        Console.WriteLine($"{Cpu()}, {Environment.ProcessorCount} processors; load {Load()} at the start; k = {K}; median of {Pairs} pairs.");
        Console.WriteLine();
        Console.WriteLine("| rows | queries | threads | Sosia ms | FAISS ms | FAISS / Sosia | by CPU time | rescored a query | same ids | load |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        var versions = new HashSet<string>(StringComparer.Ordinal);
        foreach (var dimension in new[] { 256, 768 })
        {
            versions.UnionWith(Compare("float", count, dimension));
        }

        versions.UnionWith(Compare("bits", count, 256));
        versions.UnionWith(Compare("bits", 10 * count, 256));
        Console.WriteLine();
        Console.WriteLine($"FAISS {string.Join(", ", versions)}");
    }

    private static HashSet<string> Compare(string kind, int count, int dimension)
    {
        var folder = Directory.CreateTempSubdirectory("sosia-bench-");
        try
        {
            var file = Path.Combine(folder.FullName, "rows");
            var blocks = Write(file, kind, new Random(1), count, dimension);
            var queries = Make(kind, new Random(2), QueryCounts.Max(), dimension);
            var versions = new HashSet<string>(StringComparer.Ordinal);
            foreach (var threads in new[] { 1, 2 })
            {
                using var faiss = new FaissPeer(kind, file, dimension, threads);
                versions.Add(faiss.Version);
                foreach (var queryCount in QueryCounts)
                {
                    var queryFile = Path.Combine(folder.FullName, "queries");
                    using (var stream = File.Create(queryFile))
                    {
                        stream.Write(Bytes(queries.Slice(0, queryCount)));
                    }

                    var name = $"{count:N0} x {dimension}{(kind == "bits" ? " bits" : "")}";
                    Row(name, blocks, queries.Slice(0, queryCount), faiss, queryFile, threads);
                }
            }

            return versions;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Row(string name, List<VectorRows> blocks, VectorRows queries, FaissPeer faiss, string queryFile, int threads)
    {
        var repeat = Math.Max(8 / queries.Count, 1);
        Search(blocks, queries, threads, repeat); // compiles the loops
        faiss.Search(queryFile, K, 1);
        var pairs = new List<(Timing Sosia, Timing Faiss)>();
        var (hits, ids, rescored) = (Array.Empty<Hit[]>(), Array.Empty<int>(), 0L);
        for (var pair = 0; pair < Pairs; pair++)
        {
            (var ours, hits, rescored) = Search(blocks, queries, threads, repeat);
            (var theirs, ids) = faiss.Search(queryFile, K, repeat);
            pairs.Add((ours, theirs));
        }

        Console.WriteLine(string.Join(
            " | ",
            $"| {name}",
            queries.Count,
            threads,
            $"{Median(pairs, static pair => pair.Sosia.Wall * 1000):F1}",
            $"{Median(pairs, static pair => pair.Faiss.Wall * 1000):F1}",
            $"{Median(pairs, static pair => pair.Faiss.Wall / pair.Sosia.Wall):F1}",
            $"{Median(pairs, static pair => pair.Faiss.Cpu / pair.Sosia.Cpu):F1}",
            rescored / queries.Count,
            $"{Same(blocks, hits, ids):P1}",
            $"{Load()} |"));
    }

    private static (Timing Timing, Hit[][] Hits, long Rescored) Search(List<VectorRows> blocks, VectorRows queries, int threads, int repeat)
    {
        Hit[][] hits = [];
        var statistics = default(SearchStatistics);
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        for (var run = 0; run < repeat; run++)
        {
            hits = ExactSearch.TopK(blocks, queries, K, threads, out statistics);
        }

        var wall = clock.Elapsed;
        process.Refresh();
        return (new Timing(wall.TotalSeconds / repeat, (process.TotalProcessorTime - cpu).TotalSeconds / repeat), hits, statistics.Rescored);
    }

    /// <summary>Share of the found rows that FAISS found too; ties and other orders of summation may swap the last.</summary>
    private static double Same(List<VectorRows> blocks, Hit[][] hits, int[] ids)
    {
        var first = 0;
        var starts = blocks.Select(block => (first += block.Count) - block.Count).ToArray();
        var same = hits.SelectMany(static of => of).Count(hit => ids.AsSpan(hit.Query * K, K).Contains(starts[hit.Block] + hit.Row));
        return (double)same / ids.Length;
    }

    private static List<VectorRows> Write(string file, string kind, Random random, int count, int dimension)
    {
        var blocks = new List<VectorRows>();
        using var stream = File.Create(file);
        for (var done = 0; done < count; done += Chunk)
        {
            blocks.Add(Make(kind, random, Math.Min(Chunk, count - done), dimension));
            stream.Write(Bytes(blocks[^1]));
        }

        return blocks;
    }

    private static VectorRows Make(string kind, Random random, int count, int dimension) =>
        kind == "bits" ? RandomRows.Bits(random, count) : RandomRows.Vectors(random, count, dimension);

    private static ReadOnlySpan<byte> Bytes(VectorRows rows) =>
        rows.Kind == VectorKind.Bits256
            ? rows.Bits.Span
            : MemoryMarshal.AsBytes<float>(Array.ConvertAll(rows.Float16.ToArray(), static value => (float)value));

    private static double Median<T>(List<T> items, Func<T, double> value) => items.Select(value).Order().ElementAt(items.Count / 2);

    private static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static string Cpu() =>
        File.ReadLines("/proc/cpuinfo").First(static line => line.StartsWith("model name", StringComparison.Ordinal)).Split(": ")[1];
}
