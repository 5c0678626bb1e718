namespace Sosia.Learning.Views;

/// <summary>
/// A projective map of the plane as a 3 x 3 matrix by rows: from a place of the picture that is made to a place of the picture that it is made
/// from, both in -1 .. 1 from left to right and from top to bottom.
/// </summary>
public sealed record Projection(IReadOnlyList<double> Values)
{
    /// <summary>Everything stays.</summary>
    public static Projection Identity { get; } = new([1, 0, 0, 0, 1, 0, 0, 0, 1]);

    /// <summary>Left and right change places.</summary>
    public static Projection Mirror { get; } = new([-1, 0, 0, 0, 1, 0, 0, 0, 1]);

    /// <summary>Upside down, by half a turn.</summary>
    public static Projection HalfTurn { get; } = new([-1, 0, 0, 0, -1, 0, 0, 0, 1]);

    /// <summary>A quarter turn counter-clockwise; the sides change places, as the frame keeps its shape.</summary>
    public static Projection QuarterTurn { get; } = new([0, -1, 0, 1, 0, 0, 0, 0, 1]);

    /// <summary>A window of the picture fills the frame; one that is larger than the picture leaves bars.</summary>
    /// <param name="width">Of the window; the picture's is 1.</param>
    /// <param name="height">Of the window.</param>
    /// <param name="centreX">From the left edge, 0, to the right one, 1.</param>
    /// <param name="centreY">From the upper edge.</param>
    public static Projection Window(double width, double height, double centreX = 0.5, double centreY = 0.5) =>
        new([width, 0, (2 * centreX) - 1, 0, height, (2 * centreY) - 1, 0, 0, 1]);

    /// <summary>A turn in pixels, counter-clockwise.</summary>
    /// <param name="degrees">By how much.</param>
    /// <param name="heightOverWidth">Of the frame.</param>
    public static Projection Turn(double degrees, double heightOverWidth)
    {
        var (sine, cosine) = Math.SinCos(degrees * Math.PI / 180);
        return new([cosine, -sine * heightOverWidth, 0, sine / heightOverWidth, cosine, 0, 0, 0, 1]);
    }

    /// <summary>The picture's corners come to lie at these places (the inverse of Heckbert 1989, section 2.2.3).</summary>
    /// <param name="corners">Eight numbers: x and y of top left, top right, bottom left, bottom right; a convex quadrangle.</param>
    public static Projection Corners(ReadOnlySpan<double> corners)
    {
        var (x0, y0, x1, y1) = (corners[0], corners[1], corners[2], corners[3]);
        var (x3, y3, x2, y2) = (corners[4], corners[5], corners[6], corners[7]);
        var (dx1, dx2, dx3) = (x1 - x2, x3 - x2, x0 - x1 + x2 - x3);
        var (dy1, dy2, dy3) = (y1 - y2, y3 - y2, y0 - y1 + y2 - y3);
        var determinant = (dx1 * dy2) - (dx2 * dy1);
        var g = ((dx3 * dy2) - (dx2 * dy3)) / determinant;
        var h = ((dx1 * dy3) - (dx3 * dy1)) / determinant;
        var fromUnitSquare = new Projection([x1 - x0 + (g * x1), x3 - x0 + (h * x3), x0, y1 - y0 + (g * y1), y3 - y0 + (h * y3), y0, g, h, 1]);
        return new Projection([2, 0, -1, 0, 2, -1, 0, 0, 1]).After(fromUnitSquare.Inverse());
    }

    /// <summary>This map of what another one gives.</summary>
    public Projection After(Projection first)
    {
        var (a, b, product) = (Values, first.Values, new double[9]);
        for (var i = 0; i < 9; i++)
        {
            var (row, column) = (i / 3 * 3, i % 3);
            product[i] = (a[row] * b[column]) + (a[row + 1] * b[3 + column]) + (a[row + 2] * b[6 + column]);
        }

        return new Projection(product);
    }

    /// <summary>Between this map and another one; of windows: the window moves evenly.</summary>
    /// <param name="end">The other.</param>
    /// <param name="share">0: this one, 1: the other.</param>
    public Projection Toward(Projection end, double share) => new([.. Values.Zip(end.Values, (a, b) => a + (share * (b - a)))]);

    /// <summary>Pixels of the picture that a step of one pixel passes at most, along one side, in the middle of what is made: above 1 it becomes smaller.</summary>
    /// <param name="side">0: along the width, 1: along the height.</param>
    /// <param name="otherOverSide">The other side over this one, of both pictures, in pixels.</param>
    internal double Steepness(int side, double otherOverSide)
    {
        var (row, w) = (3 * side, Values[8]);
        double Slope(int column) => ((Values[row + column] * w) - (Values[row + 2] * Values[6 + column])) / (w * w);
        var (along, aside) = (Slope(side), Slope(1 - side) / otherOverSide);
        return Math.Sqrt((along * along) + (aside * aside));
    }

    // The adjugate, scaled so that its last value is positive where the map's is.
    private Projection Inverse()
    {
        var m = Values;
        double Minor(int a, int b, int c, int d) => (m[a] * m[b]) - (m[c] * m[d]);
        double[] adjugate =
        [
            Minor(4, 8, 5, 7), Minor(2, 7, 1, 8), Minor(1, 5, 2, 4),
            Minor(5, 6, 3, 8), Minor(0, 8, 2, 6), Minor(2, 3, 0, 5),
            Minor(3, 7, 4, 6), Minor(1, 6, 0, 7), Minor(0, 4, 1, 3),
        ];
        return new Projection([.. adjugate.Select(value => value / adjugate[8])]);
    }
}
