namespace Sosia.Matching;

/// <summary>
/// The graph of the temporal network (Tan et al. 2009, as in VCSL, code vcsl/vta.py): the best references of each query clip, linked forward in time.
/// </summary>
/// <remarks>The last node doubles as the sink, as in the authors' code; it is a real pair, but never appears in a segment.</remarks>
/// <param name="Nodes">Node 0 is the source (-1, -1); the others are numbered by (query clip, rank of its reference).</param>
/// <param name="FirstEdge">One entry a node and one more: the edges that leave node n are <c>FirstEdge[n]..FirstEdge[n + 1]</c>.</param>
/// <param name="Targets">Node to which an edge goes; always a later one, rising among the edges of one node.</param>
/// <param name="Weights">Similarity of the edge's target, 0 into the sink.</param>
public sealed record TemporalGraph(PathPoint[] Nodes, int[] FirstEdge, int[] Targets, float[] Weights)
{
    /// <summary>
    /// Links (q, r) to (q', r') where both go forward by less than <paramref name="maxStep"/> clips, <c>S[q'][r'] &gt;= minSimilarity</c>,
    /// and no reference clip to which q was linked at an earlier q' lies strictly between r and r'.
    /// </summary>
    /// <param name="matrix">The similarities.</param>
    /// <param name="maxStep">Clips.</param>
    /// <param name="topK">References a query clip; of equal ones the lowest.</param>
    /// <param name="minSimilarity">Of an edge's target.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="topK"/> is not positive.</exception>
    public static TemporalGraph Build(SimilarityMatrix matrix, int maxStep, int topK, float minSimilarity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(topK);
        var k = Math.Min(topK, matrix.Columns);
        var nodes = BestReferences(matrix, k);
        var builder = new EdgeList(matrix, nodes, k, maxStep, minSimilarity);
        builder.EndOfNode(0); // nothing leaves the source
        for (var q = 0; q < matrix.Rows; q++)
        {
            builder.AddEdgesOfClip(q);
        }

        return builder.Graph();
    }

    private static PathPoint[] BestReferences(SimilarityMatrix matrix, int k)
    {
        var nodes = new PathPoint[1 + (matrix.Rows * k)];
        nodes[0] = new PathPoint(-1, -1);
        var best = new int[k];
        for (var q = 0; q < matrix.Rows; q++)
        {
            TopColumns(matrix.Cells.AsSpan(q * matrix.Columns, matrix.Columns), best);
            for (var rank = 0; rank < k; rank++)
            {
                nodes[1 + (q * k) + rank] = new PathPoint(q, best[rank]);
            }
        }

        return nodes;
    }

    /// <summary>Insertion into a short sorted list: k is small, and most cells fail the first comparison.</summary>
    private static void TopColumns(ReadOnlySpan<float> row, Span<int> best)
    {
        var count = 0;
        for (var r = 0; r < row.Length && best.Length > 0; r++)
        {
            if (count == best.Length && !(row[r] > row[best[^1]]))
            {
                continue;
            }

            var place = count < best.Length ? count++ : count - 1;
            for (; place > 0 && row[r] > row[best[place - 1]]; place--)
            {
                best[place] = best[place - 1];
            }

            best[place] = r;
        }
    }

    /// <summary>The edges, gathered in the order of the nodes that they leave.</summary>
    private sealed class EdgeList(SimilarityMatrix matrix, PathPoint[] nodes, int k, int maxStep, float minSimilarity)
    {
        private readonly int[] first = new int[nodes.Length + 1];
        private readonly List<int> targets = [];
        private readonly List<float> weights = [];
        private readonly List<int>[] linked = [.. Enumerable.Range(0, k).Select(static _ => new List<int>())];
        private readonly int[] before = new int[k];
        private readonly int[] nearest = new int[k];
        private readonly int sink = nodes.Length - 1;

        public void AddEdgesOfClip(int q)
        {
            Link(q);
            for (var rank = 0; rank < k; rank++)
            {
                AddEdgesOfNode(1 + (q * k) + rank, linked[rank]);
            }
        }

        public void EndOfNode(int node) => first[node + 1] = targets.Count;

        public TemporalGraph Graph() => new(nodes, first, [.. targets], [.. weights]);

        /// <summary>Finds the targets of all nodes of one query clip together: a link of one of them bounds the later links of all.</summary>
        private void Link(int q)
        {
            // nearest[rank]: the lowest linked reference above that node's own; a later link may reach it, but not pass it.
            Array.Fill(nearest, int.MaxValue);
            foreach (var later in linked)
            {
                later.Clear();
            }

            for (var next = q + 1; next < matrix.Rows && next - q < maxStep; next++)
            {
                LinkTo(q, next);
            }
        }

        private void LinkTo(int q, int next)
        {
            for (var rank = 0; rank < k; rank++)
            {
                before[rank] = linked[rank].Count;
                var r = nodes[1 + (q * k) + rank].R;
                for (var to = 1 + (next * k); to < 1 + ((next + 1) * k); to++)
                {
                    var step = nodes[to].R - r;
                    if (step > 0 && step < maxStep && nodes[to].R <= nearest[rank] && matrix[next, nodes[to].R] >= minSimilarity)
                    {
                        linked[rank].Add(to);
                    }
                }
            }

            for (var rank = 0; rank < k; rank++)
            {
                for (var i = before[rank]; i < linked[rank].Count; i++)
                {
                    LowerNearest(q, nodes[linked[rank][i]].R);
                }
            }
        }

        private void LowerNearest(int q, int r)
        {
            for (var rank = 0; rank < k; rank++)
            {
                if (r > nodes[1 + (q * k) + rank].R)
                {
                    nearest[rank] = Math.Min(nearest[rank], r);
                }
            }
        }

        private void AddEdgesOfNode(int node, List<int> later)
        {
            foreach (var target in later)
            {
                if (target != sink)
                {
                    targets.Add(target);
                    weights.Add(matrix[nodes[target].Q, nodes[target].R]);
                }
            }

            if (ReachesSink(nodes[node]))
            {
                targets.Add(sink);
                weights.Add(0);
            }

            EndOfNode(node);
        }

        private bool ReachesSink(PathPoint point)
        {
            var (dq, dr) = (nodes[sink].Q - point.Q, nodes[sink].R - point.R);
            return dq > 0 && dr > 0 && dq <= maxStep && dr <= maxStep;
        }
    }
}
