using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>Position tables of vision transformers: fixed ones, and learnt ones brought to another size. All 1 x positions x D.</summary>
public static class PositionTables
{
    /// <summary>
    /// Sine at even channels, cosine at odd ones, of position / 10000^(2 floor(channel / 2) / D) (Vaswani et al. 2017, section 3.5). VideoMAE
    /// counts the tokens of the whole clip.
    /// </summary>
    public static Tensor Sine(int positions, int channels) => Tensor.Of(SineValues(positions, channels), 1, positions, channels);

    internal static float[] SineValues(int positions, int channels)
    {
        var table = new float[positions * channels];
        for (var i = 0; i < table.Length; i++)
        {
            var (position, channel) = (i / channels, i % channels);
            var angle = position / Math.Pow(10000, channel / 2 * 2 / (double)channels);
            table[i] = (float)(channel % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
        }

        return table;
    }

    /// <summary>
    /// MAE's table: half of the channels from the column, half from the row, each sines then cosines of all its D / 4 frequencies; zeros for a
    /// class token before it.
    /// </summary>
    /// <param name="rows">Of patches.</param>
    /// <param name="columns">Of patches.</param>
    /// <param name="channels">D, a multiple of 4.</param>
    /// <exception cref="ArgumentException">The channels cannot be shared out so.</exception>
    public static Tensor Sine(int rows, int columns, int channels)
    {
        if (channels % 4 != 0)
        {
            throw new ArgumentException($"{channels} channels are no multiple of 4", nameof(channels));
        }

        var table = new float[(1 + (rows * columns)) * channels];
        for (var place = 0; place < rows * columns; place++)
        {
            var channel = table.AsSpan((1 + place) * channels, channels);
            SinesThenCosines(place % columns, channel[..(channels / 2)]);
            SinesThenCosines(place / columns, channel[(channels / 2)..]);
        }

        return Tensor.Of(table, 1, 1 + (rows * columns), channels);
    }

    /// <summary>
    /// MVD's table (Wang et al. 2023, code): a quarter of the channels from the time, three eighths from the column, three eighths from the row, each part
    /// sines then cosines of all its frequencies. Tokens in (time, row, column).
    /// </summary>
    /// <param name="times">Of tubelets.</param>
    /// <param name="rows">Of patches.</param>
    /// <param name="columns">Of patches.</param>
    /// <param name="channels">D, a multiple of 16.</param>
    /// <exception cref="ArgumentException">The channels cannot be shared out so.</exception>
    public static Tensor Sine(int times, int rows, int columns, int channels) =>
        Tensor.Of(SineValues(times, rows, columns, channels), 1, times * rows * columns, channels);

    internal static float[] SineValues(int times, int rows, int columns, int channels)
    {
        if (channels % 16 != 0)
        {
            throw new ArgumentException($"{channels} channels are no multiple of 16", nameof(channels));
        }

        var table = new float[times * rows * columns * channels];
        var (ofTime, ofSpace) = (channels / 4, channels / 8 * 3);
        for (var token = 0; token < times * rows * columns; token++)
        {
            var channel = table.AsSpan(token * channels, channels);
            SinesThenCosines(token / (rows * columns), channel[..ofTime]);
            SinesThenCosines(token % columns, channel[ofTime..(ofTime + ofSpace)]);
            SinesThenCosines(token / columns % rows, channel[(ofTime + ofSpace)..]);
        }

        return table;
    }

    /// <summary>The side of a table that was made for a square grid, a class token before it (TimeSformer and 3D-CSL, code).</summary>
    public static int SideOf(long positions) => (int)Math.Sqrt(positions - 1);

    /// <summary>Positions of a square grid to another grid by nearest neighbour on each axis; the class token's is kept.</summary>
    /// <param name="positions">1 x 1 + side² x D.</param>
    /// <param name="rows">New.</param>
    /// <param name="columns">New.</param>
    public static Tensor NearestSpace(Tensor positions, int rows, int columns) =>
        NearestSpace(positions, SideOf(positions.Size(1)), SideOf(positions.Size(1)), rows, columns);

    /// <summary>Positions of a grid to another grid by nearest neighbour on each axis; the class token's is kept.</summary>
    /// <param name="positions">1 x 1 + oldRows·oldColumns x D.</param>
    /// <param name="oldRows">Those there are.</param>
    /// <param name="oldColumns">Those there are.</param>
    /// <param name="rows">New.</param>
    /// <param name="columns">New.</param>
    /// <returns>1 x 1 + rows·columns x D.</returns>
    public static Tensor NearestSpace(Tensor positions, int oldRows, int oldColumns, int rows, int columns)
    {
        var chosen = from row in Nearest(oldRows, rows)
                     from column in Nearest(oldColumns, columns)
                     select 1 + (row * oldColumns) + column;
        return Choose(positions, chosen.Prepend(0));
    }

    /// <summary>Times to another number of frames by nearest neighbour.</summary>
    /// <param name="times">1 x T x D.</param>
    /// <param name="frames">New T.</param>
    public static Tensor NearestTime(Tensor times, int frames) => Choose(times, Nearest((int)times.Size(1), frames));

    /// <summary>
    /// Positions to another number by nearest neighbour along the flattened grid, as TimeSformer's loader has it: it mixes rows; the class
    /// token's is kept.
    /// </summary>
    /// <param name="positions">1 x 1 + N x D.</param>
    /// <param name="count">New N.</param>
    public static Tensor NearestFlattened(Tensor positions, int count) =>
        Choose(positions, Nearest((int)positions.Size(1) - 1, count).Select(i => i + 1).Prepend(0));

    /// <summary>Positions of square grids to other grids, bicubic, slice by slice: what VideoMAE's loader does to learnt ones.</summary>
    /// <param name="positions">1 x classes + slices·side² x D.</param>
    /// <param name="slices">Grids one after the other; they stay as many.</param>
    /// <param name="classes">Tokens before them that are kept as they are.</param>
    /// <param name="rows">New.</param>
    /// <param name="columns">New.</param>
    /// <param name="offset">Added to the new sides when old places are found, not when new ones are counted: DINOv2 has 0.1 (Oquab et al. 2023, code).</param>
    /// <param name="antialias">Whether a smaller grid takes means of more old places: DINOv2 with registers does, without an offset (code).</param>
    /// <returns>1 x classes + slices·rows·columns x D.</returns>
    public static Tensor Bicubic(Tensor positions, int slices, int classes, int rows, int columns, double offset = 0, bool antialias = false)
    {
        var (count, width) = ((positions.Size(1) - classes) / slices, positions.Size(2));
        var side = (long)Math.Sqrt(count);
        var parts = positions.SplitWithSizes([classes, positions.Size(1) - classes], 1);
        var grids = parts[1].View([slices, side, side, width]).Permute([0, 3, 1, 2]);
        var resized = antialias
            ? grids.UpsampleBicubic2dAa([rows, columns], alignCorners: false, Scale(rows), Scale(columns))
            : grids.UpsampleBicubic2d([rows, columns], alignCorners: false, Scale(rows), Scale(columns));
        return Tensor.Cat([parts[0], resized.Permute([0, 2, 3, 1]).Reshape([1, -1, width])], 1);

        double? Scale(int wanted) => offset == 0 ? null : (wanted + offset) / side;
    }

    /// <summary>Which of the old positions each new one is: floor(i · old / new) with the quotient in single precision, as PyTorch has it.</summary>
    /// <param name="old">Positions there are.</param>
    /// <param name="wanted">Positions there shall be.</param>
    public static int[] Nearest(int old, int wanted)
    {
        var scale = (float)old / wanted;
        return [.. Enumerable.Range(0, wanted).Select(i => Math.Min((int)(i * scale), old - 1))];
    }

    // Half of the channels sines, half cosines, of position / 10000^(k / half).
    private static void SinesThenCosines(int position, Span<float> channels)
    {
        var half = channels.Length / 2;
        for (var k = 0; k < half; k++)
        {
            var (sine, cosine) = Math.SinCos(position / Math.Pow(10000, k / (double)half));
            (channels[k], channels[half + k]) = ((float)sine, (float)cosine);
        }
    }

    private static Tensor Choose(Tensor table, IEnumerable<int> rows)
    {
        var chosen = Tensor.Of(rows.Select(row => (long)row).ToArray(), rows.Count());
        return table.IndexSelect(1, chosen.To(table.Device));
    }
}
