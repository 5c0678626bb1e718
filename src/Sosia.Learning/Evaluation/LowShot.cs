using Sosia.Learning.Evaluation.Datasets;
using Sosia.Learning.Views;

namespace Sosia.Learning.Evaluation;

/// <summary>A share of a training list, for probes with few labels (ours).</summary>
public static class LowShot
{
    /// <summary>Draws a share of each class, at least one video of each; the list's order is kept.</summary>
    /// <param name="training">The training list.</param>
    /// <param name="share">Above 0, up to 1.</param>
    /// <param name="seed">Of the draw.</param>
    public static IReadOnlyList<LabelledVideo> Draw(IReadOnlyList<LabelledVideo> training, double share, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(share, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        var kept = training.Index().GroupBy(one => one.Item.Label).SelectMany(Some).ToHashSet();
        return [.. training.Where((_, i) => kept.Contains(i))];

        // A class draws from numbers of its own, so that other classes cannot change its part.
        IEnumerable<int> Some(IGrouping<int, (int Index, LabelledVideo Item)> one)
        {
            var random = new SampleRandom(seed, 0, one.Key);
            var count = Math.Max(1, (int)Math.Round(share * one.Count(), MidpointRounding.AwayFromZero));
            return one.OrderBy(_ => random.NextBits()).Take(count).Select(video => video.Index);
        }
    }
}
