namespace Sosia.Matching.Tests;

/// <summary>The temporal network word for word: every pair of nodes is looked at, every path of a small graph tried.</summary>
internal static class NaiveNetwork
{
    public static List<PathPoint> Nodes(SimilarityMatrix matrix, int topK)
    {
        var nodes = new List<PathPoint> { new(-1, -1) };
        for (var q = 0; q < matrix.Rows; q++)
        {
            var row = q;
            nodes.AddRange(Enumerable.Range(0, matrix.Columns).OrderByDescending(r => matrix[row, r]).Take(topK).Select(r => new PathPoint(row, r)));
        }

        return nodes;
    }

    public static List<(int From, int To, float Weight)> Edges(
        SimilarityMatrix matrix, IReadOnlyList<PathPoint> nodes, int maxStep, float minSimilarity)
    {
        var linked = new List<(PathPoint From, PathPoint To)>();
        var weights = new Dictionary<(int From, int To), float>();
        var links = from i in Enumerable.Range(1, nodes.Count - 1)
                    from j in Enumerable.Range(1, nodes.Count - 1)
                    orderby nodes[i].Q, nodes[j].Q
                    select (i, j);
        foreach (var (i, j) in links)
        {
            var (a, b) = (nodes[i], nodes[j]);
            if (b.Q - a.Q > 0 && b.Q - a.Q < maxStep && b.R - a.R > 0 && b.R - a.R < maxStep && matrix[b.Q, b.R] >= minSimilarity
                && !linked.Exists(l => l.From.Q == a.Q && l.To.Q < b.Q && l.To.R > a.R && l.To.R < b.R))
            {
                linked.Add((a, b));
                weights[(i, j)] = matrix[b.Q, b.R];
            }
        }

        var sink = nodes[^1];
        for (var i = 1; i < nodes.Count - 1; i++)
        {
            if (sink.Q - nodes[i].Q > 0 && sink.Q - nodes[i].Q <= maxStep && sink.R - nodes[i].R > 0 && sink.R - nodes[i].R <= maxStep)
            {
                weights[(i, nodes.Count - 1)] = 0;
            }
        }

        return [.. weights.Select(static w => (w.Key.From, w.Key.To, w.Value))];
    }

    public static double LongestByTryingAll(ILookup<int, (int From, int To, float Weight)> edges, int nodes)
    {
        return Enumerable.Range(0, nodes).Max(From);

        double From(int node) => edges[node].Select(edge => edge.Weight + From(edge.To)).Append(0).Max();
    }

    public static List<Box> Segments(SimilarityMatrix matrix, TemporalNetworkParameters parameters)
    {
        var nodes = Nodes(matrix, parameters.TopK);
        var edges = Edges(matrix, nodes, parameters.MaxStep, parameters.MinSimilarity).OrderBy(static e => e.To).ThenBy(static e => e.From)
            .ToDictionary(static e => (e.From, e.To), static e => e.Weight);
        var accepted = new List<Box>();
        for (var time = 0; time <= parameters.MaxPaths; time++)
        {
            var path = LongestPath(edges, nodes.Count);
            foreach (var edge in path.Zip(path.Skip(1)))
            {
                edges[edge] = 0;
            }

            var points = path.Where(n => n != 0 && n != nodes.Count - 1).Select(n => nodes[n]).ToList();
            if (points.Count == 0)
            {
                break;
            }

            Accept(matrix, points, parameters, accepted);
        }

        return accepted;
    }

    private static void Accept(SimilarityMatrix matrix, List<PathPoint> points, TemporalNetworkParameters parameters, List<Box> accepted)
    {
        bool Weak(PathPoint p) => matrix[p.Q, p.R] < (parameters.Floor ?? parameters.MinSimilarity);
        points = [.. points.SkipWhile(Weak).Reverse().SkipWhile(Weak).Reverse()];
        if (points.Count == 0)
        {
            return;
        }

        var box = new Box(points.Min(static p => p.Q), points.Min(static p => p.R), points.Max(static p => p.Q), points.Max(static p => p.R));
        var (dq, dr) = (box.Q1 - box.Q0, box.R1 - box.R0);
        if (dq + dr > 0 && points.Sum(p => (double)matrix[p.Q, p.R]) / ((dq + dr) / 2.0) > parameters.MinSimilarity
            && Math.Min(dq, dr) > parameters.MinLength && accepted.TrueForAll(other => BoxOverlap.Iou(box, other) < parameters.MaxIou))
        {
            accepted.Add(box);
        }
    }

    private static List<int> LongestPath(Dictionary<(int From, int To), float> edges, int nodes)
    {
        var best = new (double Length, int From)[nodes];
        for (var node = 0; node < nodes; node++)
        {
            var ways = edges.Where(e => e.Key.To == node).Select(e => (best[e.Key.From].Length + e.Value, e.Key.From)).ToList();
            best[node] = ways.Count > 0 && ways.Max(static w => w.Item1) >= 0 ? ways.MaxBy(static w => w.Item1) : (0, node);
        }

        var path = new List<int> { Array.FindIndex(best, b => b.Length == best.Max(static o => o.Length)) };
        while (best[path[0]].From != path[0])
        {
            path.Insert(0, best[path[0]].From);
        }

        return path;
    }
}
