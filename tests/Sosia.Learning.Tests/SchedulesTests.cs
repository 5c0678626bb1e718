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
}
