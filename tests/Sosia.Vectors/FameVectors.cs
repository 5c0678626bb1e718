using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Import;
using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Vectors;

/// <summary>The cases of <c>fame</c>: mask, merging and objective.</summary>
public static class FameVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = TorchCase.Scoped(new Dictionary<string, Action<VectorCase>>
    {
        ["blur_kernel"] = Kernels,
        ["blur"] = static one => one.Expect("y", GaussianKernel.OfCrop((int)one.Option("crop")).Blur(one.Tensor("x"))),
        ["min_max"] = static one => one.Expect("y", ForegroundMask.UnitRange(one.Tensor("x"))),
        ["difference"] = static one => one.Expect("difference", ForegroundMask.Differences(one.Tensor("clip"))),
        ["color_bins"] = Colours,
        ["mask"] = Mask,
        ["mask_turns"] = Mask,
        ["mask_beta"] = Mask,
        ["mask_still"] = Mask,
        ["symmetric_loss"] = Symmetric,
        ["symmetric_loss_between"] = Symmetric,
        ["clip_pairs"] = Pairs,
        ["retrieval"] = Retrieval,
        ["i3d_forward"] = Network,
    });

    private static void Kernels(VectorCase one)
    {
        var crops = one.Options.GetProperty("crops").EnumerateArray().Select(crop => crop.GetInt32()).ToArray();
        one.Expect("sizes", Array.ConvertAll(crops, crop => (long)GaussianKernel.OfCrop(crop).Size));
        foreach (var crop in crops) { one.Expect($"kernel{crop}", GaussianKernel.OfCrop(crop).Weights()); }
    }

    private static void Colours(VectorCase one)
    {
        var hsv = Hsv.Of(one.Tensor("pixels"), channels: 1);
        one.Expect("hue", hsv.Hue);
        one.Expect("saturation", hsv.Saturation);
        one.Expect("value", hsv.Value);
        one.Expect("bins_code", ColourBins.Of(hsv, turns: false));
        one.Expect("bins_turns", ColourBins.Of(hsv, turns: true));
    }

    private static void Mask(VectorCase one)
    {
        var clip = one.Tensor("clip");
        var rule = new ForegroundMask((int)one.Option("crop"), one.Option("beta"), one.Option("turns") != 0);
        if (one.Options.TryGetProperty("foreground", out _))
        {
            rule = rule with { Foreground = one.Option("foreground"), Background = one.Option("background") };
        }

        var (motion, bins) = (rule.Motion(clip), rule.Bins(clip));
        var mask = rule.Of(clip);
        one.Expect("motion", motion);
        one.Expect("posterior", rule.Posterior(motion, bins));
        one.Expect("mask", mask);
        if (one.ExpectedNames.Contains("merged"))
        {
            one.Expect("bins", bins);
            one.Expect("merged", ForegroundMerging.Apply(clip, mask, one.Integers("perm")));
        }
    }

    private static void Symmetric(VectorCase one)
    {
        string[] names = ["query_merged", "key_plain", "query_plain", "key_merged"];
        var raw = names.ToDictionary(name => name, name => one.Tensor(name).RequireGrad());
        Tensor Unit(string name) => Cosine.Unit(raw[name]);
        using var queue = MocoVectors.Queue(MocoVectors.UnitColumns(one.Tensor("queue_raw")), (long)one.Option("pointer"));
        var halves = SymmetricContrast.Of(
            (Unit("query_merged"), Unit("key_merged")),
            (Unit("query_plain"), Unit("key_plain")),
            queue,
            one.Option("temperature"),
            one.Option("enqueue_between") != 0,
            World.Single);
        var loss = halves.Loss;
        loss.Backward();
        one.Expect("loss", loss);
        one.Expect("first", halves.Merged);
        one.Expect("second", halves.Plain);
        one.Expect("queue", queue.Keys());
        one.Expect("pointer", queue.Pointer.Squeeze(0));
        foreach (var name in names.Where(name => one.ExpectedNames.Contains($"grad_{name}")))
        {
            one.Expect($"grad_{name}", raw[name].Grad ?? raw[name].ZerosLike());
        }
    }

    private static void Pairs(VectorCase one)
    {
        var (counts, orders, width) = (one.Integers("counts"), one.Integers("perms"), one.Shape("perms")[1]);
        var pairs = new List<long>();
        var offset = 0L; // of the video's clips among all
        foreach (var (video, count) in counts.Index())
        {
            var order = Array.ConvertAll(orders[(video * width)..((video + 1) * width)], window => (int)window);
            pairs.AddRange(ClipPair.Of((int)count, order) is { } pair ? [offset + pair.First, offset + pair.Second] : [-1, -1]);
            offset += count;
        }

        one.Expect("pairs", pairs.ToArray());
    }

    private static void Retrieval(VectorCase one)
    {
        var (queries, gallery) = (ClipRetrieval.Centred(one.Tensor("queries")), ClipRetrieval.Centred(one.Tensor("gallery")));
        var neighbours = Neighbours.Of(queries, gallery, (int)gallery.Size(0));
        one.Expect("similarity", Cosine.Matrix(Cosine.Unit(queries), Cosine.Unit(gallery)));
        one.Expect("hits", SlicVectors.Recalls(one, neighbours, "gallery_labels", "query_labels"));
    }

    private static void Network(VectorCase one)
    {
        using var network = new I3d(new I3dShape(I3dPort.TensorFlowPadding));
        using var head = new ProjectionHead(network.Width, one.ExpectedShape("embedding")[1]);
        network.Load(PublishedNames.Fame(one.StateTensors()).State);
        head.Load(one.StateTensors("id_head.").Select(static entry => (entry.Name.Replace("2.", "0.", StringComparison.Ordinal).Replace("4.", "2.", StringComparison.Ordinal), entry.Tensor)));
        network.Eval();
        var features = network.Forward(one.Tensor("clip"));
        one.Expect("feature", features.Map!);
        one.Expect("embedding", head.Forward(features.Vector));
    }
}
