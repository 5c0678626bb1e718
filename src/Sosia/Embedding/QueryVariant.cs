using Sosia.Matching;
using Sosia.Video;

namespace Sosia;

/// <summary>Part of a picture, as shares of its sides.</summary>
/// <param name="Left">0 is the left edge.</param>
/// <param name="Top">0 is the upper edge.</param>
/// <param name="Right">1 is the right edge.</param>
/// <param name="Bottom">1 is the lower edge.</param>
public readonly record struct PictureArea(double Left, double Top, double Right, double Bottom)
{
    /// <summary>All of it.</summary>
    public static PictureArea Whole { get; } = new(0, 0, 1, 1);
}

/// <summary>
/// A way to look at the pictures of a query, so that copies are found that were edited so. Each costs one more embedding of the query; the library
/// stays as it is (ours).
/// </summary>
/// <param name="Name">As reports have it.</param>
/// <param name="Group">What a user asks for: variants of a group go together.</param>
/// <param name="Way">How the query's picture is turned or mirrored to show what the original shows.</param>
/// <param name="Area">Which part of it is looked at, before it is turned.</param>
/// <param name="Negative">Whether light and dark are exchanged.</param>
public sealed record QueryVariant(string Name, string Group, Dihedral Way, PictureArea Area, bool Negative = false)
{
    private const double Edge = 0.2; // what the centre leaves on each side

    /// <summary>The picture as it is: always looked for.</summary>
    public static QueryVariant Plain { get; } = new("plain", "plain", Dihedral.Original, PictureArea.Whole);

    /// <summary>Left and right exchanged.</summary>
    public static QueryVariant Mirrored { get; } = Whole("mirrored", "mirrored", Dihedral.FlipY);

    /// <summary>Turned clockwise by a quarter, a half and three quarters.</summary>
    public static IReadOnlyList<QueryVariant> Turned { get; } =
    [
        Whole("turned-90", "turned", Dihedral.Rotate270), Whole("turned-180", "turned", Dihedral.Rotate180), Whole("turned-270", "turned", Dihedral.Rotate90),
    ];

    /// <summary>The negative: light and dark exchanged, in each colour.</summary>
    public static QueryVariant Inverted { get; } = Whole("inverted", "inverted", Dihedral.Original) with { Negative = true };

    /// <summary>The centre, 0.6 of the sides, and the four quarters: for pictures in pictures.</summary>
    public static IReadOnlyList<QueryVariant> Quarters { get; } =
    [
        Part("centre", new(Edge, Edge, 1 - Edge, 1 - Edge)),
        Part("upper-left", new(0, 0, 0.5, 0.5)), Part("upper-right", new(0.5, 0, 1, 0.5)),
        Part("lower-left", new(0, 0.5, 0.5, 1)), Part("lower-right", new(0.5, 0.5, 1, 1)),
    ];

    /// <summary>All but the plain one.</summary>
    public static IReadOnlyList<QueryVariant> All { get; } = [Mirrored, Inverted, .. Turned, .. Quarters];

    private static QueryVariant Whole(string name, string group, Dihedral way) => new(name, group, way, PictureArea.Whole);

    private static QueryVariant Part(string name, PictureArea area) => new(name, "quarters", Dihedral.Original, area);
}

/// <summary>The clips of a query, looked at in one way.</summary>
/// <param name="Variant">The way.</param>
/// <param name="Clips">N clips; as many as the plain query has.</param>
public sealed record VariantClips(QueryVariant Variant, ClipSequence Clips);
