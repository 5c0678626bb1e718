namespace Sosia.Video;

/// <summary>How a stored picture is turned to be shown: mirrored left to right first, then by quarter turns.</summary>
/// <param name="QuarterTurns">0 to 3, clockwise.</param>
/// <param name="Mirrored">Mirrored before it is turned.</param>
public readonly record struct Orientation(int QuarterTurns, bool Mirrored)
{
    /// <summary>Clockwise degrees: 0, 90, 180 or 270.</summary>
    public int Degrees => 90 * QuarterTurns;

    /// <summary>Whether width and height change places.</summary>
    public bool SwapsAxes => QuarterTurns % 2 == 1;

    /// <summary>ffmpeg's filters for it, in order; empty for an upright picture.</summary>
    internal IEnumerable<string> Filters
    {
        get
        {
            if (Mirrored)
            {
                yield return "hflip";
            }

            if (QuarterTurns == 1)
            {
                yield return "transpose=clock";
            }

            if (QuarterTurns == 2)
            {
                yield return "hflip,vflip";
            }

            if (QuarterTurns == 3)
            {
                yield return "transpose=cclock";
            }
        }
    }

    /// <summary>The nearest of the eight orientations to a display matrix of QuickTime.</summary>
    /// <param name="a">Row 0, column 0: how x, to the right, goes to the shown x.</param>
    /// <param name="b">Row 0, column 1: how x goes to the shown y, which points down.</param>
    /// <param name="c">Row 1, column 0: how y goes to the shown x.</param>
    /// <param name="d">Row 1, column 1: how y goes to the shown y.</param>
    public static Orientation FromMatrix(double a, double b, double c, double d)
    {
        var mirrored = a * d - b * c < 0;
        if (mirrored)
        {
            (a, b) = (-a, -b); // take the mirror off x, and a pure turn is left
        }

        if (a == 0 && b == 0)
        {
            return default;
        }

        var turns = (int)Math.Round(Math.Atan2(b, a) / (Math.PI / 2), MidpointRounding.AwayFromZero);
        return new Orientation(((turns % 4) + 4) % 4, mirrored);
    }
}
