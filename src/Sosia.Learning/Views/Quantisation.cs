using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>
/// What JPEG loses of every frame (ITU-T T.81): the cosine transform of 8 x 8 blocks of luma and colour differences, rounded to steps of the
/// tables of annex K. Colour is not subsampled (ours).
/// </summary>
/// <param name="Quality">1 to 100, as libjpeg scales the tables.</param>
public sealed record Quantisation(int Quality)
{
    private const int Side = 8;
    private const int Block = Side * Side;

    private static readonly byte[] LumaSteps =
    [
        16, 11, 10, 16, 24, 40, 51, 61,
        12, 12, 14, 19, 26, 58, 60, 55,
        14, 13, 16, 24, 40, 57, 69, 56,
        14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77,
        24, 35, 55, 64, 81, 104, 113, 92,
        49, 64, 78, 87, 103, 121, 120, 101,
        72, 92, 95, 98, 112, 100, 103, 99,
    ];

    private static readonly byte[] ColourSteps =
    [
        17, 18, 24, 47, 99, 99, 99, 99,
        18, 21, 26, 66, 99, 99, 99, 99,
        24, 26, 56, 99, 99, 99, 99, 99,
        47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
    ];

    // JFIF: luma in -128 .. 127 and two differences, of colours in 0 .. 1.
    private static readonly float[] YccOfRgb = [76.245f, 149.685f, 29.07f, -43.0287f, -84.4713f, 127.5f, 127.5f, -106.7685f, -20.7315f];
    private static readonly float[] RgbOfYcc = [1 / 255f, 0, 1.402f / 255, 1 / 255f, -0.344136f / 255, -0.714136f / 255, 1 / 255f, 1.772f / 255, 0];
    private static readonly float[] Level = [-128, 0, 0];

    private static readonly float[] Cosines = BlockTransform();

    /// <summary>Quantises clips.</summary>
    /// <param name="clips">N x 3 x T x H x W in [0, 1]; sides that are no multiple of 8 are filled up by their last line.</param>
    /// <param name="quantisations">N.</param>
    public static Tensor Apply(Tensor clips, IReadOnlyList<Quantisation> quantisations)
    {
        var (device, shape) = (clips.Device, clips.Shape);
        var (n, frames, height, width) = (shape[0], shape[2], shape[3], shape[4]);
        var (down, across) = ((height + Side - 1) / Side, (width + Side - 1) / Side);

        var whole = clips.Reshape([n, 3 * frames, height, width]);
        if (height % Side != 0 || width % Side != 0)
        {
            whole = whole.Pad([0, (across * Side) - width, 0, (down * Side) - height], "replicate");
        }

        var blocks = whole.View([n, 3, frames * down, Side, across, Side]).Permute([0, 1, 2, 4, 3, 5]).Reshape([n, 3, -1, Block]);
        float[] tables = [.. quantisations.SelectMany(quantisation => quantisation.Steps())];
        var steps = Tensor.Of(tables, n, 3, Block).To(device);
        var cosines = Tensor.Of(Cosines, Block, Block).To(device); // frequency x place
        var levels = InColours(blocks, YccOfRgb, Tensor.Of(Level, 3, 1).To(device)).MatMul(cosines.Transpose(0, 1) / steps.Unsqueeze(2)).Round();
        var lossy = InColours(levels.MatMul(cosines * steps.Unsqueeze(3)), RgbOfYcc, Tensor.Of(128 / 255f).To(device));

        var pictures = lossy.View([n, 3, frames * down, across, Side, Side]).Permute([0, 1, 2, 4, 3, 5]).Reshape([n, 3, frames, down * Side, across * Side]);
        return pictures.Narrow(3, 0, height).Narrow(4, 0, width).Contiguous().ClampInPlace(0, 1);
    }

    // N x 3 x blocks x 64 in other colours.
    private static Tensor InColours(Tensor blocks, float[] matrix, Tensor offset)
    {
        var n = blocks.Size(0);
        return offset.Baddbmm(Tensor.Of(matrix, 1, 3, 3).To(blocks.Device).Expand([n, 3, 3]), blocks.View([n, 3, -1])).View(blocks.Shape);
    }

    // 3 x 64.
    private IEnumerable<float> Steps()
    {
        var scale = Quality < 50 ? 5000 / Quality : 200 - (2 * Quality);
        byte[] tables = [.. LumaSteps, .. ColourSteps, .. ColourSteps];
        return tables.Select(step => (float)Math.Clamp(((step * scale) + 50) / 100, 1, 255));
    }

    // The transform of a block as one matrix, the product of the transforms along both sides; orthonormal.
    private static float[] BlockTransform()
    {
        var transform = new float[Block * Block];
        for (var i = 0; i < transform.Length; i++)
        {
            var (frequency, place) = (i / Block, i % Block);
            transform[i] = (float)(Wave(frequency / Side, place / Side) * Wave(frequency % Side, place % Side));
        }

        return transform;
    }

    private static double Wave(int frequency, int place) =>
        Math.Sqrt((frequency == 0 ? 1.0 : 2.0) / Side) * Math.Cos(Math.PI * frequency * ((2 * place) + 1) / (2 * Side));
}
