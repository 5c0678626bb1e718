using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Evaluation.Clustering;
using Sosia.Learning.Methods;
using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Vectors;

/// <summary>The cases of <c>slic</c>: clusters, triplets and clips.</summary>
public static class SlicVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = TorchCase.Scoped(new Dictionary<string, Action<VectorCase>>
    {
        ["finch"] = Clusters,
        ["finch_unstructured"] = Clusters,
        ["finch_duplicates"] = Clusters,
        ["finch_two"] = Clusters,
        ["kmeans"] = Lloyd,
        ["triplets"] = Choice,
        ["triplets_easy"] = Choice,
        ["triplets_none"] = Choice,
        ["triplets_zero_vector"] = ZeroVector,
        ["temporal_discrimination"] = Temporal,
        ["total"] = Total,
        ["positive_video"] = PositiveVideo,
        ["clips"] = Clips,
        ["retrieval"] = Retrieval,
        ["sgd"] = Descent,
        ["network"] = Network,
    });

    private static void Clusters(VectorCase one)
    {
        var finch = Finch.Of(one.Tensor("x"));
        one.Expect("first_neighbours", Longs(finch.FirstNeighbours));
        one.Expect("clusters", finch.Partitions.Select(partition => (long)partition.Count).ToArray());
        one.Expect("limit", finch.Limit);
        var columns = finch.Partitions.Select(partition => Longs(partition.Labels)).ToArray();
        one.Expect("partitions", Tensor.Stack([.. columns.Select(labels => Tensor.Of(labels, labels.Length))], 1));
    }

    private static void Lloyd(VectorCase one)
    {
        var means = KMeans.From(Cosine.Unit(one.Tensor("x")), one.Tensor("centres"), (int)one.Option("steps"));
        one.Expect("labels", Longs(means.Clusters.Labels));
        one.Expect("centres", means.Centres);
        one.Expect("inertia", means.Inertia.Select(sum => (float)sum).ToArray());
    }

    private static void Choice(VectorCase one)
    {
        var (embeddings, margin) = (one.Tensor("embeddings").RequireGrad(), one.Option("margin"));
        var triplets = Triplets.Choose(embeddings, one.Integers("labels"), margin, Draws(one));
        long[] rows = [.. triplets.SelectMany(triplet => (long[])[triplet.Anchor, triplet.Positive, triplet.Negative])];
        var loss = Triplets.Loss(embeddings, triplets, margin);
        loss.Backward();
        one.Expect("triplets", Tensor.Of(rows, triplets.Count, 3));
        one.Expect("admissible", triplets.Select(triplet => (long)triplet.Admissible).ToArray());
        one.Expect("loss", loss);
        one.Expect("grad", embeddings.Grad!);
    }

    private static void ZeroVector(VectorCase one)
    {
        var embeddings = one.Tensor("embeddings");
        var triplets = one.Integers("triplets").Chunk(3).Select(rows => new Triplet((int)rows[0], (int)rows[1], (int)rows[2])).ToArray();
        one.Expect("loss", Triplets.Loss(embeddings, triplets, one.Option("margin")));
        one.Expect("distances", Triplets.Distances(embeddings));
    }

    private static void Temporal(VectorCase one)
    {
        var (a, again, p) = (one.Tensor("a").RequireGrad(), one.Tensor("a2").RequireGrad(), one.Tensor("p").RequireGrad());
        var loss = TemporalDiscrimination.Loss(a, again, p, one.Option("margin"));
        loss.Backward();
        one.Expect("loss", loss);
        one.Expect("grad_a", a.Grad!);
        one.Expect("grad_a2", again.Grad!);
        one.Expect("grad_p", p.Grad!);
    }

    private static void Total(VectorCase one)
    {
        var (a, again, p) = (one.Tensor("a").RequireGrad(), one.Tensor("a2").RequireGrad(), one.Tensor("p").RequireGrad());
        var (rows, margin) = (Tensor.Cat([a, p]), one.Option("margin"));
        var losses = new Losses(
            new LossTerm("triplet", Triplets.Loss(rows, Triplets.Choose(rows, one.Integers("labels"), margin, Draws(one)), margin)),
            new LossTerm("temporal", TemporalDiscrimination.Loss(a, again, p, one.Option("temporal_margin")), one.Option("temporal_weight")));
        var total = losses.Total();
        total.Backward();
        one.Expect("triplet", losses.Terms[0].Value);
        one.Expect("temporal", losses.Terms[1].Value);
        one.Expect("loss", total);
        one.Expect("grad_a", a.Grad!);
        one.Expect("grad_a2", again.Grad!);
        one.Expect("grad_p", p.Grad!);
    }

    private static void PositiveVideo(VectorCase one)
    {
        int[] labels = Array.ConvertAll(one.Integers("labels"), label => (int)label);
        var (types, picks) = (one.Floats("u_type"), one.Floats("u_pick"));
        var clusters = new VideoClusters([.. labels.Index().Select(one => (long)one.Index)], labels);
        foreach (var (name, same) in ((string, double)[])[("p_same_0_0", 0), ("p_same_0_2", 0.2), ("p_same_0_5", 0.5), ("p_same_1_0", 1)])
        {
            one.Expect(name, labels.Index().Select(video => clusters.Positive(video.Index, same, types[video.Index], picks[video.Index])).ToArray());
        }
    }

    private static void Clips(VectorCase one)
    {
        var (size, lengths, draws) = ((int)one.Option("size"), one.Integers("lengths"), one.Floats("u"));
        one.Expect("anchor", Rows(video => SlicClips.Anchor((int)lengths[video], size)));
        one.Expect("positive", Rows(video => SlicClips.Positive((int)lengths[video], size, draws[video])));

        Tensor Rows(Func<int, int[]> clip) => Tensor.Of(Longs([.. Enumerable.Range(0, lengths.Length).SelectMany(clip)]), lengths.Length, size);
    }

    private static void Retrieval(VectorCase one)
    {
        var (queries, gallery) = (ClipRetrieval.MeanOfClips(one.Tensor("query")), ClipRetrieval.MeanOfClips(one.Tensor("gallery")));
        var neighbours = Neighbours.Of(queries, gallery, (int)gallery.Size(0));
        one.Expect("order", Tensor.Of(Longs(neighbours.SelectMany(list => list).Select(neighbour => neighbour.Number)), queries.Size(0), gallery.Size(0)));
        one.Expect("recall", Recalls(one, neighbours, "gallery_labels", "query_labels"));
    }

    /// <summary>Recall at each k of the case, as shares.</summary>
    internal static float[] Recalls(VectorCase one, IReadOnlyList<Neighbour[]> neighbours, string gallery, string queries)
    {
        int[] Labels(string name) => Array.ConvertAll(one.Integers(name), label => (int)label);
        var ks = one.Options.GetProperty("k").EnumerateArray().Select(k => k.GetInt32());
        return [.. ks.Select(k => (float)(ClipRetrieval.Recall(neighbours, Labels(gallery), Labels(queries), k) / 100))];
    }

    private static void Descent(VectorCase one)
    {
        var w = one.Tensor("w").RequireGrad();
        using var sgd = new Sgd([("w", w)], one.Option("lr"), one.Option("momentum"));
        foreach (var step in (int[])[0, 1, 2])
        {
            w.Grad = one.Tensor($"g{step}");
            sgd.Step();
            one.Expect($"w{step + 1}", w);
        }
    }

    private static void Network(VectorCase one)
    {
        int[] widths = [.. one.Options.GetProperty("widths").EnumerateArray().Select(width => width.GetInt32())];
        using var network = new Published(
            new ResNet3d(new ResNet3dShape(NoMaxPool: true) { Widths = widths }), new SlicHead(widths[^1], (int)one.Option("hidden"), (int)one.Option("out")));
        network.Load(one.StateTensors());
        network.Eval();
        one.ExpectEntries(network);
        var features = network.Encoder.Forward(one.Tensor("x")).Vector;
        one.Expect("features", features);
        one.Expect("projected", network.Head.Forward(features));
    }

    private static Func<double> Draws(VectorCase one)
    {
        var next = one.Floats("picks").AsEnumerable().GetEnumerator();
        return () => next.MoveNext() ? next.Current : throw new VectorFileException($"case '{one.Name}' has too few picks");
    }

    private static long[] Longs(IEnumerable<int> numbers) => [.. numbers.Select(number => (long)number)];

    /// <summary>Encoder and projection side by side, as a published file has them.</summary>
    private sealed class Published : Module
    {
        public Published(ResNet3d encoder, SlicHead head) => (Encoder, Head) = (Part("", encoder), Part("", head));

        public ResNet3d Encoder { get; }

        public SlicHead Head { get; }
    }
}
