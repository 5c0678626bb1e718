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
        const string What = "TimeSformer";
        var entries = Shapes(published);
        var (size, patch) = Size(entries, What, rank: 4, heads);
        var side = Side(entries, What);
        var times = entries.ContainsKey("time_embed") ? Entry(entries, What, "time_embed", 3) : null;
        return new VideoTransformerShape(
            size,
            patch,
            side * patch,
            side * patch,
            times is null ? 1 : (int)times[1],
            entries.Keys.Any(name => name.Contains(".temporal_attn.", StringComparison.Ordinal)) ? SpaceTimeAttention.Divided
                : times is null ? SpaceTimeAttention.SpaceOnly : SpaceTimeAttention.Joint,
            Classes(entries));
    }

    /// <summary>The image ViT of a state: width, depth, patch, pooling, layer scale, classes; positions are those of a square.</summary>
    /// <param name="published">Of <see cref="PublishedNames.Timm"/>, <see cref="PublishedNames.MaskedAutoencoder"/> or <see cref="PublishedNames.DinoV2"/>.</param>
    /// <param name="heads">Which no entry tells; nothing: 64 channels each.</param>
    /// <exception cref="ArgumentException">An entry is missing or has no shape of a ViT.</exception>
    public static VisionTransformerShape VisionTransformer(PublishedState published, int? heads = null)
    {
        const string What = "vision transformer";
        var entries = Shapes(published);
        var (size, patch) = Size(entries, What, rank: 4, heads);
        var side = Side(entries, What);
        return new VisionTransformerShape(
            size,
            patch,
            side * patch,
            side * patch,
            Classes(entries),
            MeanPool: entries.ContainsKey("fc_norm.weight"),
            LayerScale: entries.ContainsKey("blocks.0.gamma_1") ? 1 : 0);
    }

    /// <summary>The VideoMAE encoder of a state: width, depth, patch, tubelet, classes. How tokens are pooled and positions count, no entry tells.</summary>
    /// <param name="published">Of <see cref="PublishedNames.VideoMae"/>, <see cref="PublishedNames.VideoMaePretraining"/> or <see cref="PublishedNames.MvdEncoder"/>.</param>
    /// <param name="heads">Which no entry tells; nothing: 64 channels each.</param>
    /// <exception cref="ArgumentException">An entry is missing or has no shape of a VideoMAE.</exception>
    public static VideoMaeShape VideoMae(PublishedState published, int? heads = null)
    {
        const string What = "VideoMAE";
        var entries = Shapes(published);
        var (size, patch) = Size(entries, What, rank: 5, heads);
        return new VideoMaeShape(size, patch, (int)Entry(entries, What, "patch_embed.proj.weight", 5)[2], Classes(entries));
    }

    private static Dictionary<string, long[]> Shapes(PublishedState published) =>
        published.State.ToDictionary(e => e.Name, e => e.Tensor.Shape, StringComparer.Ordinal);

    private static (TransformerSize Size, int Patch) Size(Dictionary<string, long[]> entries, string what, int rank, int? heads)
    {
        var weight = Entry(entries, what, "patch_embed.proj.weight", rank);
        return weight.All(side => side > 0)
            ? (new TransformerSize((int)weight[0], Depth(entries.Keys, what), heads ?? Math.Max(1, (int)weight[0] / WidthOfHead)), (int)weight[^1])
            : throw new ArgumentException($"this is no {what}: patch_embed.proj.weight is empty");
    }

    private static int Side(Dictionary<string, long[]> entries, string what)
    {
        var positions = Entry(entries, what, "pos_embed", 3)[1];
        var side = PositionTables.SideOf(positions);
        return side >= 1 && (side * side) + 1 == positions ? side : throw new ArgumentException($"pos_embed has {positions - 1} places, which is no square");
    }

    private static int Classes(Dictionary<string, long[]> entries) => entries.TryGetValue("head.bias", out var bias) && bias.Length == 1 ? (int)bias[0] : 0;

    // Blocks are counted, not believed: a number of a thousand million would make as many.
    private static int Depth(IEnumerable<string> names, string what)
    {
        var numbers = names.Select(name => name.Split('.')).Where(parts => parts[0] == "blocks").Select(parts => parts[1]).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < numbers.Count; i++)
        {
            if (!numbers.Contains(i.ToString(CultureInfo.InvariantCulture)))
            {
                throw new ArgumentException($"this is no {what}: of its {numbers.Count} blocks number {i} is missing");
            }
        }

        return numbers.Count;
    }

    private static long[] Entry(Dictionary<string, long[]> entries, string what, string name, int rank) =>
        entries.TryGetValue(name, out var shape) && shape.Length == rank
            ? shape
            : throw new ArgumentException($"this is no {what}: {name} {(shape is null ? "is missing" : $"has {shape.Length} dimensions, not {rank}")}");
}
