using Sosia.Learning.Encoders;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;
using Sosia.Video;

namespace Sosia.Bench;

/// <summary>`fit-trunk FOLDER OUT`: fits the whitening of the trunk embedder to the videos of a folder and writes its model file.</summary>
internal static class TrunkBench
{
    private const int Dimension = 512;
    private const double Floor = 0.1;

    public static int Run(string folder, string output)
    {
        TorchSetup.Prepare();
        using var trunk = new FrameTrunk(Dimension);
        trunk.LoadNetwork(Path.Combine(AppContext.BaseDirectory, "models", "mobilenet-v2.safetensors"));
        var rows = new List<float>();
        var videos = MediaFiles.Find([folder], [], default).Files;
        foreach (var file in videos)
        {
            rows.AddRange(TrunkEmbedder.Pooled(trunk, Probe.Read(file.Path)).SelectMany(row => row));
        }

        trunk.Whiten(Tensor.Of([.. rows], rows.Count / FrameTrunk.PooledWidth, FrameTrunk.PooledWidth), Floor);
        Safetensors.Write(output, trunk.StoredWhitening(), new Dictionary<string, string>
        {
            ["what"] = "whitening of the trunk embedder: mean and projection of the pooled levels of mobilenet-v2.safetensors",
            ["made"] = $"Sosia.Bench fit-trunk on {videos.Count} videos, {rows.Count / FrameTrunk.PooledWidth} frames, floor {Floor}",
        });
        Console.WriteLine($"{output}: {rows.Count / FrameTrunk.PooledWidth} frames of {videos.Count} videos, {new FileInfo(output).Length} bytes");
        return 0;
    }
}
