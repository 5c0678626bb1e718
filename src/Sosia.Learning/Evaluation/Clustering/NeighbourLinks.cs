using Sosia.Learning.Objectives;
using Sosia.Torch;

namespace Sosia.Learning.Evaluation.Clustering;

/// <summary>
/// The links of FINCH (Sarfraz et al. 2019, eq. 1): a point i and its nearest other one f(i), and points with the same f. As in the authors' code a
/// link's distance counts twice where both are each other's nearest: those are the entries of W = (I + F)(I + F)T times the distances.
/// </summary>
internal sealed class NeighbourLinks
{
    /// <summary>Distances that are there at a time, of 8 bytes each.</summary>
    public const long Block = 1 << 22;

    private readonly Tensor unit; // N x D
    private readonly long block;

    /// <summary>Finds the nearest points.</summary>
    /// <param name="points">N x D.</param>
    /// <param name="block">Distances that are there at a time.</param>
    public NeighbourLinks(Tensor points, long block)
    {
        (unit, this.block) = (Cosine.Unit(points), block);
        Nearest = FirstNeighbours(unit, block);
    }

    /// <summary>f: the nearest other point of each, of equal ones the lowest; -1 where there is no other.</summary>
    public int[] Nearest { get; }

    /// <summary>The largest of the links' distances; 0 where there is none.</summary>
    public double Longest() => All().Select(link => link.Distance).DefaultIfEmpty(0).Max();

    /// <summary>What hangs together: points that share f do so by it, and need not be looked at.</summary>
    public Partition Joined() => Joined(ToNearest());

    /// <summary>What hangs together by links that are no longer than a limit.</summary>
    public Partition Joined(double limit) => Joined(All().Where(link => link.Distance <= limit));

    private Partition Joined(IEnumerable<(int A, int B, double Distance)> links)
    {
        var sets = new DisjointSets(Nearest.Length);
        foreach (var (a, b, _) in links)
        {
            sets.Join(a, b);
        }

        return sets.ToPartition();
    }

    private IEnumerable<(int A, int B, double Distance)> All() => ToNearest().Concat(Siblings());

    private IEnumerable<(int A, int B, double Distance)> ToNearest()
    {
        if (Nearest is [-1])
        {
            return [];
        }

        using var scope = TensorScope.Enter();
        var distances = (1 - Cosine.Pairs(unit, Rows(Nearest))).ClampMin(0).ToArray<double>();
        return [.. Nearest.Select((j, i) => (i, j, distances[i] * (Nearest[j] == i ? 2 : 1)))];
    }

    private IEnumerable<(int A, int B, double Distance)> Siblings()
    {
        var families = Enumerable.Range(0, Nearest.Length).GroupBy(i => Nearest[i]).Select(family => family.ToArray());
        return families.Where(family => family.Length > 1).SelectMany(Pairs);
    }

    // All pairs of a family, some rows at a time.
    private IEnumerable<(int A, int B, double Distance)> Pairs(int[] family)
    {
        var rows = (int)Math.Max(1, block / family.Length);
        for (var start = 0; start < family.Length; start += rows)
        {
            var part = family[start..Math.Min(family.Length, start + rows)];
            var distances = Distances(part, family);
            for (var i = 0; i < part.Length; i++)
            {
                for (var j = start + i + 1; j < family.Length; j++)
                {
                    yield return (part[i], family[j], distances[(i * family.Length) + j]);
                }
            }
        }
    }

    private double[] Distances(int[] rows, int[] columns)
    {
        using var scope = TensorScope.Enter();
        return (1 - Cosine.Matrix(Rows(rows), Rows(columns))).ClampMin(0).ToArray<double>();
    }

    private Tensor Rows(int[] numbers) => unit.IndexSelect(0, Tensor.Of(Array.ConvertAll(numbers, number => (long)number), numbers.Length).To(unit.Device));

    private static int[] FirstNeighbours(Tensor unit, long block)
    {
        var count = (int)unit.Size(0);
        if (count == 1)
        {
            return [-1];
        }

        var nearest = new List<int>(count);
        var rows = (int)Math.Max(1, block / count);
        for (var start = 0; start < count; start += rows)
        {
            using var scope = TensorScope.Enter();
            var similarity = Cosine.Matrix(unit.Narrow(0, start, Math.Min(rows, count - start)), unit);

            // In single precision: what differs by rounding alone, which depends on the block, is equal, and the first of equals is taken.
            var rounded = similarity.To(ScalarType.Float32);
            rounded.Diagonal(start).FillInPlace(double.NegativeInfinity);
            nearest.AddRange(rounded.ArgMax(1).ToArray<long>().Select(i => (int)i));
        }

        return [.. nearest];
    }
}
