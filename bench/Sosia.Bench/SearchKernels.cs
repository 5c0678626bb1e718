using BenchmarkDotNet.Attributes;
using Sosia.Matching;

namespace Sosia.Bench;

/// <summary>The inner loops of a search: 64 queries over a tile that fits the second-level cache.</summary>
public class SearchKernels
{
    private VectorRows _rows = Quantiser.Rows(1, []);
    private VectorRows _queries = Quantiser.Rows(1, []);
    private VectorRows _bits = VectorRows.OfBits(default);

    [Params(256, 768)]
    public int Dimension { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _rows = RandomRows.Vectors(random, 128 * 1024 / Dimension, Dimension);
        _queries = RandomRows.Vectors(random, 64, Dimension);
        _bits = RandomRows.Bits(random, 4096);
    }

    [Benchmark]
    public int Int8() => ExactSearch.TopK([_rows], _queries, 1).Length;

    [Benchmark]
    public float Float16()
    {
        var query = new float[Dimension];
        return Float16Dot.Score(Simd.Best, query, _rows.Float16.Span[..Dimension]);
    }

    [Benchmark]
    public int Bits() => ExactSearch.TopK([_bits], _bits.Slice(0, 64), 1).Length;
}
