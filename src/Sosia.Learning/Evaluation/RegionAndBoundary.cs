namespace Sosia.Learning.Evaluation;

/// <summary>Which pixels of a picture belong to an object.</summary>
/// <param name="Pixels">Height x Width, row by row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public sealed record BinaryMask(bool[] Pixels, int Height, int Width)
{
    /// <summary>Whether a pixel belongs to it.</summary>
    public bool this[int row, int column] => Pixels[(row * Width) + column];
}

/// <summary>J and F of a segmentation (Perazzi et al. 2016; DAVIS-2017 code).</summary>
public static class RegionAndBoundary
{
    /// <summary>How far apart two boundaries may lie, as a share of the picture's diagonal.</summary>
    public const double Tolerance = 0.008;

    /// <summary>J: intersection over union, 1 where both are empty.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static double Region(BinaryMask predicted, BinaryMask truth)
    {
        Check(predicted, truth);
        var pairs = predicted.Pixels.Zip(truth.Pixels).ToList();
        var union = pairs.Count(pixel => pixel.First || pixel.Second);
        return union == 0 ? 1 : (double)pairs.Count(pixel => pixel.First && pixel.Second) / union;
    }

    /// <summary>
    /// Pixels that differ from their right, lower or lower right neighbour; the last row looks to the right alone, the last column down alone, and
    /// the last corner is never boundary.
    /// </summary>
    public static BinaryMask Boundary(BinaryMask mask)
    {
        var boundary = new bool[mask.Pixels.Length];
        for (var i = 0; i < boundary.Length; i++)
        {
            boundary[i] = IsBoundary(i / mask.Width, i % mask.Width);
        }

        return mask with { Pixels = boundary };

        // Beyond an edge a pixel goes on as it is.
        bool IsBoundary(int row, int column)
        {
            var (right, down) = (Math.Min(column + 1, mask.Width - 1), Math.Min(row + 1, mask.Height - 1));
            var inside = mask[row, column];
            return inside != mask[row, right] || inside != mask[down, column] || inside != mask[down, right];
        }
    }

    /// <summary>
    /// F: harmonic mean of the shares of each boundary that lie near the other one. 1 where neither has a boundary, 0 where one alone has.
    /// </summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static double Contour(BinaryMask predicted, BinaryMask truth, double tolerance = Tolerance)
    {
        Check(predicted, truth);
        var radius = (int)Math.Ceiling(tolerance * Math.Sqrt(((double)truth.Height * truth.Height) + ((double)truth.Width * truth.Width)));
        var (found, wanted) = (Boundary(predicted), Boundary(truth));
        if (!Array.Exists(found.Pixels, pixel => pixel) || !Array.Exists(wanted.Pixels, pixel => pixel))
        {
            return found.Pixels.AsSpan().SequenceEqual(wanted.Pixels) ? 1 : 0;
        }

        var (precision, recall) = (ShareNear(found, wanted, radius), ShareNear(wanted, found, radius));
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    /// <summary>J&amp;F: the mean of both.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static double Both(BinaryMask predicted, BinaryMask truth) => (Region(predicted, truth) + Contour(predicted, truth)) / 2;

    private static double ShareNear(BinaryMask boundary, BinaryMask other, int radius)
    {
        var near = Dilated(other, radius);
        return (double)boundary.Pixels.Zip(near).Count(pixel => pixel.First && pixel.Second) / boundary.Pixels.Count(pixel => pixel);
    }

    // By a disc.
    private static bool[] Dilated(BinaryMask mask, int radius)
    {
        var dilated = new bool[mask.Pixels.Length];
        foreach (var (i, _) in mask.Pixels.Index().Where(pixel => pixel.Item))
        {
            for (var row = Math.Max(0, (i / mask.Width) - radius); row <= Math.Min(mask.Height - 1, (i / mask.Width) + radius); row++)
            {
                var down = row - (i / mask.Width);
                var reach = (int)Math.Sqrt((radius * radius) - (down * down));
                var (first, last) = (Math.Max(0, (i % mask.Width) - reach), Math.Min(mask.Width - 1, (i % mask.Width) + reach));
                dilated.AsSpan((row * mask.Width) + first, last - first + 1).Fill(true);
            }
        }

        return dilated;
    }

    private static void Check(BinaryMask predicted, BinaryMask truth)
    {
        if ((predicted.Height, predicted.Width, predicted.Pixels.Length) != (truth.Height, truth.Width, truth.Pixels.Length))
        {
            throw new ArgumentException($"a mask of {predicted.Height} x {predicted.Width} for one of {truth.Height} x {truth.Width}", nameof(predicted));
        }
    }
}
