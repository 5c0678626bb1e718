namespace Sosia.Learning.Views;

/// <summary>Draws of what lies over the picture.</summary>
internal static class OverlayEdits
{
    private const double Margin = 0.03;

    private static readonly Rgb Black = new(0, 0, 0);
    private static readonly Rgb White = new(1, 1, 1);

    public static EditedClip Logo(EditedClip clip, EditDraw draw)
    {
        var (width, height) = (draw.From(0.05, 0.12, 0.28), draw.From(0.05, 0.08, 0.25));
        var (ground, ink) = Inks(draw);
        return With(clip, new Overlay
        {
            Left = draw.Pick(Margin, 1 - Margin - width),
            Top = draw.Pick(Margin, 1 - Margin - height),
            Width = width,
            Height = height,
            Ground = ground,
            Ink = ink,
            Opacity = draw.Random.Between(0.6, 1),
            Seed = draw.Random.Below(int.MaxValue),
        });
    }

    // White or coloured writing with a dark outline, or in a box.
    public static EditedClip Text(EditedClip clip, EditDraw draw)
    {
        var (width, height) = (draw.Random.Between(0.4, 1), draw.From(0.05, 0.08, 0.2));
        var isOutlined = draw.Random.Chance(0.6);
        var (ground, ink) = isOutlined ? (Black, draw.Random.Chance(0.7) ? White : Rgb.Draw(draw.Random)) : Inks(draw);
        return With(clip, new Overlay
        {
            Left = (1 - width) * draw.Pick(0.5, 0.5, draw.Random.Next()),
            Top = draw.Pick(0.05, 0.95 - height, draw.Random.Between(0, 1 - height)),
            Width = width,
            Height = height,
            Ground = ground,
            Ink = ink,
            Outline = isOutlined ? Black : null,
            Opacity = isOutlined ? 0 : draw.Random.Between(0.5, 1),
            Seed = draw.Random.Below(int.MaxValue),
        });
    }

    public static EditedClip Emoji(EditedClip clip, EditDraw draw)
    {
        var count = 1 + draw.Random.Below(5);
        return clip with { Stickers = [.. clip.Stickers, .. Enumerable.Range(0, count).Select(_ => Sticker(draw))] };
    }

    private static Sticker Sticker(EditDraw draw)
    {
        var shape = (StickerShape)draw.Random.Below(5);
        var colour = shape == StickerShape.Face
            ? new Rgb(1, draw.Random.Between(0.75, 0.9), draw.Random.Between(0.1, 0.35))
            : new Rgb(draw.Random.Next(), draw.Random.Next(), draw.Random.Next());
        return new Sticker(shape, draw.Random.Next(), draw.Random.Next(), draw.From(0.05, 0.1, 0.3), colour);
    }

    private static (Rgb Ground, Rgb Ink) Inks(EditDraw draw)
    {
        var ground = Rgb.Draw(draw.Random);
        return (ground, new Rgb(Opposite(ground.Red), Opposite(ground.Green), Opposite(ground.Blue)));
    }

    private static double Opposite(double part) => part < 0.5 ? 1 : 0;

    private static EditedClip With(EditedClip clip, Overlay box) => clip with { Boxes = [.. clip.Boxes, box] };
}
