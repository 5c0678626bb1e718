using Sosia.Learning.Methods;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;
using Sosia.Video.Packs;

namespace Sosia.Learning.Tests;

/// <summary>CARL with its weakly supervised term, on packs of class folders.</summary>
public sealed class WeakCarlTests : IDisposable
{
    private const int Batch = 4;

    private static readonly string[] Names =
        ["pouring/0.mp4", "drinking/0.mp4", "pouring/1.mp4", "pouring/2.mp4", "drinking/1.mp4", "alone/0.mp4", "top.mp4", "drinking/2.mp4", "pouring/3.mp4"];

    private readonly PaintedPack pack = Painted(Names);

    public void Dispose() => pack.Dispose();

    [Fact]
    public void A_class_is_the_folder_that_videos_lie_in() => Assert.Equal(
        [0, 1, 2, 0, 4, 5, 0, 7, 2],
        FolderClasses.Of(["pouring/a.mp4", "scene-000001", "drinking/a.mp4", "pouring/b.mp4", "more/pouring/a.mp4", "top.mp4", "pouring/a.mp4", "top.mp4", "drinking/b.mp4"]));

    [Fact]
    public void The_third_view_is_of_another_video_of_the_class_and_the_own_two_are_those_of_plain_carl()
    {
        using var scope = TensorScope.Enter();
        using var data = pack.Open();
        using var weak = Built(weak: 1);
        using var plain = Built(weak: 0);
        using var loader = Loaded(weak, data);
        using var plainLoader = Loaded(plain, data);
        var names = data.Training.ToDictionary(one => (long)one.Number, one => one.Video.Name);
        var (partners, frames) = (new HashSet<(string, string)>(), new HashSet<string>());
        for (var step = 0; step < 40; step++)
        {
            var (batch, same) = (loader.Next(Device.Cpu), plainLoader.Next(Device.Cpu));
            Assert.Equal(batch["first"].ToArray<float>(), same["first"].ToArray<float>());
            Assert.Equal(batch["second"].ToArray<float>(), same["second"].ToArray<float>());
            partners.UnionWith(batch.Videos.Zip(batch.Origins("other").Videos, (own, other) => (names[own], names[other])));
            Assert.All(batch.Origins("other").Frames, frame => Assert.InRange(frame, 0, 11)); // of 12
            Assert.NotEqual(batch.Origins("first").Frames, batch.Origins("other").Frames); // drawn for itself
            frames.UnionWith(batch.Origins("other").Frames.Chunk(6).Select(view => string.Join(' ', view)));
        }

        var expected = Names.SelectMany(own => Names.Where(other => Folder(own) == Folder(other) && (own != other || own is "alone/0.mp4" or "top.mp4")).Select(other => (own, other)));
        Assert.Equal(expected.Order(), partners.Order());
        Assert.True(frames.Count > 50);
    }

    [Fact]
    public void A_step_on_a_batch_lowers_its_loss()
    {
        using var scope = TensorScope.Enter();
        using var data = pack.Open();
        using var method = Built(weak: 1);
        using var loader = Loaded(method, data);
        var batch = loader.Next(Device.Cpu);
        var first = Of(method, batch);
        Assert.True(Term(first, "weak").Item() > 0);
        first.Total().Backward();
        using var optimiser = new Sgd(method.NamedParameters(), 1e-4);
        ClipGradients.Norm(method.Parameters(), 1);
        optimiser.Step();
        var second = Of(method, batch);
        Assert.True(second.Total().Item() < first.Total().Item(), $"{first.Total().Item():0.00000} to {second.Total().Item():0.00000}");
    }

    [Fact]
    public void The_weak_term_alone_teaches_all_that_learns()
    {
        using var scope = TensorScope.Enter();
        using var data = pack.Open();
        using var method = Built(weak: 1, "encoder.frozen=true");
        using var loader = Loaded(method, data);
        Term(Of(method, loader.Next(Device.Cpu)), "weak").Backward();
        Assert.All(method.NamedParameters(), parameter =>
            Assert.True(parameter.Name.StartsWith("encoder.backbone.", StringComparison.Ordinal) == parameter.Tensor.Grad is null, parameter.Name));
        Assert.Contains(method.NamedParameters(), parameter => parameter.Tensor.Grad is null);
        Assert.True(method.NamedParameters().Single(parameter => parameter.Name == "encoder.embed.video_emb.weight").Tensor.Grad!.Abs().Max().Item() > 0);
    }

