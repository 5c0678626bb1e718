using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sosia.Learning.Evaluation;
using Sosia.Matching;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia;

/// <summary>The background of an encoder in the file of its model: entries beside the encoder's, and in the metadata what must be known before they are read.</summary>
/// <param name="Width">Numbers of a whitened vector.</param>
/// <param name="Unrelated">Cosine that one in a thousand pairs of unrelated clips reaches.</param>
/// <param name="Sha256">Tells it from others.</param>
internal sealed record KeptBackground(int Width, double Unrelated, string Sha256)
{
    private const string Prefix = "background.";
    private const string WidthName = $"{Prefix}width";
    private const string UnrelatedName = $"{Prefix}unrelated";
    private const string HashName = $"{Prefix}sha256";

    /// <summary>Thresholds of the whitened vectors.</summary>
    public MatchingOptions Matching => MatchingOptions.Clips(Unrelated);

    /// <summary>Out of a file's metadata; null: the model has none.</summary>
    /// <exception cref="KeyNotFoundException">A value is missing.</exception>
    /// <exception cref="FormatException">A value is no number.</exception>
    public static KeptBackground? Read(IReadOnlyDictionary<string, string> about) => about.TryGetValue(UnrelatedName, out var unrelated)
        ? new KeptBackground(int.Parse(about[WidthName], NumberStyles.None, CultureInfo.InvariantCulture), double.Parse(unrelated, CultureInfo.InvariantCulture), about[HashName])
        : null;

    /// <summary>Into a file's metadata.</summary>
    /// <param name="background">Null: nothing is written.</param>
    /// <param name="about">The metadata.</param>
    public static void Write(Background? background, Dictionary<string, string> about)
    {
        if (background is not null)
        {
            about[WidthName] = background.Width.ToString(CultureInfo.InvariantCulture);
            about[UnrelatedName] = background.Unrelated.ToString("R", CultureInfo.InvariantCulture);
            about[HashName] = Hash(background);
        }
    }

    /// <summary>What a file holds of it.</summary>
    /// <param name="background">Null: nothing.</param>
    public static IEnumerable<StoredTensor> Entries(Background? background) => background?.ToStored().Select(stored => stored.Named(Prefix + stored.Name)) ?? [];

    /// <summary>What a file holds of the encoder.</summary>
    public static IEnumerable<StoredTensor> EncoderOf(SafetensorsFile file) => file.Tensors.Tensors.Where(stored => !Is(stored));

    /// <summary>Vectors as a library keeps them: whitened, where the file has a background.</summary>
    /// <param name="file">Of the model; it is read now.</param>
    /// <param name="vectors">The encoder: clips to N x D.</param>
    public static Func<Tensor, Tensor> Whitened(SafetensorsFile file, Func<Tensor, Tensor> vectors)
    {
        StoredTensor[] entries = [.. file.Tensors.Tensors.Where(Is).Select(stored => stored.Named(stored.Name[Prefix.Length..]))];
        if (entries.Length == 0)
        {
            return vectors;
        }

        var background = Background.Read(entries);
        return clips => background.Apply(vectors(clips));
    }

    /// <summary>What tells a background from others.</summary>
    public static string Hash(Background background) =>
        Convert.ToHexStringLower(SHA256.HashData([.. background.NamedState().SelectMany(entry => MemoryMarshal.AsBytes<float>(entry.Tensor.ToArray<float>()).ToArray())]));

    private static bool Is(StoredTensor stored) => stored.Name.StartsWith(Prefix, StringComparison.Ordinal);
}
