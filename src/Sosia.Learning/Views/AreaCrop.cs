namespace Sosia.Learning.Views;

/// <summary>
/// The crop of Szegedy et al. 2015, section 6, as torchvision draws it (RandomResizedCrop): a share of the picture's area in a shape that is not too long.
/// </summary>
public static class AreaCrop
{
    private const int Tries = 10;
    private const double LongestShape = 4.0 / 3;

    /// <summary>The first of ten draws that fits into the picture; where none does, as much of its middle as the shape allows.</summary>
    /// <param name="width">Of the picture.</param>
    /// <param name="height">Of the picture.</param>
    /// <param name="area">Share of the picture's area: uniform between these.</param>
    /// <param name="random">Draws it.</param>
    /// <returns>Whole pixels.</returns>
    public static Window Draw(int width, int height, (double Least, double Most) area, SampleRandom random)
    {
        for (var i = 0; i < Tries; i++)
        {
            var pixels = width * height * random.Between(area.Least, area.Most);
            var shape = Math.Exp(random.Between(-1, 1) * Math.Log(LongestShape)); // width over height
            var (w, h) = (Whole(Math.Sqrt(pixels * shape)), Whole(Math.Sqrt(pixels / shape)));
            if (w <= width && h <= height)
            {
                return new Window(random.Below(width - w + 1), random.Below(height - h + 1), w, h);
            }
        }

        var (across, down) = (Math.Min(width, Whole(height * LongestShape)), Math.Min(height, Whole(width * LongestShape)));
        return new Window((width - across) / 2, (height - down) / 2, across, down);
    }

    private static int Whole(double side) => Math.Max(1, (int)Math.Round(side));
}
