using Sosia.Matching;

namespace Sosia.Library;

/// <summary>What made the vectors of a library: vectors of two embedders cannot be compared, so a library has one.</summary>
/// <param name="Name">Name and version, as <c>pdq-64@2</c>.</param>
/// <param name="Kind">What a row is.</param>
/// <param name="Dimension">D: bits or numbers a row.</param>
/// <param name="Fingerprint">Changes whenever the same picture would give another vector: of a network, the hash of its weights.</param>
public sealed record EmbedderIdentity(string Name, VectorKind Kind, int Dimension, string Fingerprint)
{
    /// <summary>The largest dimension of a row that a segment file can hold.</summary>
    public const int MaxDimension = 65_536;

    /// <summary>Name and fingerprint.</summary>
    public override string ToString() => $"{Name} (fingerprint {Fingerprint}, {Kind}, {Dimension} dimensions)";

    /// <summary>Why no library can be made with it, or null.</summary>
    internal string? Problem => this switch
    {
        { Name.Length: 0 or > 200 } or { Fingerprint.Length: > 200 } =>
            $"a name has 1 to 200 characters and a fingerprint at most 200, not '{Name}' and '{Fingerprint}'",
        { Kind: VectorKind.Bits256, Dimension: not 8 * VectorRows.BitRowBytes } => $"rows of bits have 256 dimensions, not {Dimension}",
        { Kind: VectorKind.Int8Float16, Dimension: <= 0 or > MaxDimension } => $"rows have 1 to {MaxDimension} dimensions, not {Dimension}",
        { Kind: not (VectorKind.Bits256 or VectorKind.Int8Float16) } => $"there is no kind of vector {Kind}",
        _ => null,
    };
}
