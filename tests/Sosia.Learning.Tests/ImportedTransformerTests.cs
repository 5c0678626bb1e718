using Sosia.Learning.Encoders;
using Sosia.Learning.Import;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Tests;

/// <summary>Files of SVT, MVD and DINOv2 as their authors publish them.</summary>
public sealed class ImportedTransformerTests
{
    private static readonly TransformerSize Size = new(16, 2, 2);
    private static readonly VideoTransformerShape Video = new(Size, Patch: 8, Height: 16, Width: 16, Frames: 4);
    private static readonly PrototypeHeadShape HeadShape = new(12, 6, 9);

    [Theory]
    [InlineData("", "", false)] // the published file
    [InlineData("teacher.", "", false)]
    [InlineData("student.", "module.", true)]
    public void One_network_of_an_svt_file_is_taken(string network, string module, bool student)
    {
        using var scope = TensorScope.Enter();
        using var source = new VideoTransformer(Video, new Generator(1));
        using var other = new VideoTransformer(Video, new Generator(2));
        using var sourceHead = new PrototypeHead(16, HeadShape, new Generator(1));
        using var target = new VideoTransformer(Video, new Generator(3));
        using var head = new PrototypeHead(16, HeadShape, new Generator(3));
        List<(string, Tensor)> file = [.. Named(source, $"{network}{module}backbone."), .. Named(sourceHead, $"{network}{module}head.")];
        if (network.Length > 0)
        {
            file.AddRange(Named(other, student ? "teacher.backbone." : "student.module.backbone."));
            file.Add(("dino_loss.center", Tensor.Zeros([1, 9])));
        }

        var published = PublishedNames.Svt(file, student);
        var report = Importer.Load(target, published);
        Importer.Load(head, PublishedNames.SvtHead(file, student));

        Assert.Empty(report.Unknown);
        Assert.Empty(report.Fresh);
        Assert.Equal(8 + (network.Length > 0 ? 1 + other.NamedState().Count() : 0), report.LeftOut.Count);
        Assert.Equal(Video, PublishedShapes.VideoTransformer(published, heads: 2) with { DropPath = Video.DropPath });
        Same(source, target);
        Same(sourceHead, head);
    }

    [Fact]
    public void What_an_svt_file_should_not_hold_is_told()
    {
        using var scope = TensorScope.Enter();
        var published = PublishedNames.Svt([("backbone.blocks.0.ls1.gamma", Tensor.Zeros([1])), ("other", Tensor.Zeros([1]))]);
        Assert.Equal(["blocks.0.ls1.gamma", "other"], published.Unknown);
        Assert.Empty(published.State);
    }

    [Theory]
    [InlineData("")]
    [InlineData("model.")]
    public void An_mvd_file_is_a_student_or_its_encoder(string prefix)
    {
        using var scope = TensorScope.Enter();
        using var source = Student(1);
        using var target = Student(2);
        using var encoder = new VideoMae(target.Encoder.Shape, new Generator(3));
        var file = Named(source, prefix).ToList();

        Assert.Empty(Importer.Load(target, PublishedNames.MvdStudent(file)).Unknown);
        var report = Importer.Load(encoder, PublishedNames.MvdEncoder(file));

        Same(source, target);
        Same(source.Encoder, encoder);
        Assert.Empty(report.Unknown);
        Assert.Contains("decoder_vid.blocks.0.attn.q_bias", report.LeftOut);
        Assert.Contains("pos_embed_img", report.LeftOut);
        var shape = PublishedShapes.VideoMae(PublishedNames.MvdEncoder(file), heads: 2);
        Assert.Equal((Size, 8, 2, 0), (shape.Size, shape.Patch, shape.Tubelet, shape.Classes));
    }

    [Fact]
    public void A_dinov2_file_loads_by_its_names()
    {
        using var scope = TensorScope.Enter();
        var shape = new VisionTransformerShape(Size, 14, 28, 28, LayerScale: 1);
        using var source = new VisionTransformer(shape, new Generator(1));
        using var target = new VisionTransformer(shape, new Generator(2));
        using (NoGrad.Enter())
        {
            foreach (var (_, gamma) in source.NamedParameters().Where(p => p.Name.Contains("gamma_", StringComparison.Ordinal))) { gamma.UniformInPlace(0.1, 2, new Generator(4)); }
        }

        List<(string Name, Tensor)> file = [.. Named(source, "").Select(e => (DinoV2(e.Name), e.Tensor)), ("mask_token", Tensor.Zeros([1, 16]))];
        Assert.Contains(file, entry => entry.Name == "blocks.1.ls2.gamma");
        var published = PublishedNames.DinoV2(file);
        var report = Importer.Load(target, published);

        Assert.Empty(report.Unknown);
        Assert.Equal(["mask_token"], report.LeftOut);
        Assert.Equal(shape, PublishedShapes.VisionTransformer(published, heads: 2));
        Same(source, target);
        var pictures = Tensor.Randn([2, 3, 28, 28], new Generator(5));
        Assert.Equal(source.Forward(pictures).Vector.Detach().ToArray<float>(), target.Forward(pictures).Vector.Detach().ToArray<float>());

        Assert.Equal(["blocks.0.mlp.w12.weight"], PublishedNames.DinoV2([.. file, ("blocks.0.mlp.w12.weight", Tensor.Zeros([1, 1]))]).Unknown); // of the giant
    }

