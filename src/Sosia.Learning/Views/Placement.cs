using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>
/// Where a clip's picture comes to lie: a window of it is stretched over the frame, or all of it is shrunk inside bars; turned and mirrored in
/// the same resampling. Lengths are shares of the picture's sides.
/// </summary>
public sealed record Placement
{
    private const long Bilinear = 0; // of grid_sampler
    private const long RepeatEdges = 1;

    /// <summary>Middle of the window, from the left.</summary>
    public double CentreX { get; init; } = 0.5;

    /// <summary>Middle of the window, from the top.</summary>
    public double CentreY { get; init; } = 0.5;

    /// <summary>Of the window: below 1 it is a crop, above 1 there are bars left and right.</summary>
    public double Width { get; init; } = 1;

    /// <summary>Of the window: below 1 it is a crop, above 1 there are bars above and below.</summary>
    public double Height { get; init; } = 1;

    /// <summary>By which the picture is turned, counter-clockwise.</summary>
    public double Degrees { get; init; }

    /// <summary>Whether left and right change places.</summary>
    public bool Mirrored { get; init; }

    /// <summary>Colour of what lies outside the picture; the bars.</summary>
    public Rgb Outside { get; init; }

    /// <summary>Places clips, one bilinear resampling for all; ours.</summary>
    /// <param name="clips">N x 3 x T x H x W in [0, 1].</param>
    /// <param name="placements">N.</param>
    public static Tensor Apply(Tensor clips, IReadOnlyList<Placement> placements)
    {
        var (shape, device) = (clips.Shape, clips.Device);
        var (n, frames, height, width) = (shape[0], shape[2], shape[3], shape[4]);
        float[] maps = [.. placements.SelectMany(placement => placement.Map((double)height / width))];
        var grid = Tensor.Of(maps, n, 2, 3).To(device).AffineGridGenerator([n, 1, height, width], alignCorners: false); // N x H x W x 2

        // The frames of a clip share its grid: as channels they cost one look into it.
        var placed = clips.Reshape([n, 3 * frames, height, width]).GridSampler(grid, Bilinear, RepeatEdges, alignCorners: false).View(shape);

        // 1 in the picture, 0 from one pixel outside its edge.
        var distance = (1 - grid.Abs()) * Tensor.Of([width / 2f, height / 2f], 2).To(device);
        var inside = (distance + 1).ClampInPlace(0, 1);
        var cover = (inside.Select(3, 0) * inside.Select(3, 1)).View([n, 1, 1, height, width]);
        return Rgb.ToTensor([.. placements.Select(placement => placement.Outside)], device).Lerp(placed, cover).ClampInPlace(0, 1);
    }

    // From a place of the frame to one of the picture, both in -1 .. 1; turned in pixels, not in shares.
    private IEnumerable<float> Map(double heightOverWidth)
    {
        var (sine, cosine) = Math.SinCos(Degrees * Math.PI / 180);
        var across = Mirrored ? -Width : Width;
        double[] map =
        [
            cosine * across, -sine * Height * heightOverWidth, (2 * CentreX) - 1,
            sine * across / heightOverWidth, cosine * Height, (2 * CentreY) - 1,
        ];
        return map.Select(value => (float)value);
    }
}
