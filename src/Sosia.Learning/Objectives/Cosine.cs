using Sosia.Torch;

namespace Sosia.Learning.Objectives;

/// <summary>Cosine similarity of rows; that of a zero vector with anything is 0.</summary>
public static class Cosine
{
    private const double Floor = 1e-12; // of a length

    /// <summary>Rows of length 1.</summary>
    /// <param name="rows">N x D.</param>
    /// <returns>N x D.</returns>
    public static Tensor Unit(Tensor rows) => rows / rows.LinalgVectorNorm(2, [1], keepdim: true).ClampMin(Floor);

    /// <summary>Row by row.</summary>
    /// <param name="a">N x D, of length 1.</param>
    /// <param name="b">N x D, of length 1.</param>
    /// <returns>N.</returns>
    public static Tensor Pairs(Tensor a, Tensor b) => (a * b).Sum([1]);

    /// <summary>Each row with each.</summary>
    /// <param name="a">N x D, of length 1.</param>
    /// <param name="b">M x D, of length 1.</param>
    /// <returns>N x M.</returns>
    public static Tensor Matrix(Tensor a, Tensor b) => a.MatMul(b.Transpose(0, 1));
}
