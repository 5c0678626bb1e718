using Sosia.Matching;

namespace Sosia.Vectors;

/// <summary>The cases of <c>visil-alignment</c>.</summary>
public static class VisilAlignmentVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = new Dictionary<string, Action<VectorCase>>
    {
        ["chamfer"] = ChamferScores,
        ["chamfer-single"] = ChamferSingle,
        ["chamfer-ragged"] = ChamferRagged,
        ["region-similarity"] = Regions,
        ["visil-head"] = Head,
        ["visil-loss"] = Loss,
        ["box-iou"] = Iou,
        ["path-cut"] = Cut,
        ["dtw-path"] = WarpingPath,
        ["dtw-segments"] = WarpingSegments,
        ["dp-tables"] = ProgrammingTables,
        ["dp-segments"] = ProgrammingSegments,
        ["tn-graph"] = NetworkGraph,
        ["tn-segments"] = NetworkSegments,
        ["trimmed-segments"] = TrimmedSegments,
        ["hough"] = Hough,
        ["segment-score-and-times"] = ScoreAndTimes,
        ["otam"] = OrderedAlignment,
        ["score-normalisation"] = Normalisation,
        ["score-normalisation-video"] = NormalisationOfVideos,
    };

    private static void ChamferScores(VectorCase one)
    {
        var matrix = Matrix(one, "similarity");
        one.Expect("chamfer", Chamfer.Score(matrix));
        one.Expect("reverse", Chamfer.Reverse(matrix));
        one.Expect("symmetric", Chamfer.Symmetric(matrix));
        one.Expect("top3", Chamfer.TopK(matrix, (int)one.Option("k")));
        one.Expect("top40percent", Chamfer.BestFraction(matrix, one.Option("fraction")));
        one.Expect("max", Chamfer.Max(matrix));
        one.Expect("grad_chamfer", Chamfer.Gradient(matrix));
    }

    private static void ChamferSingle(VectorCase one)
    {
        var k = (int)one.Option("k");
        one.Expect("chamfer", Chamfer.Score(Matrix(one, "one")));
        one.Expect("symmetric", Chamfer.Symmetric(Matrix(one, "one")));
        one.Expect("top3", Chamfer.TopK(Matrix(one, "one"), k));
        one.Expect("small_top3", Chamfer.TopK(Matrix(one, "small"), k));
    }

    private static void ChamferRagged(VectorCase one)
    {
        var (shape, rows, columns) = (one.Shape("similarity"), one.Integers("query_length"), one.Integers("reference_length"));
        var scores = new List<float>();
        for (var i = 0; i < shape[0]; i++)
        {
            var matrix = Chamfer.Unpadded(one.Floats("similarity"), i, shape[1], shape[2], (int)rows[i], (int)columns[i]);
            scores.AddRange([(float)Chamfer.Score(matrix), (float)Chamfer.Symmetric(matrix), (float)Chamfer.TopK(matrix, (int)one.Option("k"))]);
        }

        one.Expect("scores", scores.ToArray());
    }

    private static void Regions(VectorCase one)
    {
        var (query, reference) = (RegionsOf(one, "query"), RegionsOf(one, "reference"));
        one.Expect("similarity", RegionSimilarity.Asymmetric(query, reference).Cells);
        one.Expect("symmetric", RegionSimilarity.Symmetric(query, reference).Cells);
        one.Expect("rescaled", RegionSimilarity.Rescaled(RegionSimilarity.Symmetric(query, reference)).Cells);
    }

    private static void Head(VectorCase one)
    {
        var head = new VisilHead(new VisilHeadState(
            one.State("attention.context_vector.weight"),
            Layer("video_comperator.conv1", 3),
            Layer("video_comperator.conv2", 3),
            Layer("video_comperator.conv3", 3),
            Layer("video_comperator.fconv", 1)));
        var (query, reference) = (RegionsOf(one, "query"), RegionsOf(one, "reference"));
        var matrix = head.Matrix(query, reference);
        one.Expect("weights", head.Attention(query));
        one.Expect("matrix", matrix.Cells);
        one.Expect("filtered", head.Filtered(matrix).Cells);
        one.Expect("score", head.Score(query, reference));

        Convolution Layer(string name, int size) => new(one.State(name + ".weight"), one.State(name + ".bias"), size);
    }

    private static void Loss(VectorCase one)
    {
        var loss = VisilLoss.Of(
            one.Floats("positive"), one.Floats("negative"), one.Floats("matrix"), (float)one.Option("weight"), (float)one.Option("margin"));
        one.Expect("triplet", loss.Triplet);
        one.Expect("regulariser", loss.Regulariser);
        one.Expect("grad_positive", loss.PositiveGradient);
        one.Expect("grad_negative", loss.NegativeGradient);
        one.Expect("grad_matrix", loss.FilteredGradient);
    }

    private static void Iou(VectorCase one)
    {
        var (a, b) = (Boxes(one, "a"), Boxes(one, "b"));
        one.Expect("iou", (from x in a from y in b select (float)BoxOverlap.Iou(x, y)).ToArray());
    }

    private static void Cut(VectorCase one)
    {
        var path = one.Integers("path").Chunk(2).Select(static p => new PathPoint((int)p[0], (int)p[1])).ToArray();
        one.Expect("limit3", Ends(PathCut.Cut(path, 3)));
        one.Expect("limit10", Ends(PathCut.Cut(path, 10)));

        static long[] Ends(IEnumerable<Range> ranges) => [.. ranges.SelectMany(static r => new long[] { r.Start.Value, r.End.Value })];
    }

    private static void WarpingPath(VectorCase one)
    {
        one.Expect("accumulated", Array.ConvertAll(DynamicTimeWarping.Accumulated(Matrix(one, "similarity")), static x => (float)x));
        one.Expect("path", Points(DynamicTimeWarping.Path(Matrix(one, "similarity"))));
        one.Expect("tie_path", Points(DynamicTimeWarping.Path(Matrix(one, "ties"))));
    }

    private static void WarpingSegments(VectorCase one)
    {
        var parameters = Warping(one, string.Empty, PathTrim.Off);
        one.Expect("segments", Boxes(DynamicTimeWarping.Segments(Matrix(one, "similarity"), parameters)));
        one.Expect("none", Boxes(DynamicTimeWarping.Segments(Matrix(one, "none"), parameters)));
    }

    private static void ProgrammingTables(VectorCase one)
    {
        var shifted = Matrix(one, "shifted");
        var matrix = shifted with { Cells = Array.ConvertAll(shifted.Cells, static s => s - 1) };
        var tables = DynamicProgramming.Tables(matrix, (int)one.Option("discontinue"), (float)one.Option("min_sim"));
        one.Expect("score", Array.ConvertAll(tables.Score, static x => (float)x));
        one.Expect("unmatched", Array.ConvertAll(tables.Unmatched, static x => (long)x));
        one.Expect("direction", Array.ConvertAll(tables.Steps, static x => (long)x));
    }

    private static void ProgrammingSegments(VectorCase one)
    {
        var parameters = Programming(one, string.Empty, PathTrim.Off);
        foreach (var name in one.ExpectedNames)
        {
            one.Expect(name, Boxes(DynamicProgramming.Segments(Matrix(one, name), parameters)));
        }
    }

    private static void NetworkGraph(VectorCase one)
    {
        var graph = TemporalGraph.Build(
            Matrix(one, "similarity"), (int)one.Option("max_step"), (int)one.Option("top_k"), (float)one.Option("min_sim"));
        one.Expect("nodes", Points(graph.Nodes.AsSpan(1)));
        one.Expect("weights", graph.Weights);
        var edges = new List<long>();
        for (var node = 0; node < graph.Nodes.Length; node++)
        {
            for (var edge = graph.FirstEdge[node]; edge < graph.FirstEdge[node + 1]; edge++)
            {
                edges.AddRange([node, graph.Targets[edge]]);
            }
        }

        one.Expect("edges", edges.ToArray());
    }

    private static void NetworkSegments(VectorCase one)
    {
        var parameters = Network(one, PathTrim.Off);
        foreach (var name in one.ExpectedNames)
        {
            one.Expect(name, Boxes(TemporalNetwork.Segments(Matrix(one, name), parameters)));
        }
    }

    private static void TrimmedSegments(VectorCase one)
    {
        var network = Network(one, (float)one.Option("floor"));
        var programming = Programming(one, "dp.", (float)one.Option("dp_floor"));
        var warping = Warping(one, "dtw.", (float)one.Option("floor"));
        one.Expect("tn_plain", Boxes(TemporalNetwork.Segments(Matrix(one, "plain"), network)));
        one.Expect("tn_double_speed", Boxes(TemporalNetwork.Segments(Matrix(one, "double_speed"), network)));
        one.Expect("dp_plain", Boxes(DynamicProgramming.Segments(Matrix(one, "plain"), programming)));
        one.Expect("dp_double_speed", Boxes(DynamicProgramming.Segments(Matrix(one, "double_speed"), programming)));
        one.Expect("dtw_warped", Boxes(DynamicTimeWarping.Segments(Matrix(one, "warped"), warping)));
    }

    private static void Hough(VectorCase one)
    {
        var parameters = new TemporalHoughParameters
        {
            MinSimilarity = (float)one.Option("min_sim"),
            MaxIou = one.Option("max_iou"),
            MaxPeaks = (int)one.Option("max_peaks"),
        };
        var votes = TemporalHough.Votes(Matrix(one, "similarity"), parameters);
        one.Expect("segments", Corners(votes.Select(static v => v.Box)));
        one.Expect("offsets", votes.Select(static v => (long)v.Offset).ToArray());
        one.Expect("scores", votes.Select(static v => v.Score).ToArray());
        one.Expect("none", Corners(TemporalHough.Votes(Matrix(one, "none"), parameters).Select(static v => v.Box)));
    }

    private static void ScoreAndTimes(VectorCase one)
    {
        var shift = (float)one.Option("shift");
        var (matrix, boxes) = (Matrix(one, "shifted"), Boxes(one, "boxes"));
        var spans = one.Floats("times").Chunk(2).Select(static t => new ClipSpan(t[0], t[1], 100)).ToArray();
        one.Expect("scores", boxes.Select(box => SegmentScore.LargestHalfOpen(matrix, box) - shift).ToArray());
        one.Expect("scores_inclusive", boxes.Select(box => SegmentScore.Largest(matrix, box)).ToArray());
        one.Expect("seconds", boxes.Select(box => SegmentTimes.Of(box, spans, spans))
            .SelectMany(static t => new[] { (float)t.Query.Start, (float)t.Query.End, (float)t.Reference.Start, (float)t.Reference.End }).ToArray());
    }

    private static void OrderedAlignment(VectorCase one)
    {
        var (distance, shape, lambda) = (one.Floats("distance"), one.Shape("distance"), one.Option("lambda"));
        var (row, rowShape) = (one.Floats("single_row"), one.Shape("single_row"));
        one.Expect("forward", Otam.Forward(distance, shape[0], shape[1], lambda));
        one.Expect("backward", Otam.Backward(distance, shape[0], shape[1], lambda));
        one.Expect("grad_sum", Otam.Gradient(distance, shape[0], shape[1], lambda));
        one.Expect("single_row", Otam.Forward(row, rowShape[0], rowShape[1], lambda));
        one.Expect("single_column", Otam.Backward(row, rowShape[0], rowShape[1], lambda));
    }

    private static void Normalisation(VectorCase one)
    {
        var (beta, k) = ((float)one.Option("beta"), (int)one.Option("k"));
        var normalisation = new ScoreNormalisation(Descriptors(one, "background"));
        var query = normalisation.Query(Descriptors(one, "query"), beta);
        var queryTop3 = normalisation.Query(Descriptors(one, "query"), beta, k);
        var reference = normalisation.Reference(Descriptors(one, "reference"));
        one.Expect("dropped", normalisation.Dropped);
        one.Expect("query_out", query.Values);
        one.Expect("reference_out", reference.Values);
        one.Expect("similarity", InnerProducts(query, reference));
        one.Expect("similarity_top3", InnerProducts(queryTop3, reference));
    }

    private static void NormalisationOfVideos(VectorCase one)
    {
        var (scores, background) = (Descriptors(one, "scores"), Descriptors(one, "background"));
        var queries = Enumerable.Range(0, scores.Rows).ToList();
        one.Expect("shifted", queries.SelectMany(q => ScoreNormalisation.Shifted(scores[q], background[q], (float)one.Option("beta"))).ToArray());
        one.Expect("zscore", queries.SelectMany(q => ScoreNormalisation.ZScores(scores[q], background[q])).ToArray());
    }

    private static TemporalNetworkParameters Network(VectorCase one, float floor) => new()
    {
        MaxStep = (int)one.Option("max_step"),
        TopK = (int)one.Option("top_k"),
        MaxPaths = (int)one.Option("max_path"),
        MinSimilarity = (float)one.Option("min_sim"),
        MinLength = (int)one.Option("min_length"),
        MaxIou = one.Option("max_iou"),
        Floor = floor,
    };

    private static DynamicProgrammingParameters Programming(VectorCase one, string prefix, float floor) => new()
    {
        Discontinue = (int)one.Option(prefix + "discontinue"),
        MinSimilarity = (float)one.Option(prefix + "min_sim"),
        MeanSimilarity = (float)one.Option(prefix + "ave_sim"),
        MinLength = (int)one.Option(prefix + "min_length"),
        DiagonalThreshold = (int)one.Option(prefix + "diagonal_thres"),
        Floor = floor,
    };

    private static DynamicTimeWarpingParameters Warping(VectorCase one, string prefix, float floor) => new()
    {
        Discontinue = (int)one.Option(prefix + "discontinue"),
        MinSimilarity = (float)one.Option(prefix + "min_sim"),
        MinLength = (int)one.Option(prefix + "min_length"),
        Floor = floor,
    };

    private static SimilarityMatrix Matrix(VectorCase one, string name) => new(one.Floats(name), one.Shape(name)[0], one.Shape(name)[1]);

    private static DescriptorRows Descriptors(VectorCase one, string name) => new(one.Floats(name), one.Shape(name)[0], one.Shape(name)[1]);

    private static RegionVectors RegionsOf(VectorCase one, string name) =>
        new(one.Floats(name), one.Shape(name)[0], one.Shape(name)[1], one.Shape(name)[2]);

    private static List<Box> Boxes(VectorCase one, string name) =>
        [.. one.Integers(name).Chunk(4).Select(static b => new Box((int)b[0], (int)b[1], (int)b[2], (int)b[3]))];

    /// <summary>In the order of the vectors: by first query clip.</summary>
    private static long[] Boxes(IReadOnlyList<AlignedPath> paths) =>
        Corners(paths.Select(static p => p.Box).OrderBy(static b => b.Q0).ThenBy(static b => b.R0));

    private static long[] Corners(IEnumerable<Box> boxes) => [.. boxes.SelectMany(static b => new long[] { b.Q0, b.R0, b.Q1, b.R1 })];

    private static long[] Points(ReadOnlySpan<PathPoint> points)
    {
        var values = new long[2 * points.Length];
        for (var i = 0; i < points.Length; i++)
        {
            (values[2 * i], values[(2 * i) + 1]) = (points[i].Q, points[i].R);
        }

        return values;
    }

    private static float[] InnerProducts(DescriptorRows a, DescriptorRows b)
    {
        var products = new float[a.Rows * b.Rows];
        for (var i = 0; i < products.Length; i++)
        {
            var (x, y) = (a[i / b.Rows].ToArray(), b[i % b.Rows].ToArray());
            products[i] = x.Zip(y, static (s, t) => s * t).Sum();
        }

        return products;
    }
}
