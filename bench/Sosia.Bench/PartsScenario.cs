using System.Globalization;
using Sosia.Learning.Encoders;
using Sosia.Learning.Objectives;
using Sosia.Matching;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia.Bench;

/// <summary>
/// `parts ORIGINALS,ORIGINALS CACHE [NAME=RUN ...] COPIES ...`: what each part of the default model is worth, by leaving it out, on sets of copies that
/// `benchmark make` or make_dups.py made with several seeds. NAME=RUN adds the encoder of a run of `sosia train copies`.
/// </summary>
internal static class PartsScenario
{
    private const int Dimension = 512;
    private const double Floor = 0.1; // of the whitening of the untrained network
    private const ulong Seed = 1;

    private sealed record Row(string Name, IEmbedder Embedder, string Variants = "mirrored");

    public static int Run(IReadOnlyList<string> originals, string cache, IReadOnlyList<string> arguments)
    {
        TorchSetup.Prepare();
        var runs = arguments.Where(a => a.Contains('=', StringComparison.Ordinal)).Select(a => a.Split('=', 2));
        string[] sets = [.. arguments.Where(a => !a.Contains('=', StringComparison.Ordinal))];
        Console.WriteLine($"| | {string.Join(" | ", sets.Select(Path.GetFileName))} | micro-AP | spread | recall at 99 % |");
        Console.WriteLine($"| --- |{string.Concat(Enumerable.Repeat(" ---: |", sets.Length + 3))}");
        foreach (var row in Rows(originals).Concat(runs.Select(run => new Row(run[0], Trained(run[0], run[1])))))
        {
            Print(row, [.. sets.Select(set => Measure(row, set, originals, cache))]);
        }

        return 0;
    }

    // Micro-AP, recall and what is shown of each set, then the means.
    private static void Print(Row row, BenchmarkedModel[] measured)
    {
        var precision = measured.Select(m => m.Scores.MicroAveragePrecision).ToArray();
        var cells = measured.Select(m => string.Create(CultureInfo.InvariantCulture,
            $"{m.Scores.MicroAveragePrecision:0.000}, {m.Scores.All.AtPrecision}, {m.Scores.All.Shown} of {m.Scores.All.Wanted}, {m.Scores.FalseShown} false"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {row.Name} | {string.Join(" | ", cells)} | {precision.Average():0.000} | {precision.Max() - precision.Min():0.000} | {measured.Average(m => m.Scores.All.AtPrecision / (double)m.Scores.All.Wanted):0.000} |"));
    }

    private static BenchmarkedModel Measure(Row row, string copies, IReadOnlyList<string> originals, string cache) =>
        BenchmarkRun.Of(BenchmarkSet.Open(new BenchmarkOptions(copies, originals, Environment.ProcessorCount) { Cache = cache, Variants = VariantChoice.Parse(row.Variants) }), row.Embedder);

    private static IEnumerable<Row> Rows(IReadOnlyList<string> originals)
    {
        var copies = MatchingOptions.Copies;
        yield return new("the model", Embedders.Copies);
        yield return new("with all variants of the query", Embedders.Copies, "all");
        yield return new("without the mirrored query", Embedders.Copies, "none");
        yield return new("without cutting borders", TrunkEmbedder.Trial("no-borders", copies, Dimension, static () => ClipTrunk.Read(Model("copies")).Frames, cutsBorders: false));
        yield return new("without quality", TrunkEmbedder.Trial("no-quality", copies with { MinQuality = 0 }, Dimension, static () => ClipTrunk.Read(Model("copies")).Frames));
        yield return new("without training: the bare trunk, whitened", Embedders.Trunk);
        yield return new("without whitening: the bare trunk", TrunkEmbedder.Trial("no-whitening", Unwhitened, FrameTrunk.PooledWidth, Unwhitening));
        yield return new("without pretraining: random weights, whitened", TrunkEmbedder.Trial("untrained", copies, Dimension, () => Untrained(originals)));
    }

    // All frames are alike then: the thresholds begin where unrelated ones end.
    private static MatchingOptions Unwhitened => MatchingOptions.Trunk with
    {
        HitSimilarity = 0.85f,
        AloneSimilarity = 0.97,
        LeastSimilarity = 0.85,
        DistinctSimilarity = 0.97f,
        ExtensionSimilarity = 0.85f,
        Network = MatchingOptions.Trunk.Network with { MinSimilarity = 0.8f },
    };

    private static Func<Tensor, Tensor> Unwhitening()
    {
        var trunk = FrameTrunk.Load(Model("mobilenet-v2"), Model("trunk"));
        return pictures => Cosine.Unit(trunk.Pooled(pictures));
    }

    private static Func<Tensor, Tensor> Untrained(IReadOnlyList<string> originals)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        Generator.Seed(Seed);
        var trunk = new FrameTrunk(Dimension);
        trunk.Eval();
        var rows = MediaFiles.Find([originals[^1]], [], default).Files.SelectMany(file => TrunkEmbedder.Pooled(trunk, Probe.Read(file.Path))).ToArray();
        trunk.Whiten(Tensor.Of([.. rows.SelectMany(row => row)], rows.Length, FrameTrunk.PooledWidth), Tensor.Ones([rows.Length]), Floor);
        return trunk.Forward;
    }

    private static TrunkEmbedder Trained(string name, string run) =>
        TrunkEmbedder.Trial(name, MatchingOptions.Copies, Dimension, () => ClipTrunk.Read(Path.Combine(run, "encoder.safetensors")).Frames);

    private static string Model(string name) => Path.Combine(AppContext.BaseDirectory, "models", $"{name}.safetensors");
}
