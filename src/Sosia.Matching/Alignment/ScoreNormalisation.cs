using System.Numerics.Tensors;

namespace Sosia.Matching;

/// <summary>Descriptors, one a row.</summary>
/// <param name="Values">Rows x Dimension, row-major.</param>
/// <param name="Rows">N.</param>
/// <param name="Dimension">D.</param>
public sealed record DescriptorRows(float[] Values, int Rows, int Dimension)
{
    /// <summary>One descriptor.</summary>
    public ReadOnlySpan<float> this[int row] => Values.AsSpan(row * Dimension, Dimension);
}

/// <summary>
/// Score normalisation against a background (code of facebookresearch/vsc2022): frames that resemble everything, black ones or cards of text, are
/// marked down by their similarity to unrelated videos, which must never be of the searched collection.
/// </summary>
/// <remarks>
/// The dimension of least variance over the background makes room for the correction: queries hold <c>-beta * (similarity to the background)</c>
/// there and references 1,
/// so that an inner product of N x D descriptors is still all that a search needs.
/// </remarks>
public sealed class ScoreNormalisation
{
    /// <summary>Beta of the VSC2022 baseline's script.</summary>
    public const float Vsc2022Beta = 1.2f;

    private const float NormFloor = 1e-12f;

    private readonly DescriptorRows background; // without the dropped dimension, normalised

    /// <summary>Prepares the background.</summary>
    /// <param name="background">Unrelated descriptors, at least 1 of at least 2 dimensions; any length.</param>
    /// <exception cref="ArgumentException">There are none, or they have one dimension.</exception>
    public ScoreNormalisation(DescriptorRows background)
    {
        if (background.Rows == 0 || background.Dimension < 2)
        {
            throw new ArgumentException(
                $"{background.Rows} background descriptors of {background.Dimension} dimensions: at least 1 of 2 is needed", nameof(background));
        }

        Dropped = LeastVariant(background);
        this.background = Reduced(background, added: 0);
    }

    /// <summary>The dimension of least (population) variance over the background, which gives way to the correction.</summary>
    public int Dropped { get; }

    /// <summary>References as they are stored: reduced, normalised (zero stays zero), and a 1 at the end.</summary>
    /// <param name="reference">N x D, as the background.</param>
    public DescriptorRows Reference(DescriptorRows reference)
    {
        var reduced = Reduced(reference, added: 1);
        for (var row = 0; row < reduced.Rows; row++)
        {
            reduced.Values[((row + 1) * reduced.Dimension) - 1] = 1;
        }

        return reduced;
    }

    /// <summary>
    /// Queries as they are searched: reduced, normalised (zero stays zero), and <c>-beta * mean of the k highest similarities to the background</c>
    /// at the end.
    /// </summary>
    /// <param name="query">N x D, as the background.</param>
    /// <param name="beta">1.2 in the VSC2022 baseline.</param>
    /// <param name="k">1 in the VSC2022 baseline; fewer background descriptors: all.</param>
    public DescriptorRows Query(DescriptorRows query, float beta, int k = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        var reduced = Reduced(query, added: 1);
        for (var row = 0; row < reduced.Rows; row++)
        {
            var likeness = Chamfer.TopK(ToBackground(reduced[row][..^1]), k);
            reduced.Values[((row + 1) * reduced.Dimension) - 1] = (float)(-beta * likeness);
        }

        return reduced;
    }

    /// <summary>Finished scores of a query video, less beta times its best score against background videos (ours).</summary>
    /// <exception cref="ArgumentException">There are no background scores.</exception>
    public static float[] Shifted(ReadOnlySpan<float> scores, ReadOnlySpan<float> background, float beta)
    {
        Require(background);
        var shifted = new float[scores.Length];
        TensorPrimitives.Subtract(scores, beta * TensorPrimitives.Max(background), shifted);
        return shifted;
    }

    /// <summary>
    /// Finished scores of a query video in deviations from its scores against background videos (ours; population deviation, at least 1e-6).
    /// </summary>
    /// <exception cref="ArgumentException">There are no background scores.</exception>
    public static float[] ZScores(ReadOnlySpan<float> scores, ReadOnlySpan<float> background)
    {
        Require(background);
        var (mean, variance) = Moments(background, start: 0, step: 1);
        var deviation = Math.Max(Math.Sqrt(variance), 1e-6);
        return Array.ConvertAll(scores.ToArray(), score => (float)((score - mean) / deviation));
    }

    /// <summary>B x 1: the background's similarities to one query, as the rows of a matrix.</summary>
    private SimilarityMatrix ToBackground(ReadOnlySpan<float> query)
    {
        var similarities = new float[background.Rows];
        for (var row = 0; row < similarities.Length; row++)
        {
            similarities[row] = TensorPrimitives.Dot(query, background[row]);
        }

        return new SimilarityMatrix(similarities, similarities.Length, 1);
    }

    /// <summary>Without the dropped dimension, normalised, with room for more.</summary>
    private DescriptorRows Reduced(DescriptorRows rows, int added)
    {
        if (background is not null && rows.Dimension != background.Dimension + 1)
        {
            throw new ArgumentException($"descriptors have {rows.Dimension} dimensions, the background {background.Dimension + 1}", nameof(rows));
        }

        var (kept, dimension) = (rows.Dimension - 1, rows.Dimension - 1 + added);
        var values = new float[rows.Rows * dimension];
        for (var row = 0; row < rows.Rows; row++)
        {
            var target = values.AsSpan(row * dimension, kept);
            rows[row][..Dropped].CopyTo(target);
            rows[row][(Dropped + 1)..].CopyTo(target[Dropped..]);
            TensorPrimitives.Divide(target, Math.Max(TensorPrimitives.Norm<float>(target), NormFloor), target);
        }

        return new DescriptorRows(values, rows.Rows, dimension);
    }

    private static int LeastVariant(DescriptorRows rows)
    {
        var variances = new double[rows.Dimension];
        for (var d = 0; d < variances.Length; d++)
        {
            variances[d] = Moments(rows.Values, d, rows.Dimension).Variance;
        }

        return TensorPrimitives.IndexOfMin<double>(variances);
    }

    private static (double Mean, double Variance) Moments(ReadOnlySpan<float> values, int start, int step)
    {
        var (sum, count) = (0.0, 0);
        for (var i = start; i < values.Length; i += step)
        {
            (sum, count) = (sum + values[i], count + 1);
        }

        var (mean, squares) = (sum / count, 0.0);
        for (var i = start; i < values.Length; i += step)
        {
            squares += (values[i] - mean) * (values[i] - mean);
        }

        return (mean, squares / count);
    }

    private static void Require(ReadOnlySpan<float> background)
    {
        if (background.IsEmpty)
        {
            throw new ArgumentException("no background scores: the correction needs at least one", nameof(background));
        }
    }
}
