using Sosia.Learning.Encoders;
using Sosia.Learning.Import;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

/// <summary>Published states of convolutional encoders: what the files call their tensors, and what else is in them.</summary>
public sealed class ConvolutionalNamesTests
{
    [Fact]
    public void A_file_of_coclr_holds_tensors_twice_and_a_second_encoder()
    {
        using var scope = TensorScope.Enter();
        using var source = new S3d(new(Gated: true, Base: 4), new Generator(1));
        using var target = new S3d(new(Gated: true, Base: 4), new Generator(2));
        (string Block, string Name)[] twice = [("block1.0.", "Conv_1a."), ("block2.1.", "Conv_2b."), ("block4.5.", "Mixed_4f."), ("block5.2.", "Mixed_5c.")];
        var state = Named(source, "encoder_q.0.").ToList();
        state.AddRange(twice.SelectMany(both => source.NamedState()
            .Where(entry => entry.Name.StartsWith(both.Name, StringComparison.Ordinal))
            .Select(entry => ($"encoder_q.0.{both.Block}{entry.Name[both.Name.Length..]}", Tensor.Zeros([1])))));
        string[] beside = ["encoder_q.2.weight", "encoder_k.0.Conv_1a.conv1.weight", "queue", "queue_ptr"];
        state.AddRange(beside.Select(name => (name, Tensor.Zeros([1]))));
        state.Add(("epoch", Tensor.Zeros([1])));

        var report = Importer.Load(target, PublishedNames.CoClr(state.Select(entry => ("state_dict." + entry.Item1, entry.Item2))));

        Assert.Equal(["epoch"], report.Unknown);
        Assert.All(beside, name => Assert.Contains(name, report.LeftOut));
        Assert.Contains("block4.5.branch0.0.conv.weight", report.LeftOut);
        Same(source, target);
    }

    [Fact]
    public void Torchvision_and_kylemin_count_the_parts_of_s3d()
    {
        using var scope = TensorScope.Enter();
        using var source = new S3d(new(Base: 4, Classes: 3), new Generator(1));
        using var first = new S3d(new(Base: 4, Classes: 3), new Generator(2));
        using var second = new S3d(new(Base: 4, Classes: 3), new Generator(3));
        Assert.Contains("features.15.branch3.1.1.running_var", source.NamedState().Select(entry => TorchVision(entry.Name)));
        Assert.Contains("base.3.conv_t.weight", source.NamedState().Select(entry => Kylemin(entry.Name)));

        var torchVision = Importer.Load(first, PublishedNames.S3dTorchVision(source.NamedState().Select(entry => (TorchVision(entry.Name), entry.Tensor))));
        var kylemin = Importer.Load(second, PublishedNames.S3dKylemin(source.NamedState().Select(entry => ("module." + Kylemin(entry.Name), entry.Tensor))));

        Assert.Empty(torchVision.Unknown.Concat(kylemin.Unknown));
        Same(source, first);
        Same(source, second);
    }

    [Theory]
    [InlineData("features.5.branch4.0.weight")]
    [InlineData("features.4.0.weight")]
    [InlineData("features.99.branch0.0.weight")]
    [InlineData("features.5.branch0.0.weight.more")]
    [InlineData("features.\u0665.branch0.0.weight")]
    [InlineData("block1.0.conv1.weight")]
    public void A_name_that_torchvision_has_not_stays(string name)
    {
        using var scope = TensorScope.Enter();
        Assert.Equal(name, PublishedNames.S3dTorchVision([(name, Tensor.Zeros([1]))]).State.Single().Name);
    }

    [Fact]
    public void Clip_order_files_hold_the_layers_that_order()
    {
        using var scope = TensorScope.Enter();
        using var source = new ClipOrderResNet(new(Factored: true, 4), new Generator(1));
        using var target = new ClipOrderResNet(new(Factored: true, 4), new Generator(2));
        var report = Importer.Load(target, PublishedNames.ClipOrder([.. Named(source, "module.base_network."), ("module.fc7.weight", Tensor.Zeros([1])), ("module.fc9.bias", Tensor.Zeros([1]))]));
        Assert.Equal(["fc7.weight"], report.LeftOut);
        Assert.Equal(["fc9.bias"], report.Unknown);
        Same(source, target);
    }

