namespace Sosia.Matching.Tests;

/// <summary>Rows for search tests, and what a search of them must give by its definition.</summary>
internal static class SearchCases
{
    /// <summary>The ways that rows are unlike a plain random cloud.</summary>
    public static readonly string[] Shapes = ["random", "cluster", "duplicates", "zeros", "one-hot", "constant", "wide range", "few values"];

    /// <summary>N x D values of a shape.</summary>
    public static float[] Values(Random random, string shape, int count, int dimension)
    {
        var values = new float[count * dimension];
        var centre = Enumerable.Range(0, dimension).Select(_ => Gaussian(random)).ToArray();
        for (var row = 0; row < count; row++)
        {
            var x = values.AsSpan(row * dimension, dimension);
            switch (shape)
            {
                case "one-hot":
                    x[random.Next(dimension)] = random.Next(2) == 0 ? 1 : -1e-30f;
                    continue;
                case "constant":
                    x.Fill(random.Next(3) - 1);
                    continue;
                case "duplicates" when row > 0 && random.Next(3) > 0:
                    values.AsSpan(random.Next(row) * dimension, dimension).CopyTo(x);
                    continue;
                case "zeros" when random.Next(2) == 0:
                    continue;
            }

            for (var i = 0; i < dimension; i++)
            {
                x[i] = shape switch
                {
                    "cluster" => centre[i] + (0.001f * Gaussian(random)),
                    "wide range" => Gaussian(random) * MathF.Pow(10, random.Next(-44, 30)),
                    "few values" => random.Next(3) - 1,
                    _ => Gaussian(random),
                };
            }
        }

        return values;
    }

    public static VectorRows Bits(Random random, string shape, int count)
    {
        var bits = new byte[count * VectorRows.BitRowBytes];
        random.NextBytes(bits);
        for (var row = 1; row < count; row++)
        {
            var x = bits.AsSpan(row * VectorRows.BitRowBytes, VectorRows.BitRowBytes);
            switch (shape)
            {
                case "cluster":
                    bits.AsSpan(0, x.Length).CopyTo(x);
                    x[random.Next(x.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case "duplicates" when random.Next(3) > 0:
                    bits.AsSpan(random.Next(row) * x.Length, x.Length).CopyTo(x);
                    break;
                case "zeros" when random.Next(2) == 0:
                    x.Clear();
                    break;
            }
        }

        return VectorRows.OfBits(bits);
    }

    /// <summary>The rows cut into blocks at random places; some blocks are empty.</summary>
    public static List<VectorRows> Split(Random random, VectorRows rows)
    {
        var blocks = new List<VectorRows>();
        for (var start = 0; start < rows.Count || random.Next(3) == 0;)
        {
            var count = Math.Min(random.Next(rows.Count + 1), rows.Count - start);
            blocks.Add(rows.Slice(start, count));
            start += count;
        }

        return blocks;
    }

    /// <summary>The definition of a score: 16 partial sums, then halves.</summary>
    public static float Score(VectorRows a, int i, VectorRows b, int j)
    {
        if (a.Kind == VectorKind.Bits256)
        {
            var distance = 0;
            for (var at = 0; at < VectorRows.BitRowBytes; at++)
            {
                distance += byte.PopCount((byte)(a.Bits.Span[(i * VectorRows.BitRowBytes) + at] ^ b.Bits.Span[(j * VectorRows.BitRowBytes) + at]));
            }

            return 1 - (2f * distance / 256);
        }

        var sums = new float[16];
        for (var column = 0; column < a.Dimension; column++)
        {
            sums[column % 16] += (float)a.Float16.Span[(i * a.Dimension) + column] * (float)b.Float16.Span[(j * a.Dimension) + column];
        }

        for (var half = 8; half > 0; half /= 2)
        {
            for (var lane = 0; lane < half; lane++)
            {
                sums[lane] += sums[lane + half];
            }
        }

        return sums[0];
    }

    /// <summary>Every row for one query, best first.</summary>
    public static IEnumerable<Hit> Ranked(IReadOnlyList<VectorRows> blocks, VectorRows queries, int query) =>
        from block in Enumerable.Range(0, blocks.Count)
        from row in Enumerable.Range(0, blocks[block].Count)
        let hit = new Hit(query, block, row, Score(queries, query, blocks[block], row))
        orderby hit.Similarity descending, block, row
        select hit;

    private static float Gaussian(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
