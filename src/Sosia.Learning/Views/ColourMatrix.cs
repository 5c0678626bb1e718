using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>A change of colours that is linear: a 3 x 4 matrix by rows, of red, green, blue and 1. Several are one; nothing is clamped between them.</summary>
public sealed record ColourMatrix(IReadOnlyList<double> Values)
{
    /// <summary>Luma alone.</summary>
    public static ColourMatrix Grey { get; } = Saturated(0);

    /// <summary>Brown as old photographs (the common sepia matrix, as of CSS filter effects).</summary>
    public static ColourMatrix Sepia { get; } = new([0.393, 0.769, 0.189, 0, 0.349, 0.686, 0.168, 0, 0.272, 0.534, 0.131, 0]);

    /// <summary>The negative.</summary>
    public static ColourMatrix Negative { get; } = Contrasted(-1);

    /// <summary>Another saturation: 0 is grey, 1 changes nothing.</summary>
    public static ColourMatrix Saturated(double factor) => Turned(0, factor);

    /// <summary>Another hue and saturation.</summary>
    /// <param name="hue">In whole turns.</param>
    /// <param name="saturation">Factor.</param>
    public static ColourMatrix Turned(double hue, double saturation)
    {
        var m = ColourChange.Turned(hue, saturation);
        return new([m[0, 0], m[0, 1], m[0, 2], 0, m[1, 0], m[1, 1], m[1, 2], 0, m[2, 0], m[2, 1], m[2, 2], 0]);
    }

    /// <summary>The difference from middle grey is multiplied.</summary>
    public static ColourMatrix Contrasted(double factor) => Scaled(factor, 0.5 * (1 - factor));

    /// <summary>Light is added.</summary>
    public static ColourMatrix Brightened(double light) => Scaled(1, light);

    /// <summary>A colour is laid over all, as a filter: what it lets through of white is the colour.</summary>
    /// <param name="colour">Of the filter.</param>
    /// <param name="share">0 changes nothing.</param>
    public static ColourMatrix Tinted(Rgb colour, double share)
    {
        double Kept(double part) => 1 - (share * (1 - part));
        return new([Kept(colour.Red), 0, 0, 0, 0, Kept(colour.Green), 0, 0, 0, 0, Kept(colour.Blue), 0]);
    }

    /// <summary>This change and then another.</summary>
    public ColourMatrix Then(ColourMatrix next)
    {
        var (a, b, product) = (next.Values, Values, new double[12]);
        for (var i = 0; i < 12; i++)
        {
            var (row, column) = (i / 4 * 4, i % 4);
            var own = column == 3 ? a[row + 3] : 0;
            product[i] = (a[row] * b[column]) + (a[row + 1] * b[4 + column]) + (a[row + 2] * b[8 + column]) + own;
        }

        return new ColourMatrix(product);
    }

    /// <summary>Changes a clip.</summary>
    /// <param name="clip">3 x T x H x W in [0, 1].</param>
    public Tensor Apply(Tensor clip)
    {
        float[] matrix = [.. Values.Where((_, i) => i % 4 != 3).Select(static value => (float)value)];
        float[] offset = [.. Values.Where((_, i) => i % 4 == 3).Select(static value => (float)value)];
        var pixels = clip.Reshape([3, -1]);
        return Tensor.Of(offset, 3, 1).To(clip.Device).Addmm(Tensor.Of(matrix, 3, 3).To(clip.Device), pixels).ClampInPlace(0, 1).View(clip.Shape);
    }

    private static ColourMatrix Scaled(double factor, double offset) => new([factor, 0, 0, offset, 0, factor, 0, offset, 0, 0, factor, offset]);
}
