using BenchmarkDotNet.Attributes;
using Sosia.Matching;

namespace Sosia.Bench;

/// <summary>The inner loops of a search: 64 queries over a tile that fits the second-level cache.</summary>
public class SearchKernels
{
    private VectorRows rows = Quantiser.Rows(1, []);
    private VectorRows queries = Quantiser.Rows(1, []);
    private VectorRows bits = VectorRows.OfBits(default);

    [Params(256, 768)]
    public int Dimension { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        rows = RandomRows.Vectors(random, 128 * 1024 / Dimension, Dimension);
        queries = RandomRows.Vectors(random, 64, Dimension);
        bits = RandomRows.Bits(random, 4096);
    }

    [Benchmark]
    public int Int8() => ExactSearch.TopK([rows], queries, 1).Length;

    [Benchmark]
    public float Float16()
    {
        var query = new float[Dimension];
        return Float16Dot.Score(Simd.Best, query, rows.Float16.Span[..Dimension]);
    }

    [Benchmark]
    public int Bits() => ExactSearch.TopK([bits], bits.Slice(0, 64), 1).Length;
}
