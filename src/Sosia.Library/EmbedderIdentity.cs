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

    internal void Validate()
    {
        if (Name.Length == 0 || Name.Length > 200 || Fingerprint.Length > 200 || Name.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"the name of an embedder has 1 to 200 characters and its fingerprint at most 200, not '{Name}' and '{Fingerprint}'");
        }

        var fits = Kind switch
        {
            VectorKind.Bits256 => Dimension == 8 * VectorRows.BitRowBytes,
            VectorKind.Int8Float16 => Dimension is > 0 and <= MaxDimension,
            _ => false,
        };
        if (!fits)
        {
            throw new ArgumentException($"an embedder of kind {Kind} cannot have {Dimension} dimensions");
        }
    }
}
