namespace Sosia.Learning.Views;

/// <summary>Outlines of stickers.</summary>
public enum StickerShape
{
    /// <summary>A disc with eyes and a mouth.</summary>
    Face,

    /// <summary>A heart.</summary>
    Heart,

    /// <summary>A star with five points.</summary>
    Star,

    /// <summary>A disc.</summary>
    Disc,

    /// <summary>An arrow that points down.</summary>
    Arrow,
}

/// <summary>A shape over every frame, as emoji are put upon videos. Places are shares of the frame's sides.</summary>
/// <param name="Shape">Its outline.</param>
/// <param name="CentreX">Its middle, from the left.</param>
/// <param name="CentreY">Its middle, from the top.</param>
/// <param name="Size">Its width, share of the frame's short side.</param>
/// <param name="Colour">Of its ground; eyes and mouth are dark.</param>
public sealed record Sticker(StickerShape Shape, double CentreX, double CentreY, double Size, Rgb Colour)
{
    private static readonly Rgb Dark = new(0.15, 0.08, 0.05);

    internal void Draw(Sheet sheet)
    {
        var radius = Math.Max(1, Size * Math.Min(sheet.Width, sheet.Height) / 2);
        var (middleX, middleY) = (CentreX * sheet.Width, CentreY * sheet.Height);
        for (var y = (int)(middleY - radius); y <= middleY + radius; y++)
        {
            for (var x = (int)(middleX - radius); x <= middleX + radius; x++)
            {
                var (across, down) = ((x + 0.5 - middleX) / radius, (y + 0.5 - middleY) / radius);
                if (Has(across, down))
                {
                    sheet.Fill(x, y, 1, 1, Shape == StickerShape.Face && IsFeature(Math.Abs(across), down) ? Dark : Colour, opacity: 1);
                }
            }
        }
    }

    // Places in -1 .. 1 from the middle of the shape.
    private bool Has(double x, double y) => Shape switch
    {
        StickerShape.Heart => IsHeart(1.15 * x, 0.15 - (1.1 * y)),
        StickerShape.Star => IsStar(x, y),
        StickerShape.Arrow => y < 0 ? Math.Abs(x) < 0.35 : Math.Abs(x) < 1 - y,
        _ => (x * x) + (y * y) <= 1,
    };

    private static bool IsFeature(double x, double y)
    {
        var fromMiddle = Math.Sqrt((x * x) + (y * y));
        var isEye = Math.Pow(x - 0.35, 2) + Math.Pow((y + 0.25) * 0.8, 2) < 0.025;
        return isEye || (y > 0.15 && fromMiddle is > 0.5 and < 0.68);
    }

    // x^2 + (y - sqrt|x| / 1.5)^2 = 1, the common heart curve; y upwards.
    private static bool IsHeart(double x, double y) => (x * x) + Math.Pow(y - (Math.Sqrt(Math.Abs(x)) / 1.5), 2) < 0.9;

    // Between the points the edge is a straight line from radius 1 to radius 0.4.
    private static bool IsStar(double x, double y)
    {
        const double Sector = Math.PI / 5;
        var turn = Math.Abs(Math.Atan2(x, -y)) % (2 * Sector);
        var fromPoint = Math.Min(turn, (2 * Sector) - turn);
        var (sine, cosine) = Math.SinCos(Sector);
        var edge = 0.4 * sine / ((0.4 * sine * Math.Cos(fromPoint)) + ((1 - (0.4 * cosine)) * Math.Sin(fromPoint)));
        return Math.Sqrt((x * x) + (y * y)) <= edge;
    }
}
