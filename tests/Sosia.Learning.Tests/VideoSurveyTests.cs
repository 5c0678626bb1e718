using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;
using Xunit;

namespace Sosia.Learning.Tests;

public sealed class VideoSurveyTests
{
    [Fact]
    public void Each_video_is_seen_once_in_the_order_of_its_number()
    {
        using var pack = PaintedPack.Of(5);
        using var data = Dataset.Open([pack.Folder], 0, stretch: 0.25); // each stands in it several times
        var survey = new VideoSurvey(data.Training, Device.Cpu, seed: 1);
        Assert.True(data.Training.Count > 5);
        Assert.Equal([0L, 1, 2, 3, 4], survey.Videos);
        Assert.Equal(Enumerable.Range(0, 5).Select(PaintedPack.Name), survey.Names);
        var seen = survey.Describe(new ClipPlan("clip", 2, [0.25], 8), 2, clips => clips[.., 0].Mean([1, 2, 3]).ToArray<float>());
        Assert.Equal([2, 2, 1], seen.Select(reds => reds.Length));
        Assert.Equal([0.0, 1, 2, 3, 4], seen.SelectMany(reds => reds).Select(red => Math.Round(red * 255 / 16.0)));
    }
}