    [Fact]
    public void Fame_files_hold_a_projector_and_a_second_encoder()
    {
        using var scope = TensorScope.Enter();
        using var source = new I3d(new(I3dPort.TensorFlowPadding, 4), new Generator(1));
        using var target = new I3d(new(I3dPort.TensorFlowPadding, 4), new Generator(2));
        string[] beside = ["encoder_q.id_head.2.weight", "encoder_k.id_head.4.bias", "encoder_k.mixed_3b.branch_0.conv3d.weight", "queue"];
        var state = Named(source, "encoder_q.").Concat(beside.Select(name => (name, Tensor.Zeros([1])))).Select(entry => ("state_dict.module." + entry.Item1, entry.Item2));

        var report = Importer.Load(target, PublishedNames.Fame(state));

        Assert.Empty(report.Unknown);
        Assert.Equal(["id_head.2.weight", .. beside[1..]], report.LeftOut);
        Same(source, target);
    }

    [Fact]
    public void Shapes_are_read_off_the_tensors()
    {
        using var scope = TensorScope.Enter();
        using var i3d = new I3d(new(I3dPort.TensorFlowPadding, 8));
        using var factored = new VideoResNet(new(VideoResNetKind.R2Plus1d, 4, [1, 2, 1, 3]));
        Assert.Equal(new I3dShape(I3dPort.TensorFlowPadding, 8), PublishedShapes.I3d(PublishedNames.Fame(Named(i3d, "encoder_q."))));
        var read = PublishedShapes.R2Plus1d(PublishedNames.Fame(Named(factored, "encoder_q.")));
        Assert.Equal((VideoResNetKind.R2Plus1d, 4, 0), (read.Kind, read.Base, read.Classes));
        Assert.Equal([1, 2, 1, 3], read.Layers!);
        Assert.Contains("conv3d_1a_7x7.conv3d.weight is missing", Assert.Throws<ArgumentException>(() => PublishedShapes.I3d(PublishedNames.Fame([]))).Message);
    }

    [Theory]
    [InlineData(10, ResNetShortcut.B, 7)]
    [InlineData(18, ResNetShortcut.A, 3)]
    [InlineData(34, ResNetShortcut.B, 7)]
    [InlineData(50, ResNetShortcut.B, 7)] // as many blocks as 34, but bottlenecks
    public void A_3d_resnet_is_told_from_its_blocks(int depth, ResNetShortcut shortcut, int time)
    {
        using var scope = TensorScope.Enter();
        var shape = new ResNet3dShape(depth, time, NoMaxPool: true, Shortcut: shortcut) { Widths = [4, 6, 10, 12] };
        using var source = new ResNet3d(shape, new Generator(1));
        string[] beside = ["module.fc1.weight", "module.bn_proj.running_mean", "module.fc2.bias"];
        List<(string, Tensor)> file = [.. Named(source, "state_dict.module."), .. beside.Select(name => ("state_dict." + name, Tensor.Zeros([1])))];
        var published = PublishedNames.Slic(file);
        using var target = new ResNet3d(PublishedShapes.ResNet3d(published) with { NoMaxPool = true }, new Generator(2));
        var report = Importer.Load(target, published);
        Assert.Empty(report.Unknown);
        Assert.Equal(3, report.LeftOut.Count);
        Same(source, target);
        var clips = Tensor.Randn([1, 3, 4, 16, 16], new Generator(3));
        source.Eval();
        target.Eval();
        Assert.Equal(source.Forward(clips).Vector.Detach().ToArray<float>(), target.Forward(clips).Vector.Detach().ToArray<float>());
    }

    [Fact]
    public void What_is_no_3d_resnet_is_said()
    {
        using var scope = TensorScope.Enter();
        using var source = new ResNet3d(new ResNet3dShape(18) { Widths = [4, 4, 4, 4] });
        string Fault(Func<string, bool> kept) =>
            Assert.Throws<ArgumentException>(() => PublishedShapes.ResNet3d(PublishedNames.Slic(Named(source, "").Where(entry => kept(entry.Name))))).Message;
        Assert.Contains("none has 2, 2, 1, 2 blocks", Fault(name => !name.StartsWith("layer3.1.", StringComparison.Ordinal)));
        Assert.Contains("of its 1 layer3 number 0 is missing", Fault(name => !name.StartsWith("layer3.0.", StringComparison.Ordinal)));
        Assert.Contains("layer2 are missing", Fault(name => !name.StartsWith("layer2.", StringComparison.Ordinal)));
        Assert.Contains("conv1.weight is missing", Fault(name => name != "conv1.weight"));
    }

