using Sosia.Learning.Encoders;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

/// <summary>Sizes and starting values of the convolutional encoders, and what each family has of its own.</summary>
public sealed class ConvolutionalEncoderTests
{
    /// <summary>Numbers of parameters of the published networks, and of ours that are narrow.</summary>
    private static readonly (Func<Encoder> Make, long Parameters)[] Sizes =
    [
        (static () => new VideoResNet(new(VideoResNetKind.R3d, Classes: 400)), 33_371_472),
        (static () => new VideoResNet(new(VideoResNetKind.Mc3, Classes: 400)), 11_695_440),
        (static () => new VideoResNet(new(VideoResNetKind.R2Plus1d, Classes: 400)), 31_505_325),
        (static () => new C3d(new()), 27_661_440),
        (static () => new C3d(new(Classes: 101)), 27_713_253),
        (static () => new ClipOrderResNet(new(Factored: false)), 14_361_792),
        (static () => new ClipOrderResNet(new(Factored: true)), 14_365_303),
        (static () => new ResNet3d(new(18, Classes: 400)), 33_409_104),
        (static () => new ResNet3d(new(50, Classes: 400)), 47_018_576),
        (static () => new ResNet2d3d(new()), 31_672_128),
        (static () => new SlowResNet(new(Classes: 400)), 32_454_096),
        (static () => new S3d(new()), 7_910_048),
        (static () => new S3d(new(Gated: true)), 9_098_000),
        (static () => new S3d(new(Classes: 400)), 8_320_048),
        (static () => new I3d(new()), 12_287_264),
        (static () => new I3d(new(I3dPort.TensorFlowPadding)), 12_287_264),
        (static () => new I3d(new(Classes: 400)), 12_697_264),
        .. new (VideoResNetKind Kind, int Base, long Parameters)[]
        {
            (VideoResNetKind.R3d, 8, 228_120), (VideoResNetKind.R3d, 16, 903_984), (VideoResNetKind.R3d, 32, 3_598_944),
            (VideoResNetKind.Mc3, 8, 82_968), (VideoResNetKind.Mc3, 16, 323_376), (VideoResNetKind.Mc3, 32, 1_276_512),
            (VideoResNetKind.R2Plus1d, 8, 196_598), (VideoResNetKind.R2Plus1d, 16, 783_103), (VideoResNetKind.R2Plus1d, 32, 3_124_247),
        }.Select(static narrow => ((Func<Encoder>)(() => new VideoResNet(new(narrow.Kind, narrow.Base, [1, 1, 1, 1]))), narrow.Parameters)),
    ];

    [Fact]
    public void Has_as_many_parameters_as_published()
    {
        using var skip = SkipInit.Enter();
        Assert.All(Sizes, size =>
        {
            using var network = size.Make();
            Assert.Equal(size.Parameters, network.CountParameters());
        });
    }

    [Fact]
    public void Deeper_networks_have_more_blocks()
    {
        int[] depths = [10, 18, 34, 50, 101, 152, 200];
        Assert.All(depths, depth =>
        {
            using var network = new ResNet3d(new(depth, Widen: 1 / 64.0));
            var convolutions = network.NamedModules().Count(part => part.Module is Conv3d && !part.Name.Contains("downsample", StringComparison.Ordinal));
            Assert.Equal(depth - 1, convolutions); // the last layer of the name is the head
        });
        Assert.Throws<ArgumentException>(() => new ResNet3d(new(20)));
    }

    // Deviations are measured on thousands of weights: a twentieth is more than five standard errors.
    [Fact]
    public void Residual_networks_start_by_fan_out()
    {
        using var scope = TensorScope.Enter();
        Module[] networks =
        [
            new VideoResNet(new(VideoResNetKind.R3d, 16, [1, 1, 1, 1], Classes: 50), new Generator(1)),
            new ResNet3d(new(10, Widen: 0.25), new Generator(1)),
            new ResNet2d3d(new(16, [1, 1, 1, 1]), new Generator(1)),
            new SlowResNet(new(16, [1, 1, 1, 1], Classes: 50), new Generator(1)),
        ];
        Assert.All(networks, network =>
        {
            foreach (var weight in Weights<Conv3d>(network).Where(weight => weight.Count > 8000))
            {
                var fanOut = weight.Count / weight.Size(1);
                Assert.InRange(Deviation(weight) / Math.Sqrt(2.0 / fanOut), 0.95, 1.05);
            }

            network.Dispose();
        });
    }

    [Fact]
    public void Heads_start_as_in_their_family()
    {
        using var scope = TensorScope.Enter();
        using var normal = new VideoResNet(new(VideoResNetKind.R3d, 16, [1, 1, 1, 1], Classes: 99), new Generator(1));
        using var uniform = new ResNet3d(new(10, Widen: 0.25, Classes: 99), new Generator(1));

        Assert.InRange(Deviation(Entry(normal, "fc.weight")), 0.0095, 0.0105);
        Assert.Equal(0, Entry(normal, "fc.bias").Abs().Max().Item());
        Assert.InRange(Entry(uniform, "fc.weight").Abs().Max().Item() * Math.Sqrt(128), 0.99, 1);
        Assert.InRange(Entry(uniform, "fc.bias").Abs().Max().Item() * Math.Sqrt(128), 0.9, 1);
    }

