using System.Numerics.Tensors;
using Sosia.Matching;

namespace Sosia.Learning.Evaluation;

/// <summary>Similarity of two videos by their clips' embeddings.</summary>
public static class ClipSimilarity
{
    private const float LeastLength = 1e-12f;

    /// <summary>Best clips of the query that count in <see cref="TopThree"/> (3D-CSL, --topk-cs).</summary>
    private const int Best = 3;

    /// <summary>Cosine of every clip of one video with every clip of another; that of a zero vector is 0.</summary>
    /// <param name="query">Nq x D, row by row.</param>
    /// <param name="reference">Nr x D.</param>
    /// <param name="dimension">D.</param>
    /// <returns>Nq x Nr.</returns>
    /// <exception cref="ArgumentException">A span holds part of a row.</exception>
    public static SimilarityMatrix Cosine(ReadOnlySpan<float> query, ReadOnlySpan<float> reference, int dimension)
    {
        var (q, r) = (Normalised(query, dimension), Normalised(reference, dimension));
        var (rows, columns) = (q.Length / dimension, r.Length / dimension);
        var cells = new float[rows * columns];
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = TensorPrimitives.Dot<float>(q.AsSpan(i / columns * dimension, dimension), r.AsSpan(i % columns * dimension, dimension));
        }

        return new SimilarityMatrix(cells, rows, columns);
    }

    /// <summary>
    /// 3D-CSL's score of two videos (Deng et al. 2023, code): mean of the query's three best clips, each by its best partner. Not symmetric.
    /// </summary>
    /// <param name="query">Nq x D, row by row.</param>
    /// <param name="reference">Nr x D.</param>
    /// <param name="dimension">D.</param>
    public static double TopThree(ReadOnlySpan<float> query, ReadOnlySpan<float> reference, int dimension) =>
        Chamfer.TopK(Cosine(query, reference, dimension), Best);

    private static float[] Normalised(ReadOnlySpan<float> vectors, int dimension)
    {
        if (vectors.Length % dimension != 0)
        {
            throw new ArgumentException($"{vectors.Length} numbers are no rows of {dimension}", nameof(vectors));
        }

        var result = vectors.ToArray();
        for (var at = 0; at < result.Length; at += dimension)
        {
            var row = result.AsSpan(at, dimension);
            TensorPrimitives.Divide(row, Math.Max(TensorPrimitives.Norm<float>(row), LeastLength), row);
        }

        return result;
    }
}
