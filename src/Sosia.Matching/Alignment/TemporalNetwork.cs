using System.Runtime.InteropServices;

namespace Sosia.Matching;

/// <summary>Parameters of <see cref="TemporalNetwork"/>; lengths and steps count clips.</summary>
public sealed record TemporalNetworkParameters
{
    /// <summary>The defaults of VCSL's model class.</summary>
    public static TemporalNetworkParameters Defaults { get; } = new();

    /// <summary>VCSL's benchmark of 2023 (data/benchmark_parameters.txt).</summary>
    public static TemporalNetworkParameters Benchmark2023 { get; } = new() { TopK = 3, MinSimilarity = 0.3f };

    /// <summary>VCSL's benchmark as the TransVCL paper ran it (data/benchmark_parameters.txt).</summary>
    public static TemporalNetworkParameters BenchmarkTransVcl { get; } = new() { TopK = 10, MinSimilarity = 0.2f };

    /// <summary>The baseline of the Video Similarity Challenge 2022 (code sscd_baseline.py).</summary>
    public static TemporalNetworkParameters Vsc2022 { get; } = new() { MaxStep = 5, MinLength = 4 };

    /// <summary>Ours, for clips of 8 seconds: the lengths count clips, so that long clips need small ones.</summary>
    public static TemporalNetworkParameters ClipsOf8Seconds { get; } = new() { MaxStep = 4, TopK = 3, MinSimilarity = 0.3f, MinLength = 1 };

    /// <summary>An edge goes forward by less than this in both videos.</summary>
    public int MaxStep { get; init; } = 10;

    /// <summary>References considered for each query clip.</summary>
    public int TopK { get; init; } = 5;

    /// <summary>One path more than this is looked at.</summary>
    public int MaxPaths { get; init; } = 10;

    /// <summary>Least similarity of an edge's target; a segment's score a clip must be more.</summary>
    public float MinSimilarity { get; init; } = 0.2f;

    /// <summary>Last minus first clip of a segment, on both sides, must be more.</summary>
    public int MinLength { get; init; } = 5;

    /// <summary>A segment whose IoU with an earlier one reaches this is dropped.</summary>
    public double MaxIou { get; init; } = 0.3;

    /// <summary>Ends of a path below it are trimmed; null: <see cref="MinSimilarity"/>; <see cref="PathTrim.Off"/>: never.</summary>
    public float? Floor { get; init; }
}

/// <summary>
/// Temporal network (Tan et al. 2009, as in VCSL, code vcsl/vta.py): the longest paths through a graph of each query clip's best references.
/// Time and memory grow with Rows x TopK x MaxStep x TopK, and not with the cells, once the best are found.
/// </summary>
public static class TemporalNetwork
{
    /// <summary>The copied stretches, longest path first.</summary>
    public static IReadOnlyList<AlignedPath> Segments(SimilarityMatrix matrix, TemporalNetworkParameters parameters)
    {
        var accepted = new List<AlignedPath>();
        if (matrix.Cells.Length == 0)
        {
            return accepted;
        }

        var search = new LongestPaths(TemporalGraph.Build(matrix, parameters.MaxStep, parameters.TopK, parameters.MinSimilarity));
        for (var i = 0; i <= parameters.MaxPaths; i++)
        {
            var path = CollectionsMarshal.AsSpan(search.Next());
            if (path.IsEmpty)
            {
                break;
            }

            var trimmed = PathTrim.Trim(matrix, path, parameters.Floor ?? parameters.MinSimilarity);
            if (Passes(matrix, trimmed, parameters) && !BoxOverlap.Repeats(AlignedPath.BoxOf(trimmed), accepted, parameters.MaxIou))
            {
                accepted.Add(AlignedPath.Of(matrix, trimmed));
            }
        }

        return accepted;
    }

    private static bool Passes(SimilarityMatrix matrix, ReadOnlySpan<PathPoint> points, TemporalNetworkParameters parameters)
    {
        if (points.IsEmpty)
        {
            return false;
        }

        var box = AlignedPath.BoxOf(points);
        var (dq, dr) = (box.Q1 - box.Q0, box.R1 - box.R0);
        var score = AlignedPath.MeanOf(matrix, points) * points.Length;
        return dq + dr > 0 && Math.Min(dq, dr) > parameters.MinLength && score / ((dq + dr) / 2.0) > parameters.MinSimilarity;
    }

    /// <summary>One longest path after the other, the edges of each weighing nothing afterwards.</summary>
    private sealed class LongestPaths(TemporalGraph graph)
    {
        private readonly float[] weights = [.. graph.Weights];
        private readonly double[] lengths = new double[graph.Nodes.Length];
        private readonly int[] from = new int[graph.Nodes.Length];
        private readonly int[] edges = new int[graph.Nodes.Length];

        /// <summary>The pairs of the longest path, without source and sink; of equal ways the one over the lowest node.</summary>
        public List<PathPoint> Next()
        {
            Relax();
            var end = 0;
            for (var node = 1; node < lengths.Length; node++)
            {
                end = lengths[node] > lengths[end] ? node : end;
            }

            return WalkBack(end);
        }

        private void Relax()
        {
            Array.Fill(lengths, double.NegativeInfinity);
            for (var node = 0; node < lengths.Length; node++)
            {
                if (lengths[node] < 0)
                {
                    (lengths[node], from[node]) = (0, node); // no way here is worth anything: a path begins
                }

                for (var edge = graph.FirstEdge[node]; edge < graph.FirstEdge[node + 1]; edge++)
                {
                    var (target, length) = (graph.Targets[edge], lengths[node] + weights[edge]);
                    if (length > lengths[target])
                    {
                        (lengths[target], from[target], edges[target]) = (length, node, edge);
                    }
                }
            }
        }

        private List<PathPoint> WalkBack(int end)
        {
            var points = new List<PathPoint>();
            for (var node = end; ; node = from[node])
            {
                if (node != 0 && node != graph.Nodes.Length - 1)
                {
                    points.Add(graph.Nodes[node]);
                }

                if (from[node] == node)
                {
                    break;
                }

                weights[edges[node]] = 0;
            }

            points.Reverse();
            return points;
        }
    }
}
