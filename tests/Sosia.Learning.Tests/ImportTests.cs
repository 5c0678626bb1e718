using Sosia.Learning.Encoders;
using Sosia.Learning.Import;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class ImportTests
{
    private static readonly TransformerSize Size = new(12, 2, 3);
    private static readonly VideoTransformerShape Video = new(Size, Patch: 8, Height: 16, Width: 16, Frames: 4);

    [Theory]
    [InlineData("feature_extractor.model.")]
    [InlineData("state_dict.feature_extractor.model.")]
    [InlineData("module.feature_extractor.model.")]
    [InlineData("model.")]
    public void A_published_3d_csl_loads_by_its_names(string prefix)
    {
        using var scope = TensorScope.Enter();
        using var source = new VideoTransformer(Video, new Generator(1));
        using var target = new VideoTransformer(Video, new Generator(2));

        var report = Importer.Load(target, PublishedNames.ThreeDCsl(Named(source, prefix)));

        Assert.Empty(report.Unknown);
        Assert.Empty(report.LeftOut);
        Assert.Empty(report.Fresh);
        Same(source, target);
    }

    [Fact]
    public void Names_that_nobody_knows_are_told()
    {
        using var scope = TensorScope.Enter();
        using var source = new VideoTransformer(Video with { Classes = 5 }, new Generator(1));
        using var target = new VideoTransformer(Video, new Generator(2));
        var more = new[] { "model.dist_token", "model.blocks.0.attn.extra.weight", "model.blocks.7.norm1.bias", "epoch" }.Select(name => (name, Tensor.Zeros([1])));

        var report = Importer.Load(target, PublishedNames.TimeSformer([.. Named(source, "model."), .. more]));

        Assert.Equal(["dist_token", "blocks.0.attn.extra.weight", "epoch", "blocks.7.norm1.bias"], report.Unknown);
        Assert.Equal(["head.weight", "head.bias"], report.LeftOut);
        Same(source, target);
    }

    [Fact]
    public void What_is_missing_is_an_error()
    {
        using var scope = TensorScope.Enter();
        using var source = new VideoTransformer(Video, new Generator(1));
        using var target = new VideoTransformer(Video with { Classes = 5 }, new Generator(2));
        var state = Named(source, "model_state.model.").Where(e => !e.Name.EndsWith("blocks.1.norm2.bias", StringComparison.Ordinal)).ToList();

        var error = Assert.Throws<StateMismatchException>(() => Importer.Load(target, PublishedNames.TimeSformer(state)));
        Assert.Equal(["blocks.1.norm2.bias", "head.bias", "head.weight"], error.Missing.Order(StringComparer.Ordinal));
        Assert.Throws<StateMismatchException>(() => Importer.Load(target, PublishedNames.TimeSformer(state), fresh: ["head"]));
    }

    [Fact]
    public void Another_shape_is_an_error()
    {
        using var scope = TensorScope.Enter();
        using var source = new VideoTransformer(Video with { Size = new(24, 2, 3) }, new Generator(1));
        using var target = new VideoTransformer(Video, new Generator(2));
        var error = Assert.Throws<StateMismatchException>(() => Importer.Load(target, PublishedNames.ThreeDCsl(Named(source, ""))));
        Assert.Contains("cls_token is float32[1, 1, 24] instead of float32[1, 1, 12]", error.Shapes);
    }

    [Theory]
    [InlineData(SpaceTimeAttention.Divided, 4)]
    [InlineData(SpaceTimeAttention.Joint, 4)]
    [InlineData(SpaceTimeAttention.SpaceOnly, 1)]
    public void A_state_tells_what_network_it_is_of(SpaceTimeAttention attention, int frames)
    {
        using var scope = TensorScope.Enter();
        var shape = Video with { Size = new(128, 3, 2), Attention = attention, Frames = frames, Classes = 5 };
        using var source = new VideoTransformer(shape, new Generator(1));

        var published = PublishedNames.TimeSformer(Named(source, "model_state.model."), head: true);

        Assert.Equal(shape, PublishedShapes.VideoTransformer(published));
        Assert.Equal(4, PublishedShapes.VideoTransformer(published, heads: 4).Size.Heads);
        Assert.Throws<ArgumentException>(() => PublishedShapes.VideoTransformer(PublishedNames.TimeSformer([("epoch", Tensor.Zeros([1]))])));
    }

    [Fact]
    public void Positions_are_brought_to_the_size_of_the_network()
    {
        using var scope = TensorScope.Enter();
        using var source = new VideoTransformer(Video, new Generator(1));
        using var target = new VideoTransformer(Video with { Height = 24, Width = 32, Frames = 6 }, new Generator(2));
        var state = Named(source, "model.").ToList();

        var report = Importer.Load(target, PublishedNames.TimeSformer(state), grid: (3, 4));
        Assert.Equal(["pos_embed", "time_embed"], report.Resized);
        var positions = Entry(target, "pos_embed");
        Assert.Equal(PositionTables.NearestSpace(Entry(source, "pos_embed"), 3, 4).ToArray<float>(), positions.ToArray<float>());

        Importer.Load(target, PublishedNames.TimeSformer(state), resize: PositionResize.NearestFlattened, grid: (3, 4));
        Assert.Equal(PositionTables.NearestFlattened(Entry(source, "pos_embed"), 12).ToArray<float>(), positions.ToArray<float>());

        Assert.Throws<ArgumentException>(() => Importer.Load(target, PublishedNames.TimeSformer(state)));
    }

    // Temporal attention copies the spatial one, and its projection is zero: the clip of one frame repeated is that frame.
    [Fact]
    public void A_video_network_begins_as_the_image_network()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var image = new VisionTransformer(new(Size, 8, 16, 16, Classes: 3), new Generator(1));
        using var video = new VideoTransformer(Video, new Generator(2));

        var published = Importer.AsVideo(PublishedNames.Timm(Named(image, "")));
        var report = Importer.Load(video, published, Importer.FreshOfVideo(video.Shape));

        Assert.Equal(["head.weight", "head.bias"], report.LeftOut);
        Assert.Equal(
            ["blocks.0.temporal_fc.bias", "blocks.0.temporal_fc.weight", "blocks.1.temporal_fc.bias", "blocks.1.temporal_fc.weight", "time_embed"],
            report.Fresh.Order(StringComparer.Ordinal));
        Assert.Equal(Entry(image, "blocks.1.attn.qkv.weight").ToArray<float>(), Entry(video, "blocks.1.temporal_attn.qkv.weight").ToArray<float>());
        image.Eval();
        video.Eval();
        var picture = Tensor.Randn([2, 3, 16, 16], new Generator(3));
        var wanted = image.Forward(picture).Vector.ToArray<float>();
        var got = video.Forward(picture.Unsqueeze(2).Expand([-1, -1, 4, -1, -1])).Vector.ToArray<float>();
        Assert.All(wanted.Zip(got), pair => Assert.InRange(pair.Second - pair.First, -1e-5, 1e-5));
    }

    [Theory]
    [InlineData(VideoMaePooling.Mean)]
    [InlineData(VideoMaePooling.MeanOfNormalised)]
    public void The_encoder_of_a_videomae_pretraining_file_is_found(VideoMaePooling pooling)
    {
        using var scope = TensorScope.Enter();
        using var source = new VideoMaePretraining(new(Size, new(8, 1, 2), 8), new Generator(1));
        using var target = new VideoMae(new(Size, 8, Pooling: pooling, Classes: 3), new Generator(2));
        var mean = pooling == VideoMaePooling.Mean;

        var published = PublishedNames.VideoMaePretraining([.. Named(source, "model."), ("model.other", Tensor.Zeros([1]))], norm: !mean);
        var report = Importer.Load(target, published, fresh: ["head", "fc_norm"]);

        Assert.Equal(["other"], report.Unknown);
        Assert.Equal(mean, report.LeftOut.Contains("encoder.norm.weight"));
        Assert.Contains("decoder.blocks.0.attn.q_bias", report.LeftOut);
        Assert.Equal(Entry(source, "encoder.blocks.1.attn.v_bias").ToArray<float>(), Entry(target, "blocks.1.attn.v_bias").ToArray<float>());
        Assert.Equal(mean ? 4 : 2, report.Fresh.Count);
    }

    [Fact]
    public void The_encoder_of_an_mae_pretraining_file_is_found()
    {
        using var scope = TensorScope.Enter();
        using var source = new MaskedAutoencoder(new(Size, new(8, 1, 2), 8, 16, 16), new Generator(1));
        using var target = new VisionTransformer(new(Size, 8, 16, 16), new Generator(2));

        var report = Importer.Load(target, PublishedNames.MaskedAutoencoder(Named(source, "model.")));

        Assert.Empty(report.Unknown);
        Assert.Contains("decoder_pos_embed", report.LeftOut);
        Same(target, source.NamedState());
    }

    [Fact]
    public void Two_biases_become_one()
    {
        using var scope = TensorScope.Enter();
        using var split = new Attention(12, 3, splitBias: true);
        using var joined = new Attention(12, 3);
        split.Load([.. split.NamedState().Select(e => (e.Name, Tensor.Randn(e.Tensor.Shape, new Generator(4))))]);
        joined.Load(PublishedNames.JoinedBiases(split.NamedState()));
        var x = Tensor.Randn([10, 12], new Generator(5));
        Assert.Equal(split.Forward(x, 2).ToArray<float>(), joined.Forward(x, 2).ToArray<float>());
    }

    private static IEnumerable<(string Name, Tensor Tensor)> Named(Module network, string prefix) =>
        network.NamedState().Select(e => (prefix + e.Name, e.Tensor.Detach().Clone()));

    private static Tensor Entry(Module network, string name) => network.NamedState().Single(e => e.Name == name).Tensor;

    private static void Same(Module source, Module target) => Same(target, source.NamedState());

    private static void Same(Module target, IEnumerable<(string Name, Tensor Tensor)> source)
    {
        var given = source.ToDictionary(e => e.Name, e => e.Tensor.ToArray<float>());
        Assert.All(target.NamedState(), e => Assert.Equal(given[e.Name], e.Tensor.ToArray<float>()));
    }
}
