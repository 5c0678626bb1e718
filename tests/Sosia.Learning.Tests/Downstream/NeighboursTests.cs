using Sosia.Learning.Evaluation;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

/// <summary>The page's sanity experiment, and the edges: k-nearest-neighbour classifier and retrieval.</summary>
public sealed class NeighboursTests
{
    private const int Classes = 8;
    private const int Training = 30; // of each class
    private const int Test = 10;

    [Fact]
    public void LabelsAsFeaturesAreAlwaysRight()
    {
        using var scope = TensorScope.Enter();
        var (gallery, queries) = (Labels(Training), Labels(Test));
        var found = Neighbours.Of(OneHot(queries, 1), OneHot(gallery, 2), 200);
        Assert.All(KNearest.Published, k => Assert.Equal(100, Accuracy.TopK(KNearest.Ranks(found, gallery, queries, Classes, k), 1)));
        Assert.All(ClipRetrieval.Published, k => Assert.Equal(100, ClipRetrieval.Recall(found, gallery, queries, k)));
    }

    // R@k = 1 - (7 / 8)^k: a test video in its own gallery would show.
    [Fact]
    public void PermutedLabelsGiveChance()
    {
        using var scope = TensorScope.Enter();
        var (queries, permuted) = (Labels(250), Permuted(Labels(250), 3));
        var found = Neighbours.Of(Tensor.Randn([queries.Length, 16], new Generator(1)), Tensor.Randn([permuted.Length, 16], new Generator(2)), 50);
        foreach (var k in (int[])[1, 5, 10, 20])
        {
            Assert.InRange(ClipRetrieval.Recall(found, permuted, queries, k) - (100 * (1 - Math.Pow(7 / 8.0, k))), -4, 4);
        }

        Assert.InRange(Accuracy.TopK(KNearest.Ranks(found, permuted, queries, Classes, 20), 1), 9, 16);
    }

    [Fact]
    public void RecallGrowsWithK()
    {
        using var scope = TensorScope.Enter();
        var (gallery, queries) = (Permuted(Labels(Training), 4), Labels(Test));
        var found = Neighbours.Of(Tensor.Randn([queries.Length, 5], new Generator(1)), Tensor.Randn([gallery.Length, 5], new Generator(2)), 300);
        var recalls = Enumerable.Range(1, gallery.Length).Select(k => ClipRetrieval.Recall(found, gallery, queries, k)).ToList();
        Assert.Equal(recalls.Order(), recalls);
        Assert.Equal(100, recalls[^1]);
    }

    [Fact]
    public void MoreNeighboursThanThereAreAreAll()
    {
        using var scope = TensorScope.Enter();
        var found = Neighbours.Of(Tensor.Eye(3), Tensor.Eye(3)[..2], 99);
        Assert.Equal([[0, 1], [1, 0], [0, 1]], found.Select(list => list.Select(near => near.Number)));
    }

    [Fact]
    public void EqualOnesAreOrderedByNumber()
    {
        using var scope = TensorScope.Enter();
        var gallery = Tensor.Of([0f, 1, 2, 0, 0, 0, 1, 0, 0, 3], 5, 2);
        Assert.Equal([1, 3, 0], Neighbours.Of(Tensor.Of([5f, 0], 1, 2), gallery, 3)[0].Select(near => near.Number));
    }

    [Fact]
    public void WithoutQueriesThereIsNoFigure()
    {
        using var scope = TensorScope.Enter();
        var found = Neighbours.Of(Tensor.Zeros([0, 3]), Tensor.Eye(3), 5);
        Assert.Empty(found);
        Assert.Equal(double.NaN, ClipRetrieval.Recall(found, [0, 1, 2], [], 1));
        Assert.Equal(0, ClipRetrieval.Recall(found, [0, 1, 2], [], 1, missing: 4));
    }

    [Fact]
    public void InAnEmptyGalleryNothingIsFound()
    {
        using var scope = TensorScope.Enter();
        var found = Neighbours.Of(Tensor.Eye(3), Tensor.Zeros([0, 3]), 5);
        Assert.All(found, Assert.Empty);
        Assert.Equal(0, ClipRetrieval.Recall(found, [], [0, 1, 2], 5));
    }

    [Fact]
    public void WhatIsNoFeatureIsRefused()
    {
        using var scope = TensorScope.Enter();
        Assert.Throws<ArgumentException>(() => Neighbours.Of(Tensor.Of([0f, float.NaN], 1, 2), Tensor.Eye(2), 1));
        Assert.Throws<ArgumentException>(() => Neighbours.Of(Tensor.Eye(2), Tensor.Of([0f, float.PositiveInfinity], 1, 2), 1));
        Assert.Throws<ArgumentException>(() => Neighbours.Of(Tensor.Eye(2), Tensor.Eye(3), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Neighbours.Of(Tensor.Eye(2), Tensor.Eye(2), 0));
    }

    // More than are compared at once.
    [Fact]
    public void ManyQueriesAreAnsweredLikeFew()
    {
        using var scope = TensorScope.Enter();
        var (queries, gallery) = (Tensor.Randn([600, 4], new Generator(1)), Tensor.Randn([50, 4], new Generator(2)));
        var found = Neighbours.Of(queries, gallery, 5);
        Assert.Equal(600, found.Count);
        Assert.All((int[])[0, 255, 256, 599], i => Assert.Equal(
            Neighbours.Of(queries.Narrow(0, i, 1), gallery, 5)[0].Select(near => near.Number), found[i].Select(near => near.Number)));
    }

    [Fact]
    public void CentringTakesOffWhatAllShare()
    {
        using var scope = TensorScope.Enter();
        var (gallery, queries) = (Labels(Training), Labels(Test));
        var (a, b) = (OneHot(queries, 1), OneHot(gallery, 2));
        var plain = Neighbours.Of(ClipRetrieval.Centred(a), ClipRetrieval.Centred(b), 5);
        var moved = Neighbours.Of(ClipRetrieval.Centred(a + 100), ClipRetrieval.Centred(b - 30), 5);
        Assert.Equal(100, ClipRetrieval.Recall(moved, gallery, queries, 1));
        Assert.Equal(plain.Select(list => list[0].Number / Training), moved.Select(list => list[0].Number / Training));
        Assert.Equal(0, ClipRetrieval.Centred(Tensor.Zeros([0, 3])).Size(0));
    }

    [Fact]
    public void VcopsFeatureKeepsTimeAndHalvesTheRest()
    {
        using var scope = TensorScope.Enter();
        Assert.Equal([2L, 9216], ClipRetrieval.Flattened(Tensor.Zeros([2, 512, 2, 7, 7])).Shape);
    }

    // Rows of a class lie together.
    private static int[] Labels(int each) => [.. Enumerable.Range(0, Classes * each).Select(i => i / each)];

    private static int[] Permuted(int[] labels, ulong seed)
    {
        using var scope = TensorScope.Enter();
        return Array.ConvertAll(Tensor.RandPerm(labels.Length, new Generator(seed), ScalarType.Int64).ToArray<long>(), i => labels[i]);
    }

    private static Tensor OneHot(int[] labels, ulong seed) =>
        Tensor.Of(Array.ConvertAll(labels, label => (long)label), labels.Length).OneHot(Classes).To(ScalarType.Float32) + (Tensor.Randn([labels.Length, Classes], new Generator(seed)) * 0.1);
}
