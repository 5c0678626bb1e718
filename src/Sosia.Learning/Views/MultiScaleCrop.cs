namespace Sosia.Learning.Views;

/// <summary>
/// The crop of temporal segment networks (Wang et al. 2016, code), as VideoMAE and MVD draw it: sides are shares of the picture's short one, and the
/// window lies in one of 13 places.
/// </summary>
public static class MultiScaleCrop
{
    private const int Near = 3; // a side that is closer to the wanted one is that one

    private static readonly double[] Scales = [1, 0.875, 0.75, 0.66];

    // In quarters of what is left beside the window: corners, middle, middles of the edges, middles of the quarters.
    private static readonly (int X, int Y)[] Quarters =
        [(0, 0), (4, 0), (0, 4), (4, 4), (2, 2), (0, 2), (4, 2), (2, 4), (2, 0), (1, 1), (3, 1), (1, 3), (3, 3)];

    /// <summary>The sizes that a window may have: width and height are neighbours among the scales, so that shapes change little.</summary>
    /// <param name="width">Of the picture.</param>
    /// <param name="height">Of the picture.</param>
    /// <param name="side">To which the window is resized afterwards.</param>
    public static (int Width, int Height)[] Sizes(int width, int height, int side)
    {
        int[] sides = [.. Scales.Select(scale => (int)(Math.Min(width, height) * scale)).Select(s => Math.Abs(s - side) < Near ? side : s)];
        return [.. from h in sides.Index() from w in sides.Index() where Math.Abs(h.Index - w.Index) <= 1 select (w.Item, h.Item)];
    }

    /// <summary>The places that a window may have: its upper left corner.</summary>
    /// <param name="width">Of the picture.</param>
    /// <param name="height">Of the picture.</param>
    /// <param name="size">Of the window.</param>
    public static (int X, int Y)[] Corners(int width, int height, (int Width, int Height) size)
    {
        var (x, y) = ((width - size.Width) / 4, (height - size.Height) / 4);
        return Array.ConvertAll(Quarters, quarter => (quarter.X * x, quarter.Y * y));
    }

    /// <summary>One of the sizes at one of the places, each as likely.</summary>
    /// <param name="width">Of the picture.</param>
    /// <param name="height">Of the picture.</param>
    /// <param name="side">To which the window is resized afterwards.</param>
    /// <param name="random">Draws it.</param>
    public static Window Draw(int width, int height, int side, SampleRandom random)
    {
        var sizes = Sizes(width, height, side);
        var size = sizes[random.Below(sizes.Length)];
        var corners = Corners(width, height, size);
        var (x, y) = corners[random.Below(corners.Length)];
        return new Window(x, y, size.Width, size.Height);
    }
}
