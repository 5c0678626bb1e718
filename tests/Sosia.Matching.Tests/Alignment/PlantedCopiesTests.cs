using Xunit;
using Xunit.Abstractions;

namespace Sosia.Matching.Tests;

/// <summary>
/// 120 random pairs, every second one with a planted copy: which method finds how much of it. By VCSL's measure of a pair (He et al. 2022, code
/// vcsl/metric.py),
/// the mean over pairs of precision and of recall that are not empty.
/// </summary>
public sealed class PlantedCopiesTests(ITestOutputHelper output)
{
    private const int Seed = 2022;

    private static readonly Dictionary<string, Func<SimilarityMatrix, IEnumerable<Box>>> Methods = new()
    {
        ["TN"] = static m => Boxes(TemporalNetwork.Segments(m, TemporalNetworkParameters.Benchmark2023 with { Floor = PathTrim.Off })),
        ["TN trimmed"] = static m => Boxes(TemporalNetwork.Segments(m, TemporalNetworkParameters.Benchmark2023)),
        ["DP"] = static m => Boxes(DynamicProgramming.Segments(m, Programming with { Floor = PathTrim.Off })),
        ["DP trimmed"] = static m => Boxes(DynamicProgramming.Segments(m, Programming)),
        ["DTW"] = static m => Boxes(DynamicTimeWarping.Segments(m, Warping with { Floor = PathTrim.Off })),
        ["DTW trimmed"] = static m => Boxes(DynamicTimeWarping.Segments(m, Warping)),
        ["Hough"] = static m => TemporalHough.Votes(m, new TemporalHoughParameters { MinSimilarity = 0.3f }).Select(static v => v.Box),
    };

    private static DynamicProgrammingParameters Programming => new() { MinSimilarity = 1.25f, MeanSimilarity = 1.3f, Floor = 1.3f };

    private static DynamicTimeWarpingParameters Warping => DynamicTimeWarpingParameters.Benchmark2023;

    [Fact]
    public void TrimmedTemporalNetworkIsBest()
    {
        var pairs = Pairs(0.2f);
        output.WriteLine($"seed {Seed}");
        var measured = Methods.ToDictionary(static m => m.Key, m => Measure(pairs, m.Value));
        foreach (var (name, (precision, recall)) in measured)
        {
            output.WriteLine($"{name,-12} precision {precision:F3} recall {recall:F3} F1 {F1(measured[name]):F3}");
        }

        Assert.True(F1(measured["TN trimmed"]) > 0.95);
        Assert.True(F1(measured["TN trimmed"]) > F1(measured["DP trimmed"]));
        Assert.True(F1(measured["DP trimmed"]) > F1(measured["DTW trimmed"]));
        Assert.True(F1(measured["TN trimmed"]) > F1(measured["TN"]));
        Assert.True(F1(measured["DP trimmed"]) > F1(measured["DP"]));
        Assert.True(F1(measured["DTW trimmed"]) > F1(measured["DTW"]));
        Assert.Equal(measured.Values.Max(static m => m.Recall), measured["Hough"].Recall);
        Assert.Equal(measured.Values.Min(static m => m.Precision), measured["Hough"].Precision);
    }

    [Fact]
    public void NoiseAboveTheThresholdDefeatsEveryMethod()
    {
        var pairs = Pairs(0.35f);
        Assert.All(Methods, method => Assert.True(F1(Measure(pairs, method.Value)) < 0.5, method.Key));
    }

    private static List<(SimilarityMatrix Matrix, Box[] Truth)> Pairs(float noise)
    {
        var random = new Random(Seed);
        var pairs = new List<(SimilarityMatrix, Box[])>();
        for (var i = 0; i < 120; i++)
        {
            var matrix = Matrices.Noise(random, random.Next(30, 61), random.Next(30, 61), -0.15f, noise);
            pairs.Add((matrix, i % 2 == 0 ? [Planted(random, matrix)] : []));
        }

        return pairs;
    }

    private static Box Planted(Random random, SimilarityMatrix matrix)
    {
        var length = random.Next(10, 25);
        var (q0, r0) = (random.Next(matrix.Rows - length + 1), random.Next(matrix.Columns - length + 1));
        for (var i = 0; i < length; i++)
        {
            // The ends are there: where they are missing, the truth would be another.
            matrix.Cells[((q0 + i) * matrix.Columns) + r0 + i] += i > 0 && i < length - 1 && random.NextDouble() < 0.15 ? 0 : 0.5f;
        }

        return new Box(q0, r0, q0 + length - 1, r0 + length - 1);
    }

    private static double F1((double Precision, double Recall) measured) =>
        2 * measured.Precision * measured.Recall / (measured.Precision + measured.Recall + 1e-9);

    private static (double Precision, double Recall) Measure(
        List<(SimilarityMatrix Matrix, Box[] Truth)> pairs, Func<SimilarityMatrix, IEnumerable<Box>> method)
    {
        var (precisions, recalls) = (new List<double>(), new List<double>());
        foreach (var (matrix, truth) in pairs)
        {
            Box[] found = [.. method(matrix)];
            if (found.Length > 0)
            {
                precisions.Add(Covered(found, truth));
            }

            if (truth.Length > 0)
            {
                recalls.Add(Covered(truth, found));
            }
        }

        return (precisions.Average(), recalls.Average());
    }

    /// <summary>Share of the boxes that others cover, on both sides; a length is end - start.</summary>
    private static double Covered(Box[] boxes, Box[] others)
    {
        double sharedQ = 0, sharedR = 0, lengthQ = 1e-6, lengthR = 1e-6;
        foreach (var box in boxes)
        {
            var shared = others.Select(o => Intersection(box, o)).Where(static s => s.Q1 > s.Q0 && s.R1 > s.R0).ToList();
            sharedQ += Union(shared.Select(static s => (s.Q0, s.Q1)));
            sharedR += Union(shared.Select(static s => (s.R0, s.R1)));
            (lengthQ, lengthR) = (lengthQ + box.Q1 - box.Q0, lengthR + box.R1 - box.R0);
        }

        return sharedQ / lengthQ * (sharedR / lengthR);
    }

    private static Box Intersection(Box a, Box b) =>
        new(Math.Max(a.Q0, b.Q0), Math.Max(a.R0, b.R0), Math.Min(a.Q1, b.Q1), Math.Min(a.R1, b.R1));

    private static int Union(IEnumerable<(int Start, int End)> stretches) =>
        stretches.SelectMany(static s => Enumerable.Range(s.Start, s.End - s.Start)).Distinct().Count();

    private static IEnumerable<Box> Boxes(IEnumerable<AlignedPath> paths) => paths.Select(static p => p.Box);
}