    [Fact]
    public void Each_bottleneck_of_the_slow_network_starts_as_its_shortcut()
    {
        using var scope = TensorScope.Enter();
        using var network = new SlowResNet(new(4, [2, 1, 1, 1]), new Generator(1));
        var zeros = network.NamedParameters().Where(entry => entry.Name.EndsWith(".weight", StringComparison.Ordinal) && entry.Tensor.Abs().Max().Item() == 0).Select(entry => entry.Name);
        Assert.Equal(
            ["blocks.1.res_blocks.0.branch2.norm_c.weight", "blocks.1.res_blocks.1.branch2.norm_c.weight", "blocks.2.res_blocks.0.branch2.norm_c.weight",
                "blocks.3.res_blocks.0.branch2.norm_c.weight", "blocks.4.res_blocks.0.branch2.norm_c.weight"],
            zeros.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void S3d_starts_with_one_deviation()
    {
        using var scope = TensorScope.Enter();
        using var network = new S3d(new(Gated: true, Base: 32), new Generator(1));
        Assert.All(Weights<Conv3d>(network).Where(weight => weight.Count > 8000), weight => Assert.InRange(Deviation(weight), 0.0095, 0.0105));
        Assert.All(Weights<Linear>(network), weight => Assert.InRange(weight.Abs().Max().Item() * Math.Sqrt(weight.Size(1)), 0.8, 1));
    }

    [Fact]
    public void The_others_start_by_fan_in()
    {
        using var scope = TensorScope.Enter();
        Module[] networks = [new C3d(new(8), new Generator(1)), new ClipOrderResNet(new(Factored: true, 8), new Generator(1)), new I3d(new(Base: 16), new Generator(1))];
        Assert.All(networks, network =>
        {
            Assert.All(Weights<Conv3d>(network).Where(weight => weight.Count > 1000), weight =>
                Assert.InRange(weight.Abs().Max().Item() * Math.Sqrt(weight.Count / weight.Size(0)), 0.98, 1));
            network.Dispose();
        });
        using var c3d = new C3d(new(8), new Generator(1));
        Assert.InRange(Entry(c3d, "conv5b.bias").Abs().Max().Item() * Math.Sqrt(64 * 27), 0.8, 1);
    }

    // A projection that copies what channels there are is the shortcut without parameters.
    [Fact]
    public void Shortcut_a_leaves_out_places_and_adds_channels_of_zeros()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        var shape = new ResNet3dShape(10, NoMaxPool: true, Widen: 1 / 16.0);
        using var plain = new ResNet3d(shape with { Shortcut = ResNetShortcut.A }, new Generator(1));
        using var projected = new ResNet3d(shape, new Generator(2));
        Assert.DoesNotContain(plain.NamedState(), entry => entry.Name.Contains("downsample", StringComparison.Ordinal));
        projected.Load(plain.NamedState(), strict: false);
        foreach (var (name, tensor) in projected.NamedState().Where(entry => entry.Name.EndsWith("downsample.0.weight", StringComparison.Ordinal)))
        {
            tensor.CopyInPlace(Tensor.Eye(tensor.Size(0))[.., ..(int)tensor.Size(1)].View(tensor.Shape));
        }

        plain.Eval();
        projected.Eval();
        var clips = Tensor.Randn([2, 3, 4, 16, 14], new Generator(3));
        var (wanted, got) = (projected.Forward(clips).Vector, plain.Forward(clips).Vector);
        Assert.InRange((wanted - got).Abs().Max().Item(), 0, 1e-4 * wanted.Abs().Max().Item());
    }

    [Fact]
    public void Clips_are_retrieved_by_maxima_of_places()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var network = new C3d(new(1), new Generator(1));
        network.Eval();
        var clips = Tensor.Randn([1, 3, 16, 112, 112], new Generator(2));

        var flat = network.Flattened(clips);

        Assert.Equal([1, 9216 / 64], flat.Shape);
        var map = network.Forward(clips).Map!; // 1 x 8 x 2 x 7 x 7
        Assert.Equal(map[.., 3, 1, 2..4, 4..6].Amax().Item(), flat.View([8, 2, 3, 3])[3, 1, 1, 2].Item());
    }

    [Fact]
    public void Only_clips_of_three_colours_are_taken()
    {
        using var scope = TensorScope.Enter();
        Encoder[] networks = [new VideoResNet(new(VideoResNetKind.R3d, 2)), new C3d(new(2)), new S3d(new(Base: 4)), new ResNet2d3d(new(2))];
        long[][] shapes = [[2, 3, 16, 16], [2, 1, 4, 16, 16], [0, 3, 4, 16, 16]];
        Assert.All(networks, network =>
        {
            Assert.All(shapes, shape => Assert.Throws<ArgumentException>(() => network.Forward(Tensor.Zeros(shape))));
            network.Dispose();
        });
        using var headless = new I3d(new(Base: 4));
        Assert.Throws<InvalidOperationException>(() => headless.Classify(Tensor.Zeros([1, 64])));
    }

    [Fact]
    public void Same_padding_gives_a_size_divided_by_the_stride()
    {
        for (var size = 1L; size < 40; size++)
        {
            foreach (var (kernel, stride) in new[] { (1L, 1L), (3, 1), (7, 1), (2, 2), (3, 2), (7, 2), (5, 3), (1, 2) })
            {
                var (front, back) = SamePadding.Amounts(SameRule.SizeDependent, size, kernel, stride);
                Assert.InRange(back - front, 0, 1);
                if (kernel >= stride)
                {
                    Assert.Equal((size + stride - 1) / stride, ((size + front + back - kernel) / stride) + 1);
                }

                Assert.Equal(Math.Max(0, kernel - stride), SamePadding.Amounts(SameRule.Fixed, size, kernel, stride) is var (a, b) ? a + b : -1);
            }
        }
    }

    private static IEnumerable<Tensor> Weights<T>(Module network)
        where T : Module => network.NamedModules().Where(part => part.Module is T).Select(part => Entry(network, part.Name + ".weight"));

    private static Tensor Entry(Module network, string name) => network.NamedState().Single(entry => entry.Name == name).Tensor;

    private static double Deviation(Tensor tensor) => tensor.Std(null, 1).Item();
}
