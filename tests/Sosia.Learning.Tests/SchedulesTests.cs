using Sosia.Learning.Training;

namespace Sosia.Learning.Tests;

public sealed class SchedulesTests
{
    [Fact]
    public void A_cosine_falls_from_one_to_its_floor()
    {
        var rates = Enumerable.Range(0, 101).Select(step => Schedules.Cosine(step, 100, 0.1)).ToList();
        Assert.Equal(1, rates[0]);
        Assert.Equal(0.55, rates[50], 1e-12);
        Assert.Equal(0.1, rates[100], 1e-12);
        Assert.All(rates.Zip(rates.Skip(1)), pair => Assert.True(pair.First > pair.Second));
        Assert.Equal(0.1, Schedules.Cosine(1000, 100, 0.1), 1e-12);
        Assert.Equal(1, Schedules.Cosine(0, 0));
    }

    [Fact]
    public void A_warm_up_rises_along_a_line()
    {
        Assert.Equal(0.001, Schedules.Warmup(0, 10, 0.001), 1e-12);
        Assert.Equal(0.5005, Schedules.Warmup(5, 10, 0.001), 1e-12);
        Assert.Equal(1, Schedules.Warmup(10, 10, 0.001));
        Assert.Equal(1, Schedules.Warmup(0, 0, 0.001));
    }

    [Fact]
    public void Milestones_take_effect_from_their_own_epoch_on()
    {
        Assert.Equal([1, 1, 0.5, 0.5, 0.25], ((long[])[0, 2, 3, 4, 5]).Select(epoch => Schedules.Steps(epoch, [3, 5], 0.5)));
        Assert.Equal(1, Schedules.Steps(100, []));
    }

    [Fact]
    public void A_value_goes_from_one_end_to_the_other()
    {
        Assert.Equal(0.996, Schedules.Between(0, 100, 0.996, 1), 1e-12);
        Assert.Equal(0.998, Schedules.Between(50, 100, 0.996, 1), 1e-12);
        Assert.Equal(1, Schedules.Between(100, 100, 0.996, 1), 1e-12);
    }

    [Fact]
    public void A_line_holds_both_its_ends()
    {
        Assert.Equal([0.04, 0.055, 0.07, 0.07], Enumerable.Range(0, 4).Select(epoch => Math.Round(Schedules.Line(epoch, 3, 0.04, 0.07), 12)));
        Assert.Equal(0.07, Schedules.Line(0, 0, 0.04, 0.07));
        Assert.Equal((0.04, 0.07), (Schedules.Line(0, 1, 0.04, 0.07), Schedules.Line(1, 1, 0.04, 0.07)));
    }

    [Fact]
    public void A_rate_rises_from_zero_and_falls_to_the_least()
    {
        var rates = Enumerable.Range(0, 31).Select(step => Schedules.WarmedCosine(step, 30, 10, 2, 0.5)).ToList();
        Assert.Equal(0, rates[0]);
        Assert.Equal((2, 2), (rates[9], rates[10]));
        Assert.Equal(1.25, rates[20], 1e-12);
        Assert.Equal(0.5, rates[30], 1e-12);
        Assert.Equal(2, Schedules.WarmedCosine(0, 30, 0, 2, 0.5));
    }
}
