namespace Sosia.Torch;

/// <summary>Arithmetic and indexing as C# writes them.</summary>
public sealed partial class Tensor
{
    /// <summary>Elements and slices, as in Python: <c>x[0]</c>, <c>x[.., 1..^1]</c>, <c>x[^1, .., mask]</c>.</summary>
    [System.Runtime.CompilerServices.IndexerName("Part")] // Item is PyTorch's name for something else
    public Tensor this[params ReadOnlySpan<TensorIndex> indices]
    {
        get
        {
            var result = this;
            var dimension = 0;
            foreach (var index in indices)
            {
                var part = index.Apply(result, ref dimension);
                if (!ReferenceEquals(part, result) && !ReferenceEquals(result, this))
                {
                    result.Dispose(); // only the last part is asked for
                }

                result = part;
            }

            return ReferenceEquals(result, this) ? Operators.Alias.Tensor(this) : result;
        }
    }

    /// <summary>Sum, element by element.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => a.Add(b);

    /// <summary>Sum, element by element.</summary>
    public static Tensor operator +(Tensor a, Scalar b) => a.Add(b);

    /// <summary>Sum, element by element.</summary>
    public static Tensor operator +(Scalar a, Tensor b) => b.Add(a);

    /// <summary>Difference, element by element.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => a.Sub(b);

    /// <summary>Difference, element by element.</summary>
    public static Tensor operator -(Tensor a, Scalar b) => a.Sub(b);

    /// <summary>Difference, element by element.</summary>
    public static Tensor operator -(Scalar a, Tensor b) => b.Rsub(a);

    /// <summary>The negative.</summary>
    public static Tensor operator -(Tensor a) => a.Neg();

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => a.Mul(b);

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(Tensor a, Scalar b) => a.Mul(b);

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(Scalar a, Tensor b) => b.Mul(a);

    /// <summary>Quotient, element by element; of whole numbers too it is not rounded.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => a.Div(b);

    /// <summary>Quotient, element by element.</summary>
    public static Tensor operator /(Tensor a, Scalar b) => a.Div(b);
}

/// <summary>One part of an index: an element, a range, or a tensor of indices or truth values.</summary>
public readonly struct TensorIndex
{
    private readonly Tensor? chosen;
    private readonly Range range;
    private readonly bool single;

    private TensorIndex(Range range, bool single, Tensor? chosen = null) => (this.range, this.single, this.chosen) = (range, single, chosen);

    /// <summary>One element; negative counts from the end.</summary>
    public static implicit operator TensorIndex(int index) => new(index < 0 ? new Index(-index, fromEnd: true)..Index.End : index..Index.End, single: true);

    /// <summary>One element.</summary>
    public static implicit operator TensorIndex(Index index) => new(index..Index.End, single: true);

    /// <summary>A part; <c>..</c> is the whole dimension.</summary>
    public static implicit operator TensorIndex(Range range) => new(range, single: false);

    /// <summary>The elements that these indices name, or where this is true.</summary>
    public static implicit operator TensorIndex(Tensor chosen) => new(default, single: false, chosen);

    internal Tensor Apply(Tensor tensor, ref int dimension)
    {
        if (chosen is not null)
        {
            var indices = new Tensor?[dimension + 1];
            indices[dimension] = chosen;
            dimension++; // a mask of several dimensions, or indices of several, change the rank: use Index then
            return tensor.Index(indices);
        }

        if (single)
        {
            return tensor.Select(dimension, Offset(range.Start));
        }

        if (range.Equals(Range.All))
        {
            dimension++;
            return tensor;
        }

        return tensor.Slice(dimension++, Offset(range.Start), Offset(range.End));
    }

    // ^0 lies behind the last element: libtorch has no negative number for that.
    private static long Offset(Index index) => !index.IsFromEnd ? index.Value : index.Value == 0 ? long.MaxValue : -(long)index.Value;
}
