using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>A change of a clip's colours that is one 3 x 4 matrix: nothing is clamped between its parts, only at the end.</summary>
public sealed record ColourChange
{
    // ITU-R BT.601: luma and two differences, about whose axis hue turns.
    private static readonly double[,] YiqOfRgb =
    {
        { 0.299, 0.587, 0.114 },
        { 0.595716, -0.274453, -0.321263 },
        { 0.211456, -0.522591, 0.311135 },
    };

    private static readonly double[,] RgbOfYiq =
    {
        { 1, 0.956296, 0.621024 },
        { 1, -0.272122, -0.647381 },
        { 1, -1.106989, 1.704615 },
    };

    /// <summary>By which every value is multiplied.</summary>
    public double Brightness { get; init; } = 1;

    /// <summary>By which the difference from the clip's mean luma is multiplied.</summary>
    public double Contrast { get; init; } = 1;

    /// <summary>By which the difference from grey is multiplied.</summary>
    public double Saturation { get; init; } = 1;

    /// <summary>By which hue is turned, in whole turns.</summary>
    public double Hue { get; init; }

    /// <summary>Whether luma alone is left.</summary>
    public bool Grey { get; init; }

    /// <summary>Changes colours.</summary>
    /// <param name="clips">N x 3 x T x H x W in [0, 1].</param>
    /// <param name="changes">N.</param>
    public static Tensor Apply(Tensor clips, IReadOnlyList<ColourChange> changes)
    {
        var (n, device) = (changes.Count, clips.Device);
        var pixels = clips.Reshape([n, 3, -1]);
        float[] weights = [.. Rgb.Luma.Select(weight => (float)weight)];
        var luma = (pixels.Mean([2]) * Tensor.Of(weights, 3).To(device)).Sum([1]); // N
        float[] away = [.. changes.Select(change => (float)(change.Brightness * (1 - change.Contrast)))];
        var offset = (luma * Tensor.Of(away, n).To(device)).View([n, 1, 1]); // of grey: saturation and hue leave it alone
        float[] matrices = [.. changes.SelectMany(change => change.Matrix())];
        return offset.Baddbmm(Tensor.Of(matrices, n, 3, 3).To(device), pixels).ClampInPlace(0, 1).View(clips.Shape);
    }

    /// <summary>3 x 3 of red, green and blue: luma stays, hue is turned, in whole turns, and the difference from grey multiplied.</summary>
    internal static double[,] Turned(double hue, double chroma)
    {
        var (sine, cosine) = Math.SinCos(hue * Math.Tau);
        double[,] turn = { { 1, 0, 0 }, { 0, chroma * cosine, -chroma * sine }, { 0, chroma * sine, chroma * cosine } };
        return Product(Product(RgbOfYiq, turn), YiqOfRgb);
    }

    private IEnumerable<float> Matrix() => Turned(Hue, Grey ? 0 : Saturation).Cast<double>().Select(value => (float)(Brightness * Contrast * value));

    private static double[,] Product(double[,] a, double[,] b)
    {
        var product = new double[3, 3];
        for (var i = 0; i < 9; i++)
        {
            var (row, column) = (i / 3, i % 3);
            product[row, column] = (a[row, 0] * b[0, column]) + (a[row, 1] * b[1, column]) + (a[row, 2] * b[2, column]);
        }

        return product;
    }
}
