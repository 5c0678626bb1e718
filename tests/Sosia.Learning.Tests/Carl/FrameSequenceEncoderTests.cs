using Sosia.Learning.Encoders;
using Sosia.Learning.Objectives;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class FrameSequenceEncoderTests
{
    private static readonly FrameSequenceShape Small = new()
    {
        Backbone = new ResNet2dShape([1, 1, 1, 1], Width: 4),
        Inner = 16,
        Hidden = 8,
        Heads = 2,
        FeedForward = 12,
        Layers = 2,
        Embedding = 6,
        TrainingLength = 5,
    };

    [Fact]
    public void NamesAreThoseOfTheCheckpoints()
    {
        using var scope = TensorScope.Enter();
        using var skip = SkipInit.Enter();
        using var network = new FrameSequenceEncoder(new FrameSequenceShape());
        using var pictures = new ResNet2d(ResNet2dShape.ResNet50);
        var shapes = network.NamedState().ToDictionary(entry => entry.Name, entry => entry.Tensor.Shape);
        Assert.Equal([64L, 3, 7, 7], shapes["backbone.0.weight"]);
        Assert.Equal([256L, 64, 1, 1], shapes["backbone.4.0.downsample.0.weight"]);
        Assert.Equal([2048L, 512, 1, 1], shapes["res_finetune.2.conv3.weight"]);
        Assert.Equal([512L, 2048], shapes["embed.fc_layers.1.weight"]);
        Assert.Equal([256L, 256], shapes["embed.video_encoder.enc_layers.2.self_att.linear_d2Q.weight"]);
        Assert.Equal([128L, 256], shapes["embed.embedding_layer.weight"]);

        // Every entry of torchvision's network has its place.
        Assert.All(pictures.NamedState(), entry => Assert.Equal(entry.Tensor.Shape, shapes[FrameSequenceEncoder.FromTorchvision(entry.Name)!]));
        Assert.Equal(shapes.Keys.Where(name => !name.StartsWith("embed", StringComparison.Ordinal)).Order(), pictures.NamedState().Select(entry => FrameSequenceEncoder.FromTorchvision(entry.Name)).Order());
        Assert.Null(FrameSequenceEncoder.FromTorchvision("fc.weight"));
    }

    [Fact]
    public void AFrozenBackboneNeverMoves()
    {
        using var scope = TensorScope.Enter();
        using var network = new FrameSequenceEncoder(Small, new Generator(1));
        var before = Of("backbone");
        network.Train();
        network.Frames(Clip(1)).Square().Mean().Backward();
        Assert.Equal(before, Of("backbone")); // running statistics too
        foreach (var (name, parameter) in network.NamedParameters())
        {
            var isFrozen = name.StartsWith("backbone", StringComparison.Ordinal);
            Assert.Equal(!isFrozen, parameter.RequiresGrad);
            Assert.True(isFrozen ? parameter.Grad is null : parameter.Grad!.Abs().Max().Item() >= 0);
        }

        using var whole = new FrameSequenceEncoder(Small with { Frozen = false }, new Generator(1));
        whole.Frames(Clip(1)).Square().Mean().Backward();
        Assert.All(whole.Parameters(), parameter => Assert.NotNull(parameter.Grad));

        float[] Of(string prefix) => [.. network.NamedState().Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)).SelectMany(entry => entry.Tensor.To(ScalarType.Float32).ToArray<float>())];
    }

    [Fact]
    public void FramesSeeEachOtherButNotWhatIsMasked()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var network = Used();
        var (clip, mask) = (Clip(1), Tensor.Of([1f, 1, 1, 0, 0], 1, 5));
        var changed = clip.Clone();
        changed[.., .., 4].AddInPlace(3);
        var (plain, other) = (network.Frames(clip), network.Frames(changed));
        Assert.True(Distance(plain[0, 0], other[0, 0]) > 1e-4);
        Assert.Equal(0, Distance(network.Frames(clip, mask)[0, ..3], network.Frames(changed, mask)[0, ..3]), 1e-6);
        Assert.All(network.Frames(clip, Tensor.Zeros([1, 5])).ToArray<float>(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void HalfPrecisionKeepsTheMask()
    {
        using var scope = TensorScope.Enter();
        using var network = Used();
        var (clip, mask) = (Clip(1), Tensor.Of([1f, 1, 1, 0, 0], 1, 5));
        var full = network.Frames(clip, mask);

        using var autocast = Autocast.Enter(DeviceType.Cpu);
        var half = network.Frames(clip, mask);
        half.To(ScalarType.Float32).Square().Mean().Backward();

        Assert.InRange(Distance(full, half.To(ScalarType.Float32)), 1e-6, 0.1 * full.Abs().Max().Item());
        Assert.All(network.Parameters().Where(parameter => parameter.RequiresGrad), parameter => Assert.True(parameter.Grad!.IsFinite().All().Item<bool>()));
    }

    [Fact]
    public void VideosOfABatchDoNotMix()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var network = Used();
        var both = network.Forward(Tensor.Cat([Clip(1), Clip(2)]));
        Assert.Equal([2L, 5, 6], both.Tokens!.Shape);
        Assert.Equal([2L, 6], both.Vector.Shape);
        Assert.Equal(0, Distance(network.Frames(Clip(2))[0], both.Tokens[1]), 1e-5);
    }

    // Sixty frames pass the pictures' network in two parts, and nobody can tell.
    [Fact]
    public void LongVideosAreEmbeddedInParts()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var network = Used();
        var video = Tensor.Randn([3, 60, 32, 32], new Generator(4));
        var whole = network.Embed(video);
        Assert.All(whole.Norm(2, [1]).ToArray<float>(), length => Assert.Equal(1, length, 1e-5));
        var parts = network.Embed(video, most: 25); // three of twenty
        Assert.Equal([60L, 6], parts.Shape);
        Assert.Equal(0, Distance(network.Embed(video[.., 20..40]), parts[20..40]), 1e-5);
        Assert.True(Distance(whole, parts) > 1e-4);
    }

    // As CARL's code cuts: no part has more than it may, and none but the last is shorter than another.
    [Theory]
    [InlineData(1, 1000, 1)]
    [InlineData(1000, 1000, 1000)]
    [InlineData(1001, 1000, 501)]
    [InlineData(2001, 1000, 667)]
    [InlineData(72, 25, 24)]
    [InlineData(7, 2, 2)]
    public void PartsAreEqual(int length, int most, int part) => Assert.Equal(part, FrameSequenceEncoder.PartLength(length, most));

    [Fact]
    public void PartsComeOneByOneAndAreLetGo()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var network = Used();
        var video = Tensor.Randn([3, 60, 32, 32], new Generator(4));
        var parts = video.Split(FrameSequenceEncoder.PartLength(60, 25), 1);
        var old = parts.Select(part => network.Frames(part.Unsqueeze(0)).Squeeze(0)).ToArray();
        var wanted = Cosine.Unit(Tensor.Cat(old)).ToArray<float>();
        var live = new List<long>();

        Assert.Equal(wanted, network.Embed(video, most: 25).ToArray<float>());
        Assert.Equal(wanted, network.Embed(parts, Part).ToArray<float>());
        Assert.Equal(3, live.Count);
        Assert.Equal([live[0] + 1, live[0] + 2], live[1..]); // the vectors of a part alone stay

        Tensor Part(Tensor part)
        {
            live.Add(Tensor.Live);
            return part * 1;
        }
    }

    [Fact]
    public void OtherInputsAreRefused()
    {
        using var scope = TensorScope.Enter();
        using var network = Used();
        Assert.Throws<ArgumentException>(() => network.Frames(Tensor.Zeros([1, 3, 32, 32])));
        Assert.Throws<ArgumentException>(() => network.Frames(Tensor.Zeros([1, 1, 5, 32, 32])));
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Embed(Tensor.Zeros([3, 0, 32, 32])));
    }

    [Fact]
    public void PositionsOfAnotherLengthAreSpread()
    {
        using var scope = TensorScope.Enter();
        var trained = FramePositions.Code(9, 8, 9);
        Assert.Equal(trained.ToArray<float>(), FramePositions.Code(17, 8, 9).Slice(0, step: 2).ToArray<float>());
        Assert.Equal(trained[..1].ToArray<float>(), FramePositions.Code(1, 8, 9).ToArray<float>());
    }

    private static FrameSequenceEncoder Used()
    {
        var network = new FrameSequenceEncoder(Small, new Generator(1));
        network.Eval();
        return network;
    }

    private static Tensor Clip(ulong seed) => Tensor.Randn([1, 3, 5, 32, 32], new Generator(seed));

    private static double Distance(Tensor a, Tensor b) => (a - b).Abs().Max().Item();
}