    [Fact]
    public void The_term_is_the_mean_over_the_samples_with_a_partner_and_counts_by_its_weight()
    {
        using var scope = TensorScope.Enter();
        using var data = pack.Open();
        using var method = Built(weak: 0.25);
        using var loader = Loaded(method, data, Names.Length);
        using var single = Loaded(method, data, 1);
        method.Eval(); // what is in a batch does not depend on the others
        var losses = Of(method, loader.Next(Device.Cpu));
        var each = Names.Select(_ => Term(Of(method, single.Next(Device.Cpu)), "weak").Item()).ToArray();
        Assert.Equal(2, each.Count(term => term == 0)); // two videos have no partner
        Assert.Equal(each.Where(term => term != 0).Average(), Term(losses, "weak").Item(), 1e-4);
        Assert.Equal(Term(losses, "sequence").Item() + (0.25 * Term(losses, "weak").Item()), losses.Total().Item(), 1e-5);
    }

    [Fact]
    public void A_batch_without_partners_has_exactly_the_plain_loss()
    {
        using var scope = TensorScope.Enter();
        using var single = Painted("a/0.mp4", "b/0.mp4", "0.mp4", "c/0.mp4", "c/1.mp4");
        using var data = single.Open();
        using var weak = Built(weak: 1);
        using var plain = Built(weak: 0);
        using var loader = Loaded(weak, data, batch: 1);
        using var plainLoader = Loaded(plain, data, batch: 1);
        var (lone, same) = Enumerable.Range(0, 5).Select(_ => (Weak: loader.Next(Device.Cpu), Plain: plainLoader.Next(Device.Cpu)))
            .First(batches => batches.Weak.Origins("other").Videos[0] == batches.Weak.Videos[0]);
        var (losses, expected) = (Of(weak, lone), Of(plain, same));
        Assert.Equal(0, Term(losses, "weak").Item());
        Assert.Equal(expected.Total().Item(), losses.Total().Item());
        losses.Total().Backward();
        expected.Total().Backward();
        Assert.All(weak.Parameters().Zip(plain.Parameters()), pair => Assert.Equal(pair.Second.Grad!.ToArray<float>(), pair.First.Grad!.ToArray<float>()));
    }

    [Fact]
    public void Without_the_term_nothing_is_remembered_or_read_for_it()
    {
        using var plain = Built(weak: 0);
        using var weak = Built(weak: 1);
        Assert.Equal(["first", "second"], plain.Views.Clips.Select(clip => clip.Name));
        Assert.Equal(["classes.videos", "classes.labels", "classes.count"], weak.NamedState().Select(entry => entry.Name).Except(plain.NamedState().Select(entry => entry.Name)));
        Assert.All(plain.NamedState(), entry => Assert.True(entry.Name.StartsWith("encoder.", StringComparison.Ordinal) || entry.Name.StartsWith("ssl_projection.", StringComparison.Ordinal), entry.Name));
        using var data = pack.Open();
        Assert.False(plain.BeginEpoch(new VideoSurvey(data.Training, Device.Cpu, 1), new Progress(0, 8, 2)));
    }

    [Fact]
    public void Classes_are_written_down_once()
    {
        using var data = pack.Open();
        using var method = Built(weak: 1);
        Assert.True(method.BeginEpoch(new VideoSurvey(data.Training, Device.Cpu, 1), new Progress(0, 8, 2)));
        Assert.False(method.BeginEpoch(new VideoSurvey(data.Training, Device.Cpu, 1), new Progress(2, 8, 2)));
    }

    [Fact]
    public void Videos_of_which_no_two_lie_in_one_folder_are_refused()
    {
        using var single = Painted("a/0.mp4", "b/0.mp4", "0.mp4");
        using var data = single.Open();
        using var method = Built(weak: 1);
        var error = Assert.Throws<RecipeException>(() => method.BeginEpoch(new VideoSurvey(data.Training, Device.Cpu, 1), new Progress(0, 8, 2)));
        Assert.Contains("no two lie in one folder", error.Message);
    }

