using System.Globalization;
using Sosia.Learning.Encoders;

namespace Sosia.Learning.Import;

/// <summary>What network a published state belongs to, told from its entries.</summary>
public static class PublishedShapes
{
    private const int WidthOfHead = 64; // in every published size

    /// <summary>The TimeSformer of a state: width, depth, patch, frames, attention, classes; positions are those of a square.</summary>
    /// <param name="published">Of <see cref="PublishedNames.ThreeDCsl"/> or <see cref="PublishedNames.TimeSformer"/>.</param>
    /// <param name="heads">Which no entry tells; nothing: 64 channels each.</param>
    /// <exception cref="ArgumentException">An entry is missing or has no shape of a TimeSformer.</exception>
    public static VideoTransformerShape VideoTransformer(PublishedState published, int? heads = null)
    {
        var entries = published.State.ToDictionary(e => e.Name, e => e.Tensor.Shape, StringComparer.Ordinal);
        var (weight, positions) = (Entry(entries, "patch_embed.proj.weight", 4), Entry(entries, "pos_embed", 3));
        var times = entries.ContainsKey("time_embed") ? Entry(entries, "time_embed", 3) : null;
        var (width, patch, side) = ((int)weight[0], (int)weight[3], PositionTables.SideOf(positions[1]));
        if (width == 0 || patch == 0)
        {
            throw new ArgumentException("this is no TimeSformer: patch_embed.proj.weight is empty");
        }

        if (side < 1 || (side * side) + 1 != positions[1])
        {
            throw new ArgumentException($"pos_embed has {positions[1] - 1} places, which is no square");
        }

        return new VideoTransformerShape(
            new TransformerSize(width, Depth(entries.Keys), heads ?? Math.Max(1, width / WidthOfHead)),
            patch,
            side * patch,
            side * patch,
            times is null ? 1 : (int)times[1],
            entries.Keys.Any(name => name.Contains(".temporal_attn.", StringComparison.Ordinal)) ? SpaceTimeAttention.Divided
                : times is null ? SpaceTimeAttention.SpaceOnly : SpaceTimeAttention.Joint,
            entries.TryGetValue("head.bias", out var classes) && classes.Length == 1 ? (int)classes[0] : 0);
    }

    // Blocks are counted, not believed: a number of a thousand million would make as many.
    private static int Depth(IEnumerable<string> names)
    {
        var numbers = names.Select(name => name.Split('.')).Where(parts => parts[0] == "blocks").Select(parts => parts[1]).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < numbers.Count; i++)
        {
            if (!numbers.Contains(i.ToString(CultureInfo.InvariantCulture)))
            {
                throw new ArgumentException($"this is no TimeSformer: of its {numbers.Count} blocks number {i} is missing");
            }
        }

        return numbers.Count;
    }

    private static long[] Entry(Dictionary<string, long[]> entries, string name, int rank) =>
        entries.TryGetValue(name, out var shape) && shape.Length == rank
            ? shape
            : throw new ArgumentException($"this is no TimeSformer: {name} {(shape is null ? "is missing" : $"has {shape.Length} dimensions, not {rank}")}");
}
