using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Sosia.Matching.Tests;

/// <summary>
/// <see cref="BoxOverlap"/>, <see cref="PathCut"/>, <see cref="PathTrim"/>, <see cref="SegmentScore"/> and <see cref="SegmentTimes"/>.
/// </summary>
public sealed class PathToolsTests
{
    [Fact]
    public void IouCountsCells()
    {
        var sides = Gen.Zip(Gen.Choose(0, 5), Gen.Choose(0, 4));
        var boxes = from q in sides from r in sides select new Box(q.Item1, r.Item1, q.Item1 + q.Item2, r.Item1 + r.Item2);
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(boxes.Two().ToArbitrary(), pair =>
        {
            var (a, b) = (Cells(pair.Item1), Cells(pair.Item2));
            Assert.Equal((double)a.Intersect(b).Count() / a.Union(b).Count(), BoxOverlap.Iou(pair.Item1, pair.Item2), tolerance: 1e-12);
        }));
    }

    [Fact]
    public void WhatIsCutIsExactlyTheLongRuns()
    {
        var steps = Gen.Elements((0, 1), (1, 0), (1, 1), (0, 1), (1, 0)).ListOf();
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(steps.ToArbitrary(), list =>
        {
            var path = new List<PathPoint> { new(0, 0) };
            foreach (var (dq, dr) in list)
            {
                path.Add(new PathPoint(path[^1].Q + dq, path[^1].R + dr));
            }

            // On a path that never falls, the points of one row follow each other.
            var kept = path.Where(p => path.Count(o => o.Q == p.Q) <= 2 && path.Count(o => o.R == p.R) <= 2);
            var ranges = PathCut.Cut(path.ToArray(), 2);
            Assert.Equal(kept, ranges.SelectMany(range => path.Take(range)));
            Assert.All(ranges.Zip(ranges.Skip(1)), static pair => Assert.True(pair.First.End.Value < pair.Second.Start.Value));
        }));
    }

    [Fact]
    public void TrimmingTakesOnlyTheEnds()
    {
        var matrix = new SimilarityMatrix([0.1f, 0.5f, 0.1f, 0.6f, 0.2f], 1, 5);
        PathPoint[] path = [new(0, 0), new(0, 1), new(0, 2), new(0, 3), new(0, 4)];
        Assert.Equal(path[1..4], PathTrim.Trim(matrix, path, 0.5f).ToArray());
        Assert.Equal(path, PathTrim.Trim(matrix, path, PathTrim.Off).ToArray());
        Assert.Empty(PathTrim.Trim(matrix, path, 0.7f).ToArray());
    }

    [Fact]
    public void SegmentScoresByItsLargestCell()
    {
        var matrix = new SimilarityMatrix([0.1f, -0.4f, 0.2f, -0.3f, 0.3f, 0.9f], 2, 3);
        Assert.Equal(0.9f, SegmentScore.Largest(matrix, new Box(0, 0, 1, 2)));
        Assert.Equal(0.1f, SegmentScore.LargestHalfOpen(matrix, new Box(0, 0, 1, 2)));
        Assert.Equal(-0.4f, SegmentScore.Largest(matrix, new Box(0, 1, 0, 1)));
        Assert.Equal(float.NaN, SegmentScore.LargestHalfOpen(matrix, new Box(0, 1, 0, 1)));
    }

    [Fact]
    public void TimesRunFromTheStartOfTheFirstToTheEndOfTheLastClip()
    {
        ClipSpan[] spans = [new(0, 8, 50), new(8, 16, 50), new(16, 19.5, 50)];
        Assert.Equal(new SegmentTimes(new Stretch(0, 16), new Stretch(8, 19.5)), SegmentTimes.Of(new Box(0, 1, 1, 2), spans, spans));
    }

    private static HashSet<(int, int)> Cells(Box box) =>
        [.. from q in Enumerable.Range(box.Q0, box.Q1 - box.Q0 + 1) from r in Enumerable.Range(box.R0, box.R1 - box.R0 + 1) select (q, r)];
}
