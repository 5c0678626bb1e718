using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Import;
using Sosia.Learning.Views;
using Sosia.Matching;
using Sosia.Torch;

namespace Sosia.Vectors;

/// <summary>The cases of <c>3d-csl</c>.</summary>
public static class ThreeDCslVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = AllCases();

    private static Dictionary<string, Action<VectorCase>> AllCases()
    {
        var cases = new Dictionary<string, Action<VectorCase>>
        {
            ["frame-selection"] = Selection,
            ["clip-layout"] = Layout,
            ["resize-geometry"] = Geometry,
            ["resize-values"] = Resize,
            ["normalise-and-pad"] = Normalise,
            ["similarity"] = Similarity,
            ["similarity-few-clips"] = FewClips,
        };
        var networks = new Dictionary<string, Action<VectorCase>>
        {
            ["encoder"] = Encoder,
            ["encoder-resized-embeddings"] = Encoder,
            ["divided-block"] = Block,
        };
        foreach (var (name, check) in TorchCase.Scoped(networks.Concat(ThreeDCslTrainingVectors.Cases).ToDictionary())) { cases.Add(name, check); }
        return cases;
    }

    private static void Encoder(VectorCase one)
    {
        var grid = one.Options.GetProperty("grid");
        var (patch, size) = ((int)one.Option("patch"), new TransformerSize((int)one.Option("dim"), (int)one.Option("depth"), (int)one.Option("heads")));
        using var network = new VideoTransformer(VideoTransformerShape.ThreeDCsl(size) with
        {
            Patch = patch,
            Height = grid[0].GetInt32() * patch,
            Width = grid[1].GetInt32() * patch,
            Frames = (int)one.Option("frames"),
        });
        var published = PublishedNames.ThreeDCsl(one.StateTensors());
        if (published.Unknown.Count > 0) { throw new VectorMismatchException($"unknown: {string.Join(", ", published.Unknown)}"); }
        network.Load(published.State);
        network.Eval();
        var clip = one.Tensor("clip").RequireGrad();
        var embedding = network.Forward(clip).Vector;
        one.Expect("embedding", embedding);
        if (!one.ExpectedNames.Contains("grad_clip")) { return; }
        (embedding * one.Tensor("probe")).Sum().Backward();
        one.Expect("grad_clip", clip.Grad!);
    }

    private static void Block(VectorCase one)
    {
        var width = (int)one.Option("dim");
        using var block = new DividedBlock(width, (int)one.Option("heads"));
        block.Load(one.StateTensors("block."));
        var tokens = one.Tensor("tokens"); // B x N x T x D
        var (classes, patches) = block.Forward(one.Tensor("cls"), tokens.View([-1, width]), tokens.Size(2));
        one.Expect("cls", classes);
        one.Expect("tokens", patches.View(tokens.Shape));
    }

    private static void Selection(VectorCase one)
    {
        var frames = one.Integers("frames");
        var steps = Array.ConvertAll(one.Floats("fps"), static fps => ThreeDCslClips.FrameStep(fps));
        var kept = frames.Select((count, i) => (long)ThreeDCslClips.Kept((int)count, steps[i])).ToArray();
        one.Expect("step", Array.ConvertAll(steps, static step => (long)step));
        one.Expect("kept", kept);
        one.Expect("last_index", kept.Select((count, i) => (count - 1) * steps[i]).ToArray());
    }

    private static void Layout(VectorCase one)
    {
        var layouts = Array.ConvertAll(one.Integers("length"), length => ThreeDCslClips.Layout((int)length, (int)one.Option("clip_len")));
        one.Expect("clips", Array.ConvertAll(layouts, static layout => (long)layout.Clips));
        one.Expect("used", Array.ConvertAll(layouts, static layout => (long)layout.Used));
        one.Expect("padded", Array.ConvertAll(layouts, static layout => (long)layout.Padded));
        one.Expect("dropped", Array.ConvertAll(layouts, static layout => (long)layout.Dropped));
    }

    private static void Geometry(VectorCase one)
    {
        var sizes = one.Integers("height_width").Chunk(2).Select(size => ThreeDCslClips.Geometry((int)size[0], (int)size[1], (int)one.Option("size")));
        one.Expect("height_width_top_left", sizes.SelectMany(static g => new long[] { g.Height, g.Width, g.Top, g.Left }).ToArray());
    }

    private static void Resize(VectorCase one)
    {
        var (shape, height, width) = (one.Shape("image"), (int)one.Option("height"), (int)one.Option("width"));
        var resized = new byte[height * width * 3];
        BilinearResize.Rgb(Bytes(one, "image"), shape[0], shape[1], height, width, 0, 0, resized, height, width);
        one.Expect("resized", Array.ConvertAll(resized, static value => (float)value));
    }

    private static void Normalise(VectorCase one)
    {
        var shape = one.Shape("frames");
        one.Expect("clips", ThreeDCslClips.Normalise(Bytes(one, "frames"), shape[1], shape[2], (int)one.Option("clip_len")));
    }

    private static void Similarity(VectorCase one)
    {
        var (query, database, dimension) = (one.Floats("query"), one.Floats("database"), one.Shape("query")[1]);
        one.Expect("top3", ClipSimilarity.TopThree(query, database, dimension));
        one.Expect("all", Chamfer.Score(ClipSimilarity.Cosine(query, database, dimension)));
        one.Expect("top3_reversed", ClipSimilarity.TopThree(database, query, dimension));
    }

    private static void FewClips(VectorCase one)
    {
        var (query, database, dimension) = (one.Floats("query"), one.Floats("database"), one.Shape("query")[1]);
        one.Expect("top3", ClipSimilarity.TopThree(query, database, dimension));
        one.Expect("single", ClipSimilarity.TopThree(query.AsSpan(0, dimension), database.AsSpan(0, dimension), dimension)); // a clip each
    }

    private static byte[] Bytes(VectorCase one, string name) => Array.ConvertAll(one.Integers(name), static value => checked((byte)value));
}