    // The code of DINOv2: registers come after the positions, between the class token and the patches.
    [Fact]
    public void Registers_are_seen_and_have_no_place()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        var shape = new VisionTransformerShape(Size, 14, 28, 28, LayerScale: 1, Registers: 3);
        using var source = new VisionTransformer(shape, new Generator(1));
        using var target = new VisionTransformer(shape, new Generator(2));
        List<(string Name, Tensor)> file = [.. Named(source, "").Select(e => (DinoV2(e.Name), e.Tensor)), ("mask_token", Tensor.Zeros([1, 16]))];
        var published = PublishedNames.DinoV2(file);
        Assert.Empty(Importer.Load(target, published).Unknown);
        Assert.Equal(shape, PublishedShapes.VisionTransformer(published, heads: 2));
        Same(source, target);

        var pictures = Tensor.Randn([2, 3, 28, 28], new Generator(5));
        var embedded = source.Embed(pictures); // 2 x 1+3+4 x 16
        Assert.Equal([2L, 8, 16], embedded.Shape);
        Assert.Equal(Entry(source, "register_tokens").ToArray<float>(), embedded.Narrow(0, 1, 1).Narrow(1, 1, 3).ToArray<float>());
        using var plain = new VisionTransformer(shape with { Registers = 0 }, new Generator(3));
        plain.Load(source.NamedState().Where(e => e.Name != "register_tokens"));
        var without = plain.Embed(pictures);
        Assert.Equal(without.Narrow(1, 1, 4).ToArray<float>(), embedded.Narrow(1, 4, 4).ToArray<float>());
        Assert.NotEqual(plain.Forward(pictures).Vector.ToArray<float>(), source.Forward(pictures).Vector.ToArray<float>());

        // The mean is of the patches alone.
        using var mean = new VisionTransformer(shape with { MeanPool = true }, new Generator(4));
        var (vector, tokens) = mean.Forward(pictures);
        var centred = tokens!.Narrow(1, 4, 4).Mean([1]);
        var (average, spread) = (centred.Mean([1], keepdim: true), centred.Var([1], correction: 0, keepdim: true));
        Assert.All(((centred - average) / (spread + 1e-6).Sqrt()).ToArray<float>().Zip(vector.ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    // Values of torch.nn.functional.interpolate with a scale factor of (new side + 0.1) / old side.
    [Fact]
    public void Positions_of_dinov2_are_resized_as_its_code_does()
    {
        using var scope = TensorScope.Enter();
        var table = Tensor.Of(Enumerable.Range(0, 17).Select(i => i == 0 ? 99f : (i - 1) * 7 % 11).ToArray(), 1, 17, 1);
        var smaller = PositionTables.Bicubic(table, 1, 1, 3, 3, offset: 0.1).ToArray<float>();
        float[] expected = [99, 1.51706f, 5.35455f, 7.92855f, 4.02477f, 5.99936f, 3.25987f, 5.13779f, 6.36059f, 5.44666f];
        Assert.All(expected.Zip(smaller), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));

        // Those of DINOv2 with registers are antialiased: values of interpolate with antialias and a size.
        var antialiased = PositionTables.Bicubic(table, 1, 1, 3, 3, antialias: true).ToArray<float>();
        float[] means = [99, 2.70879f, 5.07281f, 7.95491f, 3.78490f, 5.95724f, 3.28285f, 4.86101f, 6.52288f, 5.42862f];
        Assert.All(means.Zip(antialiased), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));

        using var source = new VisionTransformer(new(Size, 8, 32, 32), new Generator(1));
        using var target = new VisionTransformer(new(Size, 8, 24, 24), new Generator(2));
        var report = Importer.Load(target, PublishedNames.DinoV2(Named(source, "")), resize: PositionResize.DinoV2);
        Assert.Equal(["pos_embed"], report.Resized);
        var wanted = PositionTables.Bicubic(Entry(source, "pos_embed"), 1, 1, 3, 3, offset: 0.1).Detach();
        Assert.Equal(wanted.ToArray<float>(), Entry(target, "pos_embed").Detach().ToArray<float>());
    }

    [Fact]
    public void The_network_of_dinov2_sees_sixteen_patches_a_side()
    {
        using var skip = SkipInit.Enter();
        using var network = new VisionTransformer(VisionTransformerShape.DinoV2(TransformerSize.Small));
        Assert.Equal([1L, 257, 384], Entry(network, "pos_embed").Shape);
        Assert.Equal([384L], Entry(network, "blocks.11.gamma_2").Shape);
    }