    [Fact]
    public void More_videos_than_can_be_remembered_are_refused()
    {
        using var data = pack.Open();
        using var method = Built(weak: 1, "stages.carl.method.videos=8");
        var error = Assert.Throws<RecipeException>(() => method.BeginEpoch(new VideoSurvey(data.Training, Device.Cpu, 1), new Progress(0, 8, 2)));
        Assert.Equal("carl: there are 9 videos with classes: set videos to as many", error.Message);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_weight_below_0_is_refused(double weak)
    {
        using var encoder = Small(0).Encoder.Build(new Generator(1), checkpointing: false);
        var error = Assert.Throws<RecipeException>(() => new CarlOptions(Weak: weak).Build(() => encoder, World.Single));
        Assert.Contains("weak", error.Message);
    }

    [Fact]
    public void An_interrupted_training_ends_as_one_that_was_not()
    {
        var whole = Train(Begin("whole"));
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Train(Begin("parts"), Watch.After(3, stop), stop.Token)); // within the second epoch
        var resumed = Train(Run.Open(pack.At("parts")));
        Assert.Equal(File.ReadAllBytes(whole.WeightsPath(whole.Recipe.Stages[0])), File.ReadAllBytes(resumed.WeightsPath(whole.Recipe.Stages[0])));
        Assert.Equal(whole.Metrics().Select(line => (line.Step, line.Loss)), resumed.Metrics().Select(line => (line.Step, line.Loss)));
        Assert.Equal(8, whole.Metrics().Count);
        Assert.All(whole.Metrics(), line => Assert.True(line.Losses["weak"] > 0)); // each batch of 4 has a pair: two videos of 9 have no partner
    }

    // Each may have another number of pairs, also none; and all draw partners by the same classes.
    [Fact]
    public void Two_processes_train_it_together()
    {
        var run = Begin("two", "stages.carl.steps=2"); // a busy machine needs seconds for each
        Torch.Tests.Together.Succeed(2, "train", pack.Folder, pack.At("two"));
        Assert.Equal(2, run.Metrics().Count);
        Assert.All(run.Metrics(), line => Assert.Equal(line.Losses["sequence"] + line.Losses["weak"], line.Loss, 1e-5));
        using var weights = Safetensors.Read(run.WeightsPath(run.Recipe.Stages[0]));
        Assert.Equal([Names.Length], weights.Tensors["classes.count"].ToTensor().ToArray<long>());
    }

    private static string Folder(string name) => name.Split('/')[0];

    private static PaintedPack Painted(params string[] names)
    {
        var painted = new PaintedPack();
        using var writer = painted.Write();
        foreach (var (video, name) in names.Index())
        {
            PaintedPack.Add(writer, name, PackSource.Video, 20, 16, [.. Enumerable.Range(0, 12).Select(frame => PaintedPack.Paint(video, frame, 20, 16))]);
        }

        return painted;
    }

    private static Recipe Small(double weak, params string[] values) => RecipeFile.Set(RecipeFile.Named("carl", "tiny"), [
        "encoder.base=4", "encoder.inner=16", "encoder.hidden=16", "encoder.feedForward=16", "encoder.embedding=8", "encoder.frames=6",
        "stages.carl.method.frames=6", "stages.carl.method.projection=8", "stages.carl.method.videos=50", FormattableString.Invariant($"stages.carl.method.weak={weak}"),
        $"stages.carl.batch={Batch}", "stages.carl.steps=8", "data.holdout=0", .. values,
    ]);

    private static Method Built(double weak, params string[] values)
    {
        var recipe = Small(weak, values);
        Generator.Seed(3);
        using var generator = new Generator(3);
        return recipe.Stages[0].Method.Build(() => recipe.Encoder.Build(generator, checkpointing: false), World.Single);
    }

    // Classes are known to the method, and to the loader.
    private static Loader Loaded(Method method, Dataset data, int batch = Batch)
    {
        method.BeginEpoch(new VideoSurvey(data.Training, Device.Cpu, 1), new Progress(0, 8, 2));
        method.Train();
        return new Loader(data.Training, method.Views, batch, 1, new DataOptions(), World.Single);
    }

    private static Losses Of(Method method, Batch batch)
    {
        Generator.Seed(5);
        return method.Step(batch.WithRandoms([.. batch.Videos.Select(video => new SampleRandom(9, 0, video))]), new Progress(0, 8, 2));
    }

    private static Tensor Term(Losses losses, string name) => losses.Terms.Single(term => term.Name == name).Value;

    private Run Begin(string name, params string[] values) =>
        Run.Create(pack.At(name), Small(weak: 1, values), new RunStart([pack.Folder], DateTimeOffset.UnixEpoch, TorchRuntime.Threads, "cpu", TorchRuntime.Version));

    private static Run Train(Run run, IProgress<Metrics>? report = null, CancellationToken stop = default) =>
        TrainingPlace.Train(run, World.Single, report ?? new Watch(_ => { }), stop);
}
