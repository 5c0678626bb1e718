using Sosia.Learning.Objectives;
using Sosia.Torch;

namespace Sosia.Learning.Evaluation;

/// <summary>A feature near another one.</summary>
/// <param name="Number">In the gallery.</param>
/// <param name="Cosine">Of the two.</param>
public readonly record struct Neighbour(int Number, float Cosine);

/// <summary>Nearest neighbours by cosine: what retrieval and the k-nearest-neighbour classifier stand on.</summary>
public static class Neighbours
{
    private const int QueriesAtOnce = 256;

    /// <summary>The nearest features of a gallery, best first, equal ones by number. A zero feature has cosine 0 with all.</summary>
    /// <param name="queries">N x D.</param>
    /// <param name="gallery">M x D.</param>
    /// <param name="k">How many; more than M: all.</param>
    /// <returns>One list a query.</returns>
    /// <exception cref="ArgumentException">The widths differ, or a number is not finite.</exception>
    public static IReadOnlyList<Neighbour[]> Of(Tensor queries, Tensor gallery, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        Check(queries, gallery);
        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var (count, size) = ((int)queries.Size(0), (int)gallery.Size(0));
        var units = Cosine.Unit(gallery.To(ScalarType.Float32));
        var found = new List<Neighbour[]>(count);
        for (var first = 0; first < count; first += QueriesAtOnce)
        {
            using var part = TensorScope.Enter();
            var some = queries.Narrow(0, first, Math.Min(QueriesAtOnce, count - first));
            found.AddRange(Best(Cosine.Matrix(Cosine.Unit(some.To(ScalarType.Float32)), units), Math.Min(k, size)));
        }

        return found;
    }

    // TopK alone leaves the order of equal ones open.
    private static IEnumerable<Neighbour[]> Best(Tensor cosines, int k)
    {
        if (k == 0)
        {
            return Enumerable.Range(0, (int)cosines.Size(0)).Select(_ => Array.Empty<Neighbour>());
        }

        var least = cosines.TopK(k, 1).Values.Amin([1]).ToArray<float>();
        return cosines.ToArray<float>().Chunk((int)cosines.Size(1)).Zip(least, (row, kth) =>
            row.Select((cosine, number) => new Neighbour(number, cosine)).Where(one => one.Cosine >= kth).OrderByDescending(one => one.Cosine).Take(k).ToArray());
    }

    private static void Check(Tensor queries, Tensor gallery)
    {
        if (queries.Rank != 2 || gallery.Rank != 2 || queries.Size(1) != gallery.Size(1))
        {
            throw new ArgumentException($"queries of {string.Join(" x ", queries.Shape)} and a gallery of {string.Join(" x ", gallery.Shape)}", nameof(queries));
        }

        using var scope = TensorScope.Enter();
        if (!queries.IsFinite().All().Item<bool>() || !gallery.IsFinite().All().Item<bool>())
        {
            throw new ArgumentException("a feature holds what is no finite number", nameof(queries));
        }
    }
}
