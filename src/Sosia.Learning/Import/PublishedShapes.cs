using System.Globalization;
using Sosia.Learning.Encoders;

namespace Sosia.Learning.Import;

/// <summary>What network a published state belongs to, told from its entries.</summary>
public static partial class PublishedShapes
{
    private const int WidthOfHead = 64; // in every published size but one
    private const int WidthOfHuge = 1280;
    private const int HeadsOfHuge = 16;

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

    /// <summary>The image ViT of a state: width, depth, patch, pooling, layer scale, registers, classes; positions are those of a square.</summary>
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
            LayerScale: entries.ContainsKey("blocks.0.gamma_1") ? 1 : 0,
            Registers: entries.ContainsKey("register_tokens") ? (int)Entry(entries, What, "register_tokens", 3)[1] : 0);
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
        var width = (int)weight[0];
        return (new TransformerSize(width, Count(entries.Keys, what, "blocks"), heads ?? Heads(width)), (int)weight[^1]);
    }

    private static int Heads(int width) => width == WidthOfHuge ? HeadsOfHuge : Math.Max(1, width / WidthOfHead);

    private static int Side(Dictionary<string, long[]> entries, string what)
    {
        var positions = Entry(entries, what, "pos_embed", 3)[1];
        var side = PositionTables.SideOf(positions);
        return side >= 1 && (side * side) + 1 == positions ? side : throw new ArgumentException($"pos_embed has {positions - 1} places, which is no square");
    }

    private static int Classes(Dictionary<string, long[]> entries) => entries.TryGetValue("head.bias", out var bias) && bias.Length == 1 ? (int)bias[0] : 0;

    // Blocks are counted, not believed: a number of a thousand million would make as many.
    private static int Count(IEnumerable<string> names, string what, string list)
    {
        var start = list + ".";
        var numbers = names.Where(name => name.StartsWith(start, StringComparison.Ordinal)).Select(name => name[start.Length..].Split('.')[0]).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < numbers.Count; i++)
        {
            if (!numbers.Contains(i.ToString(CultureInfo.InvariantCulture)))
            {
                throw new ArgumentException($"this is no {what}: of its {numbers.Count} {list} number {i} is missing");
            }
        }

        return numbers.Count > 0 ? numbers.Count : throw new ArgumentException($"this is no {what}: {list} are missing");
    }

    private static long[] Entry(Dictionary<string, long[]> entries, string what, string name, int rank)
    {
        var shape = entries.GetValueOrDefault(name) ?? throw new ArgumentException($"this is no {what}: {name} is missing");
        return shape.Length != rank ? throw new ArgumentException($"this is no {what}: {name} has {shape.Length} dimensions, not {rank}")
            : shape.All(side => side > 0) ? shape
            : throw new ArgumentException($"this is no {what}: {name} is empty");
    }
}
