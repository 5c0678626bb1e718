using Sosia.Learning.Encoders;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;
using Sosia.Video;

namespace Sosia.Learning.Tests;

public sealed class ClipTrunkTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sosia-trunk-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void At_the_start_a_clip_is_the_mean_of_its_frames()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var trunk = Trunk(timeDepth: 1, frames: 3);
        var clips = Clips(2, 3);
        foreach (var frames in new[] { 3, 1 }) // fewer are a clip too
        {
            var seen = clips.Narrow(2, 0, frames);
            var rows = trunk.Frames(seen.Transpose(1, 2).Flatten(0, 1)).View([2, frames, trunk.Width]);
            var mean = rows.Mean([1]);
            Near(mean / mean.LinalgVectorNorm(2, [1], keepdim: true), trunk.Forward(seen).Vector);
        }
    }

    [Fact]
    public void Over_time_it_learns_what_the_mean_does_not_tell()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var trunk = Trunk(timeDepth: 1, frames: 3);
        var frames = Tensor.Randn([2, 3, trunk.Width], new Generator(4));
        Near(trunk.Clips(frames), trunk.Clips(frames.Flip([1])), 1e-5);
        foreach (var (_, tensor) in trunk.NamedParameters().Where(one => one.Name.StartsWith("time.", StringComparison.Ordinal)))
        {
            tensor.AddInPlace(Tensor.Randn(tensor.Shape, new Generator(5)), 0.3);
        }

        Assert.True((trunk.Clips(frames) - trunk.Clips(frames.Flip([1]))).Abs().Max().Item() > 1e-3);
    }

    [Fact]
    public void It_pools_what_the_trunk_with_norms_pools()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var trunk = Trunk(timeDepth: 0, frames: 1);
        using var norms = new FrameTrunk(8);
        norms.LoadNetwork(Model("mobilenet-v2"));
        var pictures = Clips(3, 1).Select(2, 0);
        Near(norms.Pooled(pictures), trunk.Pooled(pictures), 1e-4);
    }

    [Fact]
    public void What_was_written_is_read_and_gives_the_same()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var trunk = Trunk(timeDepth: 0, frames: 4);
        Safetensors.Write(At("trunk"), trunk.ToStored());
        using var read = ClipTrunk.Read(At("trunk"));
        var clips = Clips(2, 2);
        Assert.Equal(trunk.Forward(clips).Vector.ToArray<float>(), read.Forward(clips).Vector.ToArray<float>());
        Assert.Equal((16, false), (read.Width, read.IsTraining));
    }

    [Fact]
    public void Another_file_is_refused()
    {
        using var scope = TensorScope.Enter();
        Assert.Contains("projection.weight", Assert.Throws<StateMismatchException>(() => ClipTrunk.Read(Model("trunk"))).Missing);
        Assert.Throws<StateMismatchException>(() => ClipTrunk.Read(Model("mobilenet-v2")));
        using var trunk = Trunk(timeDepth: 1, frames: 2);
        Safetensors.Write(At("time"), trunk.ToStored());
        Assert.Contains("time.leave.weight", Assert.Throws<StateMismatchException>(() => ClipTrunk.Read(At("time"))).Unexpected);
        Safetensors.Write(At("vector"), [Tensor.Zeros([3]).ToStored("projection.weight")]);
        Assert.Throws<StateMismatchException>(() => ClipTrunk.Read(At("vector")));
        Safetensors.Write(At("narrow"), [Tensor.Zeros([3, 5]).ToStored("projection.weight")]);
        Assert.Contains("projection.weight", Assert.Throws<StateMismatchException>(() => ClipTrunk.Read(At("narrow"))).Message);
        File.WriteAllText(At("text"), "no tensors");
        Assert.Throws<CheckpointException>(() => ClipTrunk.Read(At("text")));
        Assert.ThrowsAny<Exception>(() => ClipTrunk.Read(At("nowhere")));
    }

    [Fact]
    public void Two_whitenings_are_one_projection()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var trunk = Trunk(timeDepth: 0, frames: 1);
        using var first = Fitted(FrameTrunk.PooledWidth, 1);
        using var second = Fitted(16, 2);
        var pooled = Tensor.Rand([5, FrameTrunk.PooledWidth], new Generator(3));
        trunk.Whiten(first);
        var once = (pooled - first.Mean).Linear(first.Projection) / 4; // the root of 16 numbers
        Near(once, trunk.Project(pooled), 1e-3);
        trunk.WhitenAgain(second);
        Near((once - second.Mean).Linear(second.Projection) / 4, trunk.Project(pooled), 1e-3);
    }

    private static Parts.Whitening Fitted(int inputs, ulong seed)
    {
        var whitening = new Parts.Whitening(inputs, 16);
        whitening.Fit(Tensor.Randn([60, inputs], new Generator(seed)) + 1, Tensor.Ones([60]), 0.1);
        return whitening;
    }

    private static ClipTrunk Trunk(int timeDepth, int frames)
    {
        Generator.Seed(3);
        return (ClipTrunk)new ClipTrunkOptions(Width: 16, Frames: frames, TimeWidth: 8, TimeDepth: timeDepth, TimeHeads: 2).Build(new Generator(3), checkpointing: false);
    }

    private static string Model(string name) => Path.Combine(AppContext.BaseDirectory, "models", $"{name}.safetensors");

    private string At(string name) => Path.Combine(folder, name);

    // N x 3 x T x 144 x 144, in [-1, 1].
    private static Tensor Clips(int count, int frames)
    {
        byte[] bytes = [.. Enumerable.Range(0, count).SelectMany(i => Scenes.Render(100 + i, frames, 1, ClipTrunk.Side, ClipTrunk.Side).SelectMany(frame => frame.ToArray()))];
        return (Views.Batch.Unit(Tensor.Of(bytes, count, frames, ClipTrunk.Side, ClipTrunk.Side, 3)) * 2) - 1;
    }

    private static void Near(Tensor wanted, Tensor got, double most = 1e-5)
    {
        Assert.Equal(wanted.Shape, got.Shape);
        Assert.InRange((wanted - got).Abs().Max().Item(), 0, most);
    }
}
