using Sosia.Video;

namespace Sosia.Vectors;

/// <summary>The cases of <c>pdq</c>.</summary>
public static class PdqVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = new Dictionary<string, Action<VectorCase>>
    {
        ["square-64"] = Picture,
        ["landscape"] = Picture,
        ["portrait"] = Picture,
        ["small"] = Picture,
        ["smallest"] = Picture,
        ["too-small"] = TooSmall,
        ["flat"] = static one => one.Expect("quality", HashOf(one).Quality),
        ["dihedral"] = Turned,
        ["box-7"] = Box,
        ["box-8"] = Box,
        ["vpdq-31"] = Compare,
        ["vpdq-32"] = Compare,
    };

    private static void Picture(VectorCase one)
    {
        TooSmall(one);
        var picture = new float[Pdq.Side * Pdq.Side];
        var dct = new float[Pdq.Frequencies * Pdq.Frequencies];
        Pdq.Shrink(Bytes(one, "rgb"), one.Shape("rgb")[1], one.Shape("rgb")[0], picture);
        Pdq.Dct(picture, dct);
        one.Expect("dct", dct);
    }

    private static void TooSmall(VectorCase one)
    {
        var (hash, quality) = HashOf(one);
        one.Expect("hash_bytes", Printed(hash));
        one.Expect("quality", quality);
    }

    private static void Turned(VectorCase one)
    {
        var ways = Enum.GetValues<Dihedral>();
        var hashes = new PdqHash[ways.Length];
        Pdq.Hash(Bytes(one, "rgb"), one.Shape("rgb")[1], one.Shape("rgb")[0], ways, hashes);
        foreach (var way in ways)
        {
            one.Expect(way.ToString().ToLowerInvariant(), Printed(hashes[(int)way]));
        }
    }

    // Both directions: along the rows, and along the columns of the transpose.
    private static void Box(VectorCase one)
    {
        var (x, shape, window) = (one.Floats("x"), one.Shape("x"), (int)one.Option("window"));
        var y = new float[x.Length];
        RunningMean.AlongRows(x, y, shape[1], window);
        one.Expect("y", y);
        RunningMean.AlongColumns(Transposed(x, shape[0]), y, new float[shape[0]], window);
        one.Expect("y", Transposed(y, shape[1]));
    }

    private static void Compare(VectorCase one)
    {
        var match = Vpdq.Compare(Frames(one, "query"), Frames(one, "target"), (int)one.Option("distance"), (int)one.Option("quality"));
        one.Expect("query_percent", match.Query);
        one.Expect("target_percent", match.Target);
    }

    private static VpdqFrame[] Frames(VectorCase one, string name)
    {
        var bytes = Bytes(one, name);
        return [.. one.Integers(name + "_quality").Select((quality, i) => new VpdqFrame(i, (int)quality, PdqHash.Read(bytes.AsSpan(i * 32, 32)), i))];
    }

    private static (PdqHash Hash, int Quality) HashOf(VectorCase one) =>
        Pdq.Hash(Bytes(one, "rgb"), one.Shape("rgb")[1], one.Shape("rgb")[0]);

    private static byte[] Bytes(VectorCase one, string name) => Array.ConvertAll(one.Integers(name), static value => checked((byte)value));

    private static long[] Printed(PdqHash hash)
    {
        var bytes = new byte[PdqHash.Bytes];
        hash.WriteTo(bytes);
        return Array.ConvertAll(bytes, static value => (long)value);
    }

    private static float[] Transposed(float[] x, int rows)
    {
        var columns = x.Length / rows;
        return [.. Enumerable.Range(0, x.Length).Select(i => x[(i % rows * columns) + (i / rows)])];
    }
}
