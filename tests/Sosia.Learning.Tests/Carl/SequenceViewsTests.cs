using Sosia.Learning.Views;

namespace Sosia.Learning.Tests;

public sealed class SequenceViewsTests
{
    [Fact]
    public void ViewsAreFramesOfTheVideoInTimeOrder()
    {
        foreach (var (length, frames) in new[] { (1, 4), (3, 4), (4, 4), (5, 4), (400, 32), (33, 32) })
        {
            for (var index = 0; index < 200; index++)
            {
                var views = new SequenceViews(length, frames);
                var (first, second) = views.Draw(new SampleRandom(1, 0, index));
                Assert.All((SequenceView[])[first, second], view => Check(view, length, frames));
                if (length >= 2 * frames)
                {
                    Assert.All(first.Mask.Concat(second.Mask), valid => Assert.Equal(1, valid));
                    Assert.InRange(second.Offset - first.Steps[0], -(int)(0.8 * frames), (int)(0.8 * frames));
                }
            }
        }
    }

    [Fact]
    public void ASampleHasItsOwnViews()
    {
        var views = new SequenceViews(100, 16);
        Assert.Equal(Steps(3), Steps(3));
        Assert.NotEqual(Steps(3), Steps(4));

        int[] Steps(int index) => [.. views.Draw(new SampleRandom(1, 2, index)).First.Steps, .. views.Draw(new SampleRandom(1, 2, index)).Second.Steps];
    }

    // What is drawn without replacement is drawn evenly.
    [Fact]
    public void EveryFrameIsSeen()
    {
        var views = new SequenceViews(20, 10);
        var seen = Enumerable.Range(0, 500).SelectMany(index => views.Draw(new SampleRandom(1, 0, index)).First.Steps).ToLookup(step => step);
        Assert.All(Enumerable.Range(0, 19), step => Assert.NotEmpty(seen[step]));
    }

    private static void Check(SequenceView view, int length, int frames)
    {
        Assert.Equal((frames, frames), (view.Steps.Length, view.Mask.Length));
        Assert.All(view.Steps, step => Assert.InRange(step, 0, length - 1));
        var valid = view.Steps.Where((_, i) => view.Mask[i] == 1).ToList();
        Assert.Equal(valid.Distinct().Order(), valid);
        Assert.All(view.Steps.Where((_, i) => view.Mask[i] == 0), step => Assert.Equal(length - 1, step));
        Assert.Equal(view.Mask.OrderDescending(), view.Mask);
    }
}
