using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>One change of where a clip's picture lies: crop, bars, turn, perspective.</summary>
/// <param name="Start">The map at the first frame.</param>
/// <param name="End">The map at the last frame, evenly reached; null: all frames are alike.</param>
/// <param name="Degrees">By which the picture is turned before, in pixels, counter-clockwise.</param>
/// <param name="Outside">Colour of what lies outside the picture; null: nothing does, or the picture's edge goes on.</param>
public sealed record WarpStage(Projection Start, Projection? End = null, double Degrees = 0, Rgb? Outside = null)
{
    private const long Bilinear = 0; // of grid_sampler
    private const long RepeatEdges = 1;
    private const double LeastShrinking = 1.25; // below it nothing is skipped that is seen

    /// <summary>Several changes, one after the other, in one bilinear resampling.</summary>
    /// <param name="clip">3 x T x H x W.</param>
    /// <param name="stages">In the order in which they are done; one that moves comes before those with an outside.</param>
    public static Tensor Apply(Tensor clip, IReadOnlyList<WarpStage> stages)
    {
        if (stages.Count == 0)
        {
            return clip;
        }

        var (frames, height, width) = ((int)clip.Size(1), clip.Size(2), clip.Size(3));
        var places = Places(height, width, clip.Device);
        Projection[] maps = [.. Moments(stages, frames).Select(moment => Map(stages, 0, moment, (double)height / width))];
        var placed = Sampled(Shrunk(clip, maps), Mapped(places, maps).View([-1, height, width, 2]));

        // What is outside after stage k: its colour, seen through the stages after it.
        for (var k = 0; k < stages.Count; k++)
        {
            if (stages[k].Outside is { } outside)
            {
                var cover = Cover(Mapped(places, [Map(stages, k, 0, (double)height / width)]), height, width);
                placed = Rgb.ToTensor([outside], clip.Device).Squeeze(0).Lerp(placed, cover);
            }
        }

        return placed;
    }

    // Where the picture becomes smaller, its pixels are averaged first: bilinear looks would skip some. Places are shares, so the grid stays.
    private static Tensor Shrunk(Tensor clip, Projection[] maps)
    {
        var (height, width) = (clip.Size(2), clip.Size(3));
        var (down, across) = (maps.Min(map => map.Steepness(1, (double)width / height)), maps.Min(map => map.Steepness(0, (double)height / width)));
        var (low, narrow) = (Fewer(height, down), Fewer(width, across));
        return low == height && narrow == width ? clip : Downscale.Shrunk(clip, low, narrow);
    }

    private static long Fewer(long pixels, double steepness) => steepness < LeastShrinking ? pixels : Math.Max(1, (long)Math.Round(pixels / steepness));

    // The frames of a clip share a grid where nothing moves: as channels they cost one look into it.
    private static Tensor Sampled(Tensor clip, Tensor grid)
    {
        var (frames, height, width) = (clip.Size(1), grid.Size(1), grid.Size(2));
        return grid.Size(0) == 1
            ? clip.Reshape([1, 3 * frames, clip.Size(2), clip.Size(3)])
                .GridSampler(grid, Bilinear, RepeatEdges, alignCorners: false)
                .View([3, frames, height, width])
            : clip.Transpose(0, 1).Contiguous().GridSampler(grid, Bilinear, RepeatEdges, alignCorners: false).Transpose(0, 1).Contiguous();
    }

    // Shares of the clip's time at which the maps differ.
    private static IEnumerable<double> Moments(IReadOnlyList<WarpStage> stages, int frames) =>
        frames > 1 && stages.Any(static stage => stage.End is not null) ? Enumerable.Range(0, frames).Select(t => t / (frames - 1.0)) : [0];

    // From a place of the result to one of the picture before stage k.
    private static Projection Map(IReadOnlyList<WarpStage> stages, int k, double moment, double heightOverWidth) =>
        stages.Skip(k).Reverse().Aggregate(Projection.Identity, (map, stage) => stage.At(moment, heightOverWidth).After(map));

    private Projection At(double moment, double heightOverWidth)
    {
        var map = End is null ? Start : Start.Toward(End, moment);
        return Degrees == 0 ? map : Projection.Turn(Degrees, heightOverWidth).After(map);
    }

    // H W x 3: x, y and 1 of the middle of every pixel.
    private static Tensor Places(long height, long width, Device device)
    {
        Tensor Middles(long count) => ((Tensor.Arange(0, count, dtype: ScalarType.Float32, device: device) * 2) + (1 - count)) / count;
        var (x, y) = (Middles(width).View([1, width]).Expand([height, width]), Middles(height).View([height, 1]).Expand([height, width]));
        return Tensor.Stack([x, y, x.OnesLike()], 2).View([-1, 3]);
    }

    // maps x H W x 2.
    private static Tensor Mapped(Tensor places, Projection[] maps)
    {
        float[] values = [.. maps.SelectMany(static map => Enumerable.Range(0, 9).Select(i => (float)map.Values[(i % 3 * 3) + (i / 3)]))]; // transposed
        var mapped = places.MatMul(Tensor.Of(values, maps.Length, 3, 3).To(places.Device));
        var isAffine = maps.All(static map => map.Values[6] == 0 && map.Values[7] == 0);
        var flat = mapped.Narrow(2, 0, 2);
        return (isAffine ? flat : flat / mapped.Narrow(2, 2, 1).ClampInPlace(0.05)).Contiguous(); // what lies behind the camera is far outside
    }

    // H x W: 1 in the picture, 0 outside, one pixel between.
    private static Tensor Cover(Tensor mapped, long height, long width)
    {
        var distance = (1 - mapped.Abs()) * Tensor.Of([width / 2f, height / 2f], 2).To(mapped.Device);
        var inside = (distance + 0.5).ClampInPlace(0, 1);
        return (inside.Select(2, 0) * inside.Select(2, 1)).View([height, width]);
    }
}
