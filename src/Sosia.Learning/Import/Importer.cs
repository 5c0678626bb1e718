using Sosia.Learning.Encoders;
using Sosia.Torch;

namespace Sosia.Learning.Import;

/// <summary>How stored positions are brought to another grid.</summary>
public enum PositionResize
{
    /// <summary>Nearest neighbour on each axis.</summary>
    Nearest,

    /// <summary>Nearest neighbour along the flattened grid, as TimeSformer's own loader does: rows get mixed.</summary>
    NearestFlattened,

    /// <summary>Bicubic, as image ViTs are fine-tuned.</summary>
    Bicubic,

    /// <summary>Bicubic, with the places that DINOv2's code finds: a tenth is added to the new sides.</summary>
    DinoV2,

    /// <summary>Bicubic with antialiasing, as the code of DINOv2 with registers does it.</summary>
    DinoV2Registers,
}

/// <summary>Published states into networks.</summary>
public static class Importer
{
    /// <summary>Sets a network to a published state; position tables of another size are resized.</summary>
    /// <param name="network">Whose entries are set.</param>
    /// <param name="published">Names as <see cref="PublishedNames"/> made them.</param>
    /// <param name="fresh">Prefixes of entries that may keep their starting values; anything else that is missing is an error.</param>
    /// <param name="resize">How positions are brought to another grid; a stored grid is square.</param>
    /// <param name="grid">Rows and columns of the network's grid; nothing: square.</param>
    /// <exception cref="StateMismatchException">Entries are missing, or have another shape.</exception>
    public static ImportReport Load(
        Module network,
        PublishedState published,
        IReadOnlyList<string>? fresh = null,
        PositionResize resize = PositionResize.Nearest,
        (int Rows, int Columns)? grid = null)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        var own = network.NamedState().ToDictionary(e => e.Name, e => e.Tensor, StringComparer.Ordinal);
        var resized = new List<string>();
        var unknown = published.Unknown.Concat(published.State.Where(e => !own.ContainsKey(e.Name)).Select(e => e.Name)).ToList();
        var state = new List<(string Name, Tensor Tensor)>();
        foreach (var (name, tensor) in published.State.Where(e => own.ContainsKey(e.Name)))
        {
            var fitted = Fit(name, tensor, own[name].Shape, resize, grid);
            state.Add((name, fitted));
            if (!ReferenceEquals(fitted, tensor))
            {
                resized.Add(name);
            }
        }

        var given = state.Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
        var left = own.Keys.Where(name => !given.Contains(name)).ToList();
        var missing = left.Where(name => fresh is null || !fresh.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))).ToList();
        if (missing.Count > 0)
        {
            throw new StateMismatchException(missing, unknown, []);
        }

        network.Load(state, strict: false);
        return new ImportReport([.. given], resized, left, published.LeftOut, unknown);
    }

    /// <summary>
    /// Starts a TimeSformer as an image ViT (published loader): temporal attention and norm are copies of the spatial ones; temporal
    /// projections and times keep their zeros.
    /// </summary>
    /// <param name="image">A ViT's state, as <see cref="PublishedNames.Timm"/> made it.</param>
    public static PublishedState AsVideo(PublishedState image)
    {
        var temporal = image.State.Select(e => (Name: e.Name.Replace(".attn.", ".temporal_attn.", StringComparison.Ordinal)
            .Replace(".norm1.", ".temporal_norm1.", StringComparison.Ordinal), e.Tensor, Before: e.Name)).Where(e => e.Name != e.Before);
        return image with { State = [.. image.State, .. temporal.Select(e => (e.Name, e.Tensor))] };
    }

    /// <summary>What an image ViT leaves out of a divided TimeSformer, as it is or <see cref="AsVideo"/>: to be given as fresh to <see cref="Load"/>.</summary>
    public static IReadOnlyList<string> FreshOfVideo(VideoTransformerShape shape) =>
        ["time_embed", "head", .. Enumerable.Range(0, shape.Size.Depth).Select(i => $"blocks.{i}.temporal_")];

    private static Tensor Fit(string name, Tensor tensor, long[] wanted, PositionResize resize, (int Rows, int Columns)? grid)
    {
        if (tensor.Rank != 3 || wanted.Length != 3 || tensor.Size(1) == wanted[1] || tensor.Size(2) != wanted[2])
        {
            return tensor;
        }

        if (name == "time_embed")
        {
            return PositionTables.NearestTime(tensor, (int)wanted[1]);
        }

        if (name != "pos_embed")
        {
            return tensor;
        }

        var side = PositionTables.SideOf(wanted[1]);
        var (rows, columns) = grid ?? (side, side);
        if (1 + (rows * columns) != wanted[1])
        {
            throw new ArgumentException($"the network has {wanted[1] - 1} places, not {rows} x {columns}: say which grid it has", nameof(grid));
        }

        return resize switch
        {
            PositionResize.Nearest => PositionTables.NearestSpace(tensor, rows, columns),
            PositionResize.NearestFlattened => PositionTables.NearestFlattened(tensor, rows * columns),
            PositionResize.DinoV2 => PositionTables.Bicubic(tensor, 1, 1, rows, columns, offset: 0.1),
            PositionResize.DinoV2Registers => PositionTables.Bicubic(tensor, 1, 1, rows, columns, antialias: true),
            _ => PositionTables.Bicubic(tensor, 1, 1, rows, columns),
        };
    }
}
