using Sosia.Learning.Evaluation.Clustering;
using Xunit;

namespace Sosia.Learning.Tests.Clustering;

public sealed class ClusterAgreementTests
{
    // As scikit-learn has it: normalized_mutual_info_score, arithmetic mean.
    [Theory]
    [InlineData(new[] { 0, 0, 1, 1 }, new[] { 5, 5, 2, 2 }, 1)]
    [InlineData(new[] { 0, 0, 1, 1 }, new[] { 0, 1, 0, 1 }, 0)]
    [InlineData(new[] { 0, 1, 2, 3 }, new[] { 0, 0, 1, 1 }, 2.0 / 3)]
    [InlineData(new[] { 0, 0, 0, 1, 1, 1 }, new[] { 0, 0, 1, 1, 2, 2 }, 0.5158037)]
    [InlineData(new[] { 7, 7, 7 }, new[] { 1, 1, 1 }, 1)]
    [InlineData(new[] { 7, 7, 7 }, new[] { 1, 2, 3 }, 0)]
    public void MutualInformationIsOverTheMeanEntropy(int[] clusters, int[] classes, double expected)
    {
        Assert.Equal(expected, ClusterAgreement.MutualInformation(clusters, classes), 1e-6);
        Assert.Equal(expected, ClusterAgreement.MutualInformation(classes, clusters), 1e-6);
    }

    [Theory]
    [InlineData(new[] { 0, 0, 0, 1, 1 }, new[] { 0, 0, 1, 1, 1 }, 0.8)]
    [InlineData(new[] { 0, 1, 2 }, new[] { 0, 0, 0 }, 1)]
    [InlineData(new[] { 0, 0, 0, 0 }, new[] { 0, 1, 2, 2 }, 0.5)]
    public void PurityIsTheShareOfTheMostFrequentClasses(int[] clusters, int[] classes, double expected) =>
        Assert.Equal(expected, ClusterAgreement.Purity(clusters, classes), 12);

    [Fact]
    public void OfNothingThereIsNoFigureAndOfUnequalListsNone()
    {
        Assert.Equal(double.NaN, ClusterAgreement.MutualInformation([], []));
        Assert.Equal(double.NaN, ClusterAgreement.Purity([], []));
        Assert.Throws<ArgumentException>(() => ClusterAgreement.MutualInformation([1], []));
        Assert.Throws<ArgumentException>(() => ClusterAgreement.Purity([1], [1, 2]));
    }
}
