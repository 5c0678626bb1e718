using Sosia.Learning.Encoders;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;
using Sosia.Video;

namespace Sosia.Bench;

/// <summary>`fit-trunk FOLDER OUT` fits the whitening of the trunk embedder to the videos of a folder and writes its model file; `ship RUN OUT` writes that of a trained one.</summary>
internal static class TrunkBench
{
    private const int Dimension = 512;
    private const double Floor = 0.1;

    // Drawn pictures are unlike what cameras see, and would all seem alike if the whitening had met none.
    private const int SceneCount = 64;
    private const int FirstScene = 10_000; // far from the seeds of the demo and of tests
    private const double SceneSeconds = 12;

    public static int Run(string folder, string output)
    {
        TorchSetup.Prepare();
        using var trunk = new FrameTrunk(Dimension);
        trunk.LoadNetwork(Path.Combine(AppContext.BaseDirectory, "models", "mobilenet-v2.safetensors"));
        var rows = new List<float>();
        var weights = new List<float>();
        var videos = MediaFiles.Find([folder], [], default).Files;
        foreach (var pooled in videos.Select(file => TrunkEmbedder.Pooled(trunk, Probe.Read(file.Path))).Concat(Enumerable.Range(FirstScene, SceneCount).Select(seed => Scene(trunk, seed))))
        {
            rows.AddRange(pooled.SelectMany(row => row));
            weights.AddRange(Enumerable.Repeat(1 / MathF.Sqrt(pooled.Count / 2f), pooled.Count)); // a long video weighs more than a short one, but not by its length
        }

        trunk.Whiten(Tensor.Of([.. rows], weights.Count, FrameTrunk.PooledWidth), Tensor.Of([.. weights], weights.Count), Floor);
        Safetensors.Write(output, trunk.StoredWhitening(), new Dictionary<string, string>
        {
            ["what"] = "whitening of the trunk embedder: mean and projection of the pooled levels of mobilenet-v2.safetensors",
            ["made"] = $"Sosia.Bench fit-trunk on {videos.Count} videos and {SceneCount} rendered scenes, {weights.Count / 2} frames and their mirror images, floor {Floor}",
        });
        Console.WriteLine($"{output}: {weights.Count / 2} frames and their mirror images of {videos.Count} videos, {new FileInfo(output).Length} bytes");
        return 0;
    }

    /// <summary>The encoder of a run in half precision, with the recipe that made it.</summary>
    public static int Ship(string run, string output)
    {
        TorchSetup.Prepare();
        using var scope = TensorScope.Enter();
        using var encoder = ClipTrunk.Read(Path.Combine(run, "encoder.safetensors"));
        Safetensors.Write(output, encoder.NamedState().Select(entry => entry.Tensor.To(ScalarType.Float16).ToStored(entry.Name)), new Dictionary<string, string>
        {
            ["what"] = "network of the model copies: MobileNetV2 up to features.14.conv.0 with its norms folded in, and the projection of its pooled levels",
            ["recipe"] = File.ReadAllText(Path.Combine(run, "recipe.json")),
        });
        Console.WriteLine($"{output}: {encoder.CountParameters()} parameters, {new FileInfo(output).Length} bytes");
        return 0;
    }

    private static IReadOnlyList<float[]> Scene(FrameTrunk trunk, int seed) =>
        TrunkEmbedder.Pooled(trunk, Scenes.Render(seed, SceneSeconds, TrunkEmbedder.Rate, TrunkEmbedder.FrameSide, TrunkEmbedder.FrameSide).Index().Select(f => (f.Index / TrunkEmbedder.Rate, f.Item)));
}
