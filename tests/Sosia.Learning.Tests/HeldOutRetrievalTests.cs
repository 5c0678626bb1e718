using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Training;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;
using Sosia.Video;
using Sosia.Video.Packs;

namespace Sosia.Learning.Tests;

public sealed class HeldOutRetrievalTests : IDisposable
{
    private const int Side = 16;

    private static readonly string[] Small =
    [
        "encoder.width=16", "encoder.depth=1", "encoder.heads=2", "encoder.side=16", "encoder.patch=8", "encoder.frames=2", "encoder.dropPath=0.5",
        "stages.predmae.method.decoderHeads=1", "stages.similarity.method.intervals=[0.25]",
    ];

    private readonly PaintedPack pack = new();

    public HeldOutRetrievalTests()
    {
        using var writer = pack.Write();
        for (var seed = 0; seed < 16; seed++)
        {
            var scene = new Scene(seed, 2);
            PaintedPack.Add(writer, PaintedPack.Name(seed), PackSource.Scene, Side + 4, Side, [.. Enumerable.Range(0, 6).Select(frame => Render(scene, frame))]);
        }
    }

    [Fact]
    public void Trained_weights_are_compared_with_starting_weights_on_what_was_held_out()
    {
        using var scope = TensorScope.Enter();
        using var data = Dataset.Open([pack.Folder], 0.5);
        Assert.InRange(data.HeldOut.Count, 3, 13);
        var run = Begin(seed: 1);
        var same = Measure(run, data, weightsOf: 1);
        Assert.Equal(same.Untrained, same.Trained);
        Assert.Equal(data.HeldOut.Count, same.Trained.Count);
        Assert.Equal(same, Run.Open(run.Folder).Result);
        var background = File.ReadAllBytes(run.BackgroundPath);

        var other = Measure(run, data, weightsOf: 2);
        Assert.Equal(same.Untrained, other.Untrained);
        Assert.NotEqual(other.Untrained, other.Trained);
        Assert.NotEqual(background, File.ReadAllBytes(run.BackgroundPath)); // of the trained weights
        Assert.Equal(other, Measure(run, data, weightsOf: 2)); // no drawing, no dropped paths
        Measure(run, data, weightsOf: 1);
        Assert.Equal(background, File.ReadAllBytes(run.BackgroundPath));
        Measure(run, data, weightsOf: 2);
        Assert.Equal(other, Run.Open(run.Folder).Result);
    }

    [Fact]
    public void Unrelated_clips_are_those_of_videos_that_were_held_out()
    {
        using var scope = TensorScope.Enter();
        using var data = Dataset.Open([pack.Folder], 0.5);
        var run = Begin(seed: 1);
        Measure(run, data, weightsOf: 1);
        using var file = Safetensors.Read(run.BackgroundPath);
        using var background = Background.Read(file.Tensors.Tensors);
        Assert.InRange(background.Unrelated, 1e-6, 0.999999);

        // The other way round they would be others.
        using var generator = new Generator(1);
        using var encoder = run.Recipe.Encoder.Build(generator, checkpointing: false);
        var method = run.Recipe.Stages[^1].Method.Build(() => encoder, World.Single);
        using var again = HeldOutBackground.Measure(encoder, method.Prepare, method.Views.Clips[0], data, run.Recipe.Seed, Device.Cpu)!;
        Assert.Equal(background.Unrelated, again.Unrelated);
        var known = new PlainClips(method.Views.Clips[0], run.Recipe.Seed);
        Assert.Empty(known.Read(data.Training, 4, 2000).Select(clip => clip.Video).Intersect(known.Read(data.HeldOut, 4, 500).Select(clip => clip.Video)));
        Assert.All(known.Read(data.HeldOut, 4, 3).CountBy(clip => clip.Video), count => Assert.Equal(1, count.Value)); // spread over the videos where they are many
    }

    [Fact]
    public void Too_few_held_out_give_no_figure()
    {
        using var data = Dataset.Open([pack.Folder], 0);
        var run = Begin(seed: 1);
        Assert.Null(HeldOutRetrieval.Measure(run, data, Device.Cpu));
        Assert.Null(run.Result);
        Assert.False(File.Exists(run.BackgroundPath));
    }

    [Fact]
    public void A_broken_video_is_left_out_and_the_figure_of_the_others_is_kept()
    {
        using var scope = TensorScope.Enter();
        var path = Path.Combine(pack.Folder, "frames");
        string name;
        using (var whole = Dataset.Open([pack.Folder], 0.5))
        {
            name = whole.HeldOut[0].Video.Name;
        }

        var bytes = File.ReadAllBytes(path);
        var scene = new Scene(int.Parse(name.AsSpan("video".Length, 2), System.Globalization.CultureInfo.InvariantCulture), 2);
        for (var frame = 0; frame < 6; frame++)
        {
            bytes[bytes.AsSpan().IndexOf(Render(scene, frame)) + 5] ^= 1;
        }

        File.WriteAllBytes(path, bytes);
        using var data = Dataset.Open([pack.Folder], 0.5);
        Assert.Equal(data.HeldOut.Count - 1, Measure(Begin(seed: 1), data, weightsOf: 2).Trained.Count);
    }

    public void Dispose() => pack.Dispose();

    private static byte[] Render(Scene scene, int frame)
    {
        var rgb = new byte[(Side + 4) * Side * 3];
        scene.RenderFrame(frame / PaintedPack.Rate, Side + 4, Side, rgb);
        return rgb;
    }

    private static RunResult Measure(Run run, Dataset data, int weightsOf)
    {
        using var generator = new Generator((ulong)weightsOf);
        using var encoder = run.Recipe.Encoder.Build(generator, checkpointing: false);
        Safetensors.Write(run.EncoderPath, encoder.ToStored());
        return HeldOutRetrieval.Measure(run, data, Device.Cpu)!;
    }

    private Run Begin(int seed)
    {
        var recipe = RecipeFile.Set(RecipeFile.Named("3d-csl.tiny"), [.. Small, $"seed={seed}"]);
        return Run.Create(pack.At("run"), recipe, new RunStart([pack.Folder], DateTimeOffset.UnixEpoch, 1, "cpu", "1.13.1"));
    }
}
