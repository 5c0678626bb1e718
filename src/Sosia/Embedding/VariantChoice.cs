using Sosia.Video;

namespace Sosia;

/// <summary>Which variants of a query are looked for beside the plain one: groups of <see cref="QueryVariant"/> by name.</summary>
public sealed class VariantChoice
{
    private const string Everything = "all";
    private const string Nothing = "none";

    private static readonly string[] Groups = [.. QueryVariant.All.Select(v => v.Group).Distinct(StringComparer.Ordinal)];

    private readonly string[] names;

    private VariantChoice(string[] names) => this.names = names;

    /// <summary>Unless told otherwise: mirrored.</summary>
    public static VariantChoice Mirrored { get; } = new([QueryVariant.Mirrored.Group]);

    /// <summary>What can be asked for: <c>mirrored</c>, <c>inverted</c>, <c>turned</c> and <c>quarters</c>; <c>all</c> that the model can; <c>none</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Groups, Everything, Nothing];

    /// <summary>Reads names with commas between them.</summary>
    /// <exception cref="UsageException">A name is none of <see cref="Names"/>, there is none, or <c>none</c> is not alone.</exception>
    public static VariantChoice Parse(string text)
    {
        string[] names = [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
        if (names.Length == 0 || Array.Exists(names, name => !Names.Contains(name, StringComparer.Ordinal)))
        {
            throw new UsageException($"--variants {Printable.Text(text)}: may be {string.Join(", ", Names)}, several with commas between them");
        }

        return names.Length == 1 || !names.Contains(Nothing)
            ? new VariantChoice(names)
            : throw new UsageException($"--variants {Printable.Text(text)}: {Nothing} stands alone");
    }

    /// <summary>The variants for a model.</summary>
    /// <exception cref="UsageException">It cannot make one of them.</exception>
    public IReadOnlyList<QueryVariant> For(IEmbedder embedder)
    {
        if (names.Contains(Everything))
        {
            return embedder.Variants;
        }

        QueryVariant[] variants = [.. QueryVariant.All.Where(v => names.Contains(v.Group))];
        Require(embedder, variants);
        return variants;
    }

    /// <summary>Holds variants against what a model can.</summary>
    /// <exception cref="UsageException">It cannot make one of them.</exception>
    public static void Require(IEmbedder embedder, IReadOnlyList<QueryVariant> variants)
    {
        if (variants.FirstOrDefault(v => !embedder.Variants.Contains(v)) is { } missing)
        {
            var can = string.Join(", ", embedder.Variants.Select(v => v.Group).Distinct(StringComparer.Ordinal));
            throw new UsageException($"{embedder.Model} cannot look for {missing.Group}: --variants may be {can}, {Everything} or {Nothing} with it");
        }
    }
}
