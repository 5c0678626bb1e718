using static Sosia.Video.Draw;

namespace Sosia.Video;

/// <summary>Edits that do several things at once.</summary>
internal static class SeveralEdits
{
    private const string Mask = "color=c=black:r=1:d=1";

    // A screen within its dark frame, seen from the side; then what the camera adds.
    public static Cut Screen(Random random, Cut cut)
    {
        var margin = Even(Math.Min(cut.Width, cut.Height) * 0.08);
        var framed = GeometryEdits.Pad(cut, cut.Width + (2 * margin), cut.Height + (2 * margin), "0x181818");
        var (width, height) = (framed.Width, framed.Height);

        // Corners as the camera sees them, in the order that the filter asks for: top left, top right, bottom left, bottom right.
        int X(int corner) => corner + (int)(cut.Width * Between(random, -0.08, 0.08));
        int Y(int corner) => corner + (int)(cut.Height * Between(random, -0.08, 0.08));
        var seen = framed.Filter(
            $"format=yuv420p,perspective={X(0)}:{Y(0)}:{X(width)}:{Y(0)}:{X(0)}:{Y(height)}:{X(width)}:{Y(height)}:sense=destination");
        return Glare(random, Moire(random, seen))
            .Filter($"eq=gamma={Between(random, 0.8, 1.3):F2}:saturation={Between(random, 0.6, 1.1):F2},gblur=sigma=0.8")
            .Filter($"noise=alls=10:allf=t:all_seed={random.Next(1 << 20)},vignette=PI/5");
    }

    /// <summary>Two or three of the edits that take one video; what changes the length first, a fade last.</summary>
    public static EditPlan Chain(Random random, Cut cut)
    {
        Edit[] all = [.. Edits.All.Where(static edit => edit.IsLink)];
        random.Shuffle(all);
        Edit[] drawn = [.. all.Take(random.Next(2, 4)).OrderBy(static edit => edit.Turn)];
        return EditPlan.Of(drawn.Aggregate(cut, (done, edit) => edit.Change(random, done))) with
        {
            Name = $"chain:{string.Join('+', drawn.Select(static edit => edit.Name))}",
        };
    }

    // Two gratings of nearly the same pitch, the screen's and the sensor's: their beats are the wide bands.
    private static Cut Moire(Random random, Cut cut)
    {
        var (pitch, turn, bend) = (Between(random, 3, 6), Between(random, 0, Math.PI), Between(random, -0.03, 0.03));
        var (near, depth) = (turn + Between(random, 0.03, 0.09), random.Next(10, 26));
        var first = FormattableString.Invariant($"sin(6.283*(X*{Math.Cos(turn):F4}+Y*{Math.Sin(turn):F4})/{pitch:F3})");
        var second = FormattableString.Invariant($"sin(6.283*(X*{Math.Cos(near):F4}+Y*{Math.Sin(near):F4}+{bend:F4}*Y*Y/H)/{pitch:F3})");
        return cut.Over($"{Mask}:s={cut.Width}x{cut.Height},format=rgba,geq=r=0:g=0:b=0:a='{depth}*(1+{first})*(1+{second})'", 0, 0);
    }

    // A lamp's reflection: a white spot without an edge.
    private static Cut Glare(Random random, Cut cut)
    {
        var (x, y, strength) = (Between(random, 0.1, 0.9), Between(random, 0.1, 0.9), random.Next(70, 190));
        var (width, height) = (Between(random, 0.1, 0.3), Between(random, 0.1, 0.3));
        var spot = FormattableString.Invariant($"{strength}*exp(-pow((X/W-{x:F3})/{width:F3},2)-pow((Y/H-{y:F3})/{height:F3},2))");
        return cut.Over($"{Mask}:s={cut.Width}x{cut.Height},format=rgba,geq=r=255:g=255:b=255:a='{spot}'", 0, 0);
    }
}