    [Fact]
    public void A_file_of_carl_holds_a_projection()
    {
        using var scope = TensorScope.Enter();
        var shape = new FrameSequenceShape
        {
            Backbone = new([1, 2, 1, 1], 4),
            Inner = 12,
            Hidden = 64,
            Heads = 2,
            FeedForward = 24,
            Layers = 2,
            Embedding = 10,
        };
        using var source = new FrameSequenceEncoder(shape, new Generator(1));
        var published = PublishedNames.Carl([.. Named(source, "model_state.module."), ("model_state.module.ssl_projection.net.0.weight", Tensor.Zeros([1])), ("optimizer_state.0", Tensor.Zeros([1]))]);
        using var target = new FrameSequenceEncoder(PublishedShapes.FrameSequence(published), new Generator(2));
        var report = Importer.Load(target, published);
        Assert.Equal(["ssl_projection.net.0.weight"], report.LeftOut);
        Assert.Equal(["optimizer_state.0"], report.Unknown);
        Same(source, target);
        var clips = Tensor.Randn([1, 3, 3, 32, 32], new Generator(3));
        source.Eval();
        target.Eval();
        Assert.Equal(source.Forward(clips).Vector.Detach().ToArray<float>(), target.Forward(clips).Vector.Detach().ToArray<float>()); // the heads too
        Assert.Contains("embed.video_emb.weight is missing", Assert.Throws<ArgumentException>(() => PublishedShapes.FrameSequence(PublishedNames.Carl([]))).Message);
    }

    // The two families factor differently, and say so by names and shapes.
    [Fact]
    public void An_r2plus1d_of_one_family_is_none_of_the_other()
    {
        using var scope = TensorScope.Enter();
        using var source = new VideoResNet(new(VideoResNetKind.R2Plus1d, 4, [1, 1, 1, 1]));
        using var target = new ClipOrderResNet(new(Factored: true, 4));
        Assert.Throws<StateMismatchException>(() => Importer.Load(target, PublishedNames.Convolutional(Named(source, "module."))));
    }

    private static IEnumerable<(string Name, Tensor Tensor)> Named(Module network, string prefix) => network.NamedState().Select(entry => (prefix + entry.Name, entry.Tensor));

    private static void Same(Module source, Module target) => Assert.All(source.NamedState().Zip(target.NamedState()), pair =>
    {
        Assert.Equal(pair.First.Name, pair.Second.Name);
        Assert.Equal(0, (pair.First.Tensor - pair.Second.Tensor).Abs().Max().Item());
    });

    // Our names, which are CoCLR's, as the others have them: the table of the page read the other way.
    private static string TorchVision(string name)
    {
        var places = Places("features", name);
        var alone = places.Replace("branch0.0.", "branch0.", StringComparison.Ordinal);
        return alone.Replace(".conv1.", ".0.0.", StringComparison.Ordinal).Replace(".bn1.", ".0.1.", StringComparison.Ordinal)
            .Replace(".conv2.", ".1.0.", StringComparison.Ordinal).Replace(".bn2.", ".1.1.", StringComparison.Ordinal)
            .Replace(".conv.", ".0.", StringComparison.Ordinal).Replace(".bn.", ".1.", StringComparison.Ordinal);
    }

    private static string Kylemin(string name) => Places("base", name).Replace("classifier.1.", "fc.0.", StringComparison.Ordinal)
        .Replace(".conv1.", ".conv_s.", StringComparison.Ordinal).Replace(".bn1.", ".bn_s.", StringComparison.Ordinal)
        .Replace(".conv2.", ".conv_t.", StringComparison.Ordinal).Replace(".bn2.", ".bn_t.", StringComparison.Ordinal);

    private static string Places(string list, string name)
    {
        (string Part, int Place)[] places =
        [
            ("Conv_1a", 0), ("Conv_2b", 2), ("Conv_2c", 3), ("Mixed_3b", 5), ("Mixed_3c", 6), ("Mixed_4b", 8), ("Mixed_4c", 9), ("Mixed_4d", 10), ("Mixed_4e", 11),
            ("Mixed_4f", 12), ("Mixed_5b", 14), ("Mixed_5c", 15),
        ];
        return places.Aggregate(name, (x, place) => x.Replace(place.Part + ".", $"{list}.{place.Place}.", StringComparison.Ordinal));
    }
}
