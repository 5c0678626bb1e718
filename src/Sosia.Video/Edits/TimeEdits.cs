using static Sosia.Video.Draw;

namespace Sosia.Video;

/// <summary>Edits of which seconds are shown, and when.</summary>
internal static class TimeEdits
{
    private const int HeldRate = 30;
    private const double HeldBytes = 1e9;

    /// <summary>A part that is at least three seconds long, or all of it.</summary>
    public static Cut Trim(Random random, Cut cut)
    {
        var seconds = Math.Min(cut.Seconds, Math.Max(3, cut.Seconds * Between(random, 0.3, 0.8)));
        return Part(random, cut, seconds);
    }

    public static Cut Speed(Random random, Cut cut)
    {
        var factor = Pick(random, 0.5, 0.75, 0.85, 1.15, 1.25, 1.5, 2);
        return cut.Filter($"setpts=PTS/{factor}") with { Speed = cut.Speed * factor };
    }

    public static Cut Rate(Random random, Cut cut) => cut.Filter($"fps={Pick(random, 8, 10, 12.5, 15, 20, 50)}");

    // What is left keeps its time. The first frame and those of the last quarter of a second stay, so that the length does.
    public static Cut Drop(Random random, Cut cut)
    {
        var dropped = Between(random, 0.2, 0.6);
        var end = cut.CopySeconds - 0.25;
        return cut.Filter($"select='if(eq(n,0),st(0,{random.Next(1, 1 << 20)}),gte(random(0),{dropped:F3})+gte(t,{end:F3}))'");
    }

    // The frozen picture takes the place of what was there: all around it keeps its time.
    public static Cut Freeze(Random random, Cut cut)
    {
        var length = Math.Min(Between(random, 1, 3), cut.CopySeconds / 3);
        var from = Between(random, 0.1, 0.9) * (cut.CopySeconds - length);
        return cut.Filter($"select='lt(t,{from:F3})+gt(t,{from + length:F3})+eq(n,0)',fps=25");
    }

    // ffmpeg holds all frames until the last one is read, and gives them the times of the first ones: their rate is made even.
    public static Cut Reverse(Random random, Cut cut)
    {
        var held = HeldBytes / (1.5 * cut.Width * cut.Height * HeldRate * Math.Max(1, 1 / cut.Speed));
        var part = Part(random, cut, Math.Min(cut.Seconds, held));
        return part.Filter($"fps={HeldRate},reverse") with { Reversed = !cut.Reversed };
    }

    public static Cut Fade(Random random, Cut cut)
    {
        var length = Math.Min(Between(random, 0.5, 1.5), cut.CopySeconds / 3);
        return cut.Filter($"fade=t=in:st=0:d={length:F3},fade=t=out:st={cut.CopySeconds - length:F3}:d={length:F3}");
    }

    /// <summary>A part of a given length.</summary>
    internal static Cut Part(Random random, Cut cut, double seconds) =>
        cut with { From = cut.From + Between(random, 0, Math.Max(0, cut.Seconds - seconds)), Seconds = seconds };
}
