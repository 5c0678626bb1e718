namespace Sosia.Video;

/// <summary>A shape that is drawn by its formula, so that no font is needed.</summary>
/// <param name="Outline">ffmpeg expression of the place (<c>ld(0)</c> to the right, <c>ld(1)</c> down, both -1 to 1): not 0 inside the shape.</param>
/// <param name="Mark">The same for what is drawn in the second colour.</param>
/// <param name="Body">Colour, 0 to 255 each.</param>
/// <param name="Detail">Colour of the mark.</param>
internal sealed record Sticker(string Outline, string Mark, (int Red, int Green, int Blue) Body, (int Red, int Green, int Blue) Detail)
{
    private const string Place = "st(0,2*X/W-1);st(1,2*Y/H-1);";
    private const string Radius = "hypot(ld(0),ld(1))";

    /// <summary>A face, a heart, a flower and a button to play.</summary>
    public static IReadOnlyList<Sticker> All { get; } =
    [
        new($"lt({Radius},1)", $"lt(hypot(abs(ld(0))-0.35,ld(1)+0.3),0.15)+between({Radius},0.5,0.68)*gt(ld(1),0.15)", (255, 214, 40), (70, 40, 0)),
        new("lt(pow(1.5*ld(0)*ld(0)+1.3*pow(0.1-ld(1),2)-1,3)-1.8*ld(0)*ld(0)*pow(0.1-1.1*ld(1),3),0)", "0", (228, 30, 60), (0, 0, 0)),
        new($"lt({Radius},0.68+0.3*cos(5*atan2(ld(1),ld(0))))", $"lt({Radius},0.3)", (255, 90, 190), (255, 220, 60)),
        new($"lt({Radius},1)", "gt(ld(0),-0.35)*lt(abs(ld(1)),0.6*(0.6-ld(0)))", (30, 120, 240), (255, 255, 255)),
    ];

    /// <summary>Lays it on a picture, its corner at a place, for the whole length.</summary>
    public Cut On(Cut cut, int x, int y, int side)
    {
        var (red, green, blue) = (Channel(Body.Red, Detail.Red), Channel(Body.Green, Detail.Green), Channel(Body.Blue, Detail.Blue));
        return cut.Over($"color=c=black:s={side}x{side}:r=1:d=1,format=rgba,geq=r='{red}':g='{green}':b='{blue}':a='{Place}255*gt({Outline},0)'", x, y);
    }

    private string Channel(int body, int detail) => $"{Place}if({Mark},{detail},{body})";
}