    [Fact]
    public void A_video_network_can_start_as_an_image_network_in_all_but_time()
    {
        using var scope = TensorScope.Enter();
        using var image = new VisionTransformer(new(Size, 8, 32, 32, Classes: 3), new Generator(1));
        var folder = Directory.CreateTempSubdirectory("sosia-image-").FullName;
        try
        {
            var file = Path.Combine(folder, "dino.safetensors");
            Safetensors.Write(file, image.ToStored());
            var options = new VideoTransformerOptions(16, 2, 2, Patch: 8, Side: 16, Frames: 4);
            using var video = options.Build(new Generator(2), checkpointing: false);
            using var started = (options with { Image = file }).Build(new Generator(2), checkpointing: false);
            Assert.Equal(Entry(image, "blocks.1.attn.qkv.weight").Detach().ToArray<float>(), Entry(started, "blocks.1.attn.qkv.weight").Detach().ToArray<float>());
            Assert.Equal(
                PositionTables.NearestSpace(Entry(image, "pos_embed"), 2, 2).Detach().ToArray<float>(), Entry(started, "pos_embed").Detach().ToArray<float>());
            Assert.Equal(Entry(video, "blocks.1.temporal_attn.qkv.weight").Detach().ToArray<float>(), Entry(started, "blocks.1.temporal_attn.qkv.weight").Detach().ToArray<float>());
            Assert.Throws<RecipeException>(() => (options with { Image = Path.Combine(folder, "none.pth") }).Build(new Generator(2), checkpointing: false));
            Assert.Throws<RecipeException>(() => (options with { Image = file, Width = 32 }).Build(new Generator(2), checkpointing: false));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Shapes_that_are_no_transformer_are_refused()
    {
        using var scope = TensorScope.Enter();
        using var image = new VisionTransformer(new(Size, 8, 16, 16, Classes: 3, MeanPool: true), new Generator(1));
        Assert.Equal(
            new VisionTransformerShape(Size, 8, 16, 16, Classes: 3, MeanPool: true), PublishedShapes.VisionTransformer(PublishedNames.Timm(Named(image, ""), head: true), heads: 2));
        Assert.Throws<ArgumentException>(() => PublishedShapes.VideoMae(PublishedNames.VideoMae(Named(image, "")))); // pictures have no tubelets
        Assert.Throws<ArgumentException>(() => PublishedShapes.VisionTransformer(PublishedNames.Timm([])));
        Assert.Throws<ArgumentException>(() => PublishedShapes.VisionTransformer(PublishedNames.Timm(Named(image, "").Where(e => e.Name != "pos_embed"))));
        Assert.Throws<ArgumentException>(() => PublishedShapes.VisionTransformer(PublishedNames.Timm(
            Named(image, "").Select(e => e.Name == "pos_embed" ? (e.Name, Tensor.Zeros([1, 4, 16])) : e))));
    }

    [Theory]
    [InlineData(16, 1)]
    [InlineData(384, 6)]
    [InlineData(1024, 16)]
    [InlineData(1280, 16)] // huge: 80 channels each
    [InlineData(1536, 24)]
    public void Heads_are_those_of_the_published_sizes(int width, int heads)
    {
        using var scope = TensorScope.Enter();
        PublishedState state = new([("patch_embed.proj.weight", Tensor.Zeros([width, 3, 2, 1, 1])), ("blocks.0.norm1.weight", Tensor.Zeros([1]))], [], []);
        Assert.Equal(new TransformerSize(width, 1, heads), PublishedShapes.VideoMae(state).Size);
    }

    private static string DinoV2(string name) =>
        name.Replace("gamma_1", "ls1.gamma", StringComparison.Ordinal).Replace("gamma_2", "ls2.gamma", StringComparison.Ordinal);

    private static MvdStudent Student(ulong seed)
    {
        var encoder = new VideoMae(new(Size, 8, Pooling: VideoMaePooling.MeanAsIs, Positions: VideoMaePositions.Grid, Frames: 4, Side: 16));
        return new MvdStudent(encoder, new(new(16, 1, 2), 5, 7), new Generator(seed));
    }

    private static IEnumerable<(string Name, Tensor Tensor)> Named(Module network, string prefix) =>
        network.NamedState().Select(e => (prefix + e.Name, e.Tensor.Detach().Clone()));

    private static Tensor Entry(Module network, string name) => network.NamedState().Single(e => e.Name == name).Tensor;

    private static void Same(Module a, Module b) => Assert.All(
        a.NamedState().Zip(b.NamedState()), pair => Assert.Equal(pair.First.Tensor.Detach().ToArray<float>(), pair.Second.Tensor.Detach().ToArray<float>()));
}
