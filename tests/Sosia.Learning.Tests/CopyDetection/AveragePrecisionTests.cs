using FsCheck;
using FsCheck.Fluent;
using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Learning.Tests.CopyDetection;

public sealed class AveragePrecisionTests
{
    private static readonly Arbitrary<bool[]> Lists = ArbMap.Default.ArbFor<bool[]>().Filter(list => list.Length > 0);

    [Fact]
    public void A_perfect_ranking_has_1() => Holds(Prop.ForAll(Lists, list =>
    {
        var judged = Falling([.. list.Order().Reverse()]);
        var relevant = list.Count(flag => flag);
        var expected = relevant == 0 ? 0.0 : 1.0;
        return Near(AveragePrecision.Ranked(judged, relevant).Value, expected) && Near(AveragePrecision.Threshold(judged, relevant), expected)
            && Near(AveragePrecision.Trapezoid([.. Enumerable.Range(0, relevant)], relevant), expected);
    }));

    [Fact]
    public void Distinct_scores_give_the_same_by_ranks_and_by_thresholds() => Holds(Prop.ForAll(Lists, list =>
        Near(AveragePrecision.Ranked(Falling(list), list.Length).Value, AveragePrecision.Threshold(Falling(list), list.Length))));

    [Fact]
    public void What_comes_after_the_last_relevant_one_does_not_matter() => Holds(Prop.ForAll(Lists, list =>
    {
        var tail = new[] { false, false, false };
        var relevant = list.Count(flag => flag) + 1;
        return AveragePrecision.Ranked(Falling(list), relevant) == AveragePrecision.Ranked(Falling([.. list, .. tail]), relevant)
            && AveragePrecision.Threshold(Falling(list), relevant) == AveragePrecision.Threshold(Falling([.. list, .. tail]), relevant)
            && AveragePrecision.Trapezoid(Evve.Ranks(Falling(list)), relevant) == AveragePrecision.Trapezoid(Evve.Ranks(Falling([.. list, .. tail])), relevant);
    }));

    [Fact]
    public void A_better_rank_gives_more() => Holds(Prop.ForAll(Lists, list =>
    {
        var (before, after) = (new[] { true }.Concat(list).Append(false).Append(true).ToArray(), new[] { true }.Concat(list).Append(true).Append(false).ToArray());
        var relevant = before.Count(flag => flag);
        return AveragePrecision.Ranked(Falling(after), relevant).Value > AveragePrecision.Ranked(Falling(before), relevant).Value
            && AveragePrecision.Threshold(Falling(after), relevant) > AveragePrecision.Threshold(Falling(before), relevant)
            && AveragePrecision.Trapezoid(Evve.Ranks(Falling(after)), relevant) > AveragePrecision.Trapezoid(Evve.Ranks(Falling(before)), relevant);
    }));

    [Fact]
    public void Equal_scores_are_one_threshold_and_keep_their_order_by_rank()
    {
        Judged[] list = [new(1, false), new(1, true), new(0, false), new(0, false), new(-1, true)];
        Assert.Equal(((1.0 / 2) + (2.0 / 5)) / 2, AveragePrecision.Ranked(list, 2).Value, 1e-12);
        Assert.Equal(1, AveragePrecision.Ranked(list, 2).Ties); // the tie of irrelevant ones does not matter
        Judged[] turned = [list[1], list[0], .. list[2..]];
        Assert.Equal((1 + (2.0 / 5)) / 2, AveragePrecision.Ranked(turned, 2).Value, 1e-12);
        Assert.Equal(AveragePrecision.Threshold(list, 2), AveragePrecision.Threshold(turned, 2));
    }

    [Fact]
    public void A_constant_score_gives_the_share_by_threshold_and_the_order_by_rank()
    {
        var random = new Random(7);
        var lists = Enumerable.Range(0, 20).Select(_ =>
        {
            var list = Enumerable.Range(0, 40).Select(i => new Judged(0.5, i < 10)).ToArray();
            random.Shuffle(list);
            return list;
        }).ToList();
        Assert.All(lists, list => Assert.Equal(0.25, AveragePrecision.Threshold(list, 10), 1e-12));
        Assert.All(lists, list => Assert.Equal(1, AveragePrecision.Ranked(list, 10).Ties));
        Assert.True(lists.Max(list => AveragePrecision.Ranked(list, 10).Value) - lists.Min(list => AveragePrecision.Ranked(list, 10).Value) > 0.05);
    }

    [Fact]
    public void Nothing_gives_0()
    {
        Assert.Equal(default, AveragePrecision.Ranked([], 0));
        Assert.Equal(0, AveragePrecision.Ranked([], 3).Value);
        Assert.Equal(0, AveragePrecision.Threshold([new Judged(1, false)], 0));
        Assert.Equal(0, AveragePrecision.Trapezoid([], 0));
        Assert.Equal([1, .. new double[20]], AveragePrecision.Interpolated([]));
    }

    [Fact]
    public void What_is_no_ranking_is_refused()
    {
        Assert.Throws<ArgumentException>(() => AveragePrecision.Ranked([new Judged(double.NaN, false)], 0));
        Assert.Throws<ArgumentException>(() => AveragePrecision.Threshold([new Judged(1, true)], 0));
        Assert.Throws<ArgumentException>(() => AveragePrecision.Trapezoid([1, 1], 2));
        Assert.Throws<ArgumentException>(() => AveragePrecision.Trapezoid([-1], 2));
    }

    private static Judged[] Falling(bool[] list) => [.. list.Select((relevant, i) => new Judged(-i, relevant))];

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-9;

    private static void Holds(Property property) => Check.One(Config.QuickThrowOnFailure, property);
}
