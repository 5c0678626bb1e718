namespace Sosia.Video;

/// <summary>The edits that copies undergo on their way through the world: one table, each an ffmpeg filter with drawn parameters.</summary>
public static class Edits
{
    private static readonly string[] Words =
        ["watch", "this", "now", "part", "two", "best", "of", "the", "day", "live", "breaking", "news", "follow", "for", "more", "funny"];

    /// <summary>Every edit.</summary>
    public static IReadOnlyList<Edit> All { get; } =
    [
        Edit.One("reencode", "encoded again, visibly the same", static (random, cut) => cut with { Crf = random.Next(24, 31) }),
        Edit.One("lowrate", "encoded at a very low bit rate", static (random, cut) => cut with { Crf = random.Next(36, 45) }),
        Edit.One("scale", "another size, at times another aspect", Scale),
        Edit.One("crop", "70 to 92 % of the picture's sides", Crop),
        Edit.One("letterbox", "bars above and below or left and right", Letterbox),
        Edit.One("frame", "a coloured border all round", Frame),
        Edit.One("logo", "a block logo in a corner", Logo),
        Edit.One("text", "a line of text", Text),
        Edit.One("colour", "another hue and saturation", static (random, cut) =>
            cut.Filter($"hue=h={Pick(random, -45, -25, 25, 45, 60)}:s={Between(random, 0.5, 1.7):F2}")),
        Edit.One("gamma", "another gamma, contrast and brightness", Gamma),
        Edit.One("grey", "without colour", static (_, cut) => cut.Filter($"hue=s=0")),
        Edit.One("sepia", "brown as old photographs", static (_, cut) =>
            cut.Filter($"colorchannelmixer=.393:.769:.189:0:.349:.686:.168:0:.272:.534:.131")),
        Edit.One("blur", "out of focus", static (random, cut) => cut.Filter($"gblur=sigma={Between(random, 1.5, 4):F2}")),
        Edit.One("noise", "grain that changes with every frame", static (random, cut) =>
            cut.Filter($"noise=alls={random.Next(15, 41)}:allf=t:all_seed={random.Next(1 << 20)}")),
        Edit.One("mirror", "left and right exchanged", static (_, cut) => cut.Filter($"hflip") with { Mirrored = !cut.Mirrored }),
        Edit.One("rot3", "turned by 3 to 5 degrees", static (random, cut) =>
            cut.Filter($"rotate={Pick(random, -5, -3, 3, 5)}*PI/180:c=black")),
        Edit.One("rot90", "turned by a quarter", static (random, cut) =>
            cut.Resize(cut.Height, cut.Width, $"transpose={Pick(random, 1, 2)}")),
        Edit.One("rot180", "upside down by half a turn", static (_, cut) => cut.Filter($"hflip,vflip")),
        Edit.One("speed", "0.75 to 1.5 times as fast", Speed),
        Edit.One("fps", "another frame rate", static (random, cut) => cut.Filter($"fps={Pick(random, 8, 10, 12.5, 15, 20, 50)}")),
        Edit.One("fade", "faded in and out", Fade),
        Edit.One("screen", "filmed from a screen: perspective, glare, noise", Screen),
        Edit.One("trim", "a part of 30 to 80 %", Trim),
        Edit.Two("splice", "a part put into another video", Mixes.Splice),
        Edit.Two("pip-in", "small within another video", Mixes.Inset),
        Edit.Two("pip-over", "partly covered by another video", Mixes.Covered),
    ];

    /// <summary>The edit of that name.</summary>
    /// <exception cref="ArgumentException">There is none; lists those there are.</exception>
    public static Edit Named(string name) =>
        All.FirstOrDefault(edit => edit.Name == name)
        ?? throw new ArgumentException($"no edit is named '{name}'; there are {string.Join(", ", All.Select(static edit => edit.Name))}", nameof(name));

    internal static double Between(Random random, double low, double high) => low + ((high - low) * random.NextDouble());

    internal static T Pick<T>(Random random, params ReadOnlySpan<T> values) => values[random.Next(values.Length)];

    internal static int Even(double pixels) => Math.Max(2, (int)pixels & ~1);

    /// <summary>A part that is at least three seconds long, or all of it.</summary>
    internal static Cut Trim(Random random, Cut cut)
    {
        var seconds = Math.Min(cut.Seconds, Math.Max(3, cut.Seconds * Between(random, 0.3, 0.8)));
        return cut with { From = cut.From + Between(random, 0, cut.Seconds - seconds), Seconds = seconds };
    }

    private static Cut Scale(Random random, Cut cut)
    {
        var factor = Pick(random, 0.4, 0.5, 0.66, 1.5);
        var stretch = Pick(random, 1, 1, 0.75, 1.33);
        var (width, height) = (Even(cut.Width * factor * stretch), Even(cut.Height * factor));
        return cut.Resize(width, height, $"scale={width}:{height},setsar=1");
    }

