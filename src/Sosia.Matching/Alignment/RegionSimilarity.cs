using System.Numerics.Tensors;

namespace Sosia.Matching;

/// <summary>Several vectors a frame, one a region of the picture.</summary>
/// <param name="Values">Frames x Regions x Dimension, row-major.</param>
/// <param name="Frames">At least 0.</param>
/// <param name="Regions">At least 1.</param>
/// <param name="Dimension">D.</param>
public sealed record RegionVectors(float[] Values, int Frames, int Regions, int Dimension)
{
    /// <summary>The vector of one region of one frame.</summary>
    public ReadOnlySpan<float> this[int frame, int region] => Values.AsSpan(((frame * Regions) + region) * Dimension, Dimension);
}

/// <summary>
/// From the regions of frames to the similarity of frames (ViSiL, Kordopatis-Zilos et al. 2019, section 3.3 and code): Chamfer within each pair of
/// frames.
/// </summary>
public static class RegionSimilarity
{
    /// <summary><c>S[i][j] = mean_o max_p q[i][o] . r[j][p]</c>.</summary>
    /// <param name="query">Normalised vectors; the inner product is taken as it is.</param>
    /// <param name="reference">The same dimension; the number of regions may differ.</param>
    /// <exception cref="ArgumentException">The dimensions differ.</exception>
    public static SimilarityMatrix Asymmetric(RegionVectors query, RegionVectors reference) =>
        Frames(query, reference, Chamfer.Score);

    /// <summary>The mean of <see cref="Asymmetric"/> and of <c>mean_p max_o q[i][o] . r[j][p]</c>.</summary>
    /// <inheritdoc cref="Asymmetric"/>
    public static SimilarityMatrix Symmetric(RegionVectors query, RegionVectors reference) =>
        Frames(query, reference, Chamfer.Symmetric);

    /// <summary>VCSL's rescaling of region similarities before they are aligned: <c>clip(S, 0, 0.3) / 0.3</c> (code).</summary>
    public static SimilarityMatrix Rescaled(SimilarityMatrix matrix) =>
        matrix with { Cells = Array.ConvertAll(matrix.Cells, static s => Math.Clamp(s, 0f, 0.3f) / 0.3f) };

    private static SimilarityMatrix Frames(RegionVectors query, RegionVectors reference, Func<SimilarityMatrix, double> score)
    {
        if (query.Dimension != reference.Dimension)
        {
            throw new ArgumentException(
                $"query vectors have {query.Dimension} dimensions, reference vectors {reference.Dimension}", nameof(reference));
        }

        var cells = new float[query.Frames * reference.Frames];
        var pair = new SimilarityMatrix(new float[query.Regions * reference.Regions], query.Regions, reference.Regions);
        for (var i = 0; i < query.Frames; i++)
        {
            for (var j = 0; j < reference.Frames; j++)
            {
                FillProducts(query, i, reference, j, pair.Cells);
                cells[(i * reference.Frames) + j] = (float)score(pair);
            }
        }

        return new SimilarityMatrix(cells, query.Frames, reference.Frames);
    }

    private static void FillProducts(RegionVectors query, int i, RegionVectors reference, int j, Span<float> products)
    {
        for (var o = 0; o < query.Regions; o++)
        {
            for (var p = 0; p < reference.Regions; p++)
            {
                products[(o * reference.Regions) + p] = TensorPrimitives.Dot(query[i, o], reference[j, p]);
            }
        }
    }
}