    private static Cut Crop(Random random, Cut cut)
    {
        var kept = Between(random, 0.7, 0.92);
        var (width, height) = (Even(cut.Width * kept), Even(cut.Height * kept));
        return cut.Resize(width, height, $"crop={width}:{height}:{random.Next(cut.Width - width + 1)}:{random.Next(cut.Height - height + 1)}");
    }

    private static Cut Letterbox(Random random, Cut cut)
    {
        var grown = Between(random, 1.2, 1.6);
        var (width, height) = random.Next(2) == 0 ? (cut.Width, Even(cut.Height * grown)) : (Even(cut.Width * grown), cut.Height);
        return Pad(cut, width, height, Pick(random, "black", "black", "white", "0x202040"));
    }

    private static Cut Frame(Random random, Cut cut)
    {
        var border = 2 * Even(Math.Min(cut.Width, cut.Height) * Between(random, 0.06, 0.16));
        return Pad(cut, cut.Width + border, cut.Height + border, Pick(random, "0x306030", "0x803020", "white", "0x203060"));
    }

    private static Cut Pad(Cut cut, int width, int height, string colour) =>
        cut.Resize(width, height, $"pad={width}:{height}:{(width - cut.Width) / 2}:{(height - cut.Height) / 2}:{colour}");

    private static Cut Gamma(Random random, Cut cut)
    {
        var gamma = Pick(random, 0.55, 0.7, 1.4, 1.8);
        return cut.Filter($"eq=gamma={gamma}:contrast={Between(random, 0.75, 1.35):F2}:brightness={Between(random, -0.1, 0.1):F3}");
    }

    private static Cut Logo(Random random, Cut cut)
    {
        var size = Between(random, 0.12, 0.25);
        var (width, height) = (Even(cut.Width * size), Even(cut.Height * size * 0.6));
        var margin = Even(cut.Height * 0.03);
        var x = Pick(random, margin, Math.Max(0, cut.Width - width - margin));
        var y = Pick(random, margin, Math.Max(0, cut.Height - height - margin));
        var (back, front) = Pick(random, ("red", "white"), ("blue", "yellow"), ("black", "white"), ("white", "green"));
        return cut
            .Filter($"drawbox={x}:{y}:{width}:{height}:{back}@0.9:fill")
            .Filter($"drawbox={x + (width / 4)}:{y + (height / 4)}:{Even(width / 2.0)}:{Even(height / 2.0)}:{front}@0.9:fill");
    }

    // Without a font file, ffmpeg asks fontconfig for its default.
    private static Cut Text(Random random, Cut cut)
    {
        var words = string.Join(' ', Enumerable.Range(0, random.Next(2, 6)).Select(_ => Words[random.Next(Words.Length)]));
        var size = Math.Max(10, (int)(cut.Height * Between(random, 0.07, 0.13)));
        var y = Pick(random, "h*0.05", "h*0.82", "(h-th)/2");
        return cut.Filter($"drawtext=text='{words}':fontsize={size}:fontcolor=white:borderw=2:bordercolor=black:x=(w-tw)/2:y={y}");
    }

    private static Cut Speed(Random random, Cut cut)
    {
        var factor = Pick(random, 0.75, 0.85, 1.15, 1.25, 1.5);
        return cut.Filter($"setpts=PTS/{factor}") with { Speed = cut.Speed * factor };
    }

    private static Cut Fade(Random random, Cut cut)
    {
        var length = Math.Min(Between(random, 0.5, 1.5), cut.CopySeconds / 3);
        return cut.Filter($"fade=t=in:st=0:d={length:F3},fade=t=out:st={cut.CopySeconds - length:F3}:d={length:F3}");
    }

    private static Cut Screen(Random random, Cut cut)
    {
        var margin = Even(Math.Min(cut.Width, cut.Height) * 0.08);
        var framed = Pad(cut, cut.Width + (2 * margin), cut.Height + (2 * margin), "0x181818");
        var (width, height) = (framed.Width, framed.Height);

        // Corners as the camera sees them, in the order that the filter asks for: top left, top right, bottom left, bottom right.
        int X(int corner) => corner + (int)(cut.Width * Between(random, -0.08, 0.08));
        int Y(int corner) => corner + (int)(cut.Height * Between(random, -0.08, 0.08));
        return framed
            .Filter($"format=yuv420p,perspective={X(0)}:{Y(0)}:{X(width)}:{Y(0)}:{X(0)}:{Y(height)}:{X(width)}:{Y(height)}:sense=destination")
            .Filter($"eq=gamma={Between(random, 0.8, 1.3):F2}:saturation={Between(random, 0.6, 1.1):F2},gblur=sigma=0.8")
            .Filter($"noise=alls=10:allf=t:all_seed={random.Next(1 << 20)},vignette=PI/5");
    }
}
