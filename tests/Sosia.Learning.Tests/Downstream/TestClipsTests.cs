using Sosia.Learning.Evaluation;

namespace Sosia.Learning.Tests;

public sealed class TestClipsTests
{
    [Fact]
    public void SpreadClipsBeginWithTheVideoAndEndWithIt()
    {
        for (var frames = 17; frames < 400; frames++)
        {
            var starts = TestClips.Spread(frames, 16);
            Assert.Equal(10, starts.Length);
            Assert.Equal((0, frames - 16), (starts[0], starts[^1]));
            Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 0, ((frames - 16) / 9) + 1));
        }
    }

    [Fact]
    public void OneClipIsTheMiddle() => Assert.Equal([42], TestClips.Spread(100, 16, clips: 1));

    [Fact]
    public void OfAShortVideoTheLastFrameIsRepeated()
    {
        Assert.All(TestClips.Spread(3, 16), start => Assert.Equal(0, start));
        Assert.Equal([0, 1, 2, 2, 2], TestClips.Frames(0, 5, frames: 3));
    }

    [Fact]
    public void AVideoWithoutFramesIsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => TestClips.Spread(0, 16));

    [Fact]
    public void UniformViewsNeverReachTheEnd()
    {
        var views = TestClips.Uniform(1000, length: 8, stride: 4, views: 5);
        Assert.Equal(0, views[0][0]);
        Assert.Equal((968 * 4 / 5) + 31, views[^1][^1]);
        Assert.All(views, view => Assert.Equal(view.Order(), view));
    }

    [Fact]
    public void AViewOfOneFrameIsWhereItBegins() => Assert.Equal([0, 5], TestClips.Uniform(11, length: 1, stride: 1, views: 2).Select(view => view[0]));

    [Fact]
    public void CropsLieAlongTheLongerSideAndInside()
    {
        foreach (var (height, width) in new[] { (224, 224), (225, 300), (300, 225), (224, 1000) })
        {
            var crops = TestClips.ThreeCrops(height, width, 224);
            Assert.Equal(3, crops.Length);
            Assert.All(crops, crop => Assert.True(crop.Row >= 0 && crop.Row + 224 <= height && crop.Column >= 0 && crop.Column + 224 <= width));
            var along = Array.ConvertAll(crops, crop => height > width ? crop.Row : crop.Column);
            Assert.Equal((0, Math.Max(height, width) - 224), (along[0], along[2]));
        }

        Assert.Throws<ArgumentException>(() => TestClips.ThreeCrops(200, 300, 224));
    }

    // 171 - 112 is odd: halves go to the even number.
    [Fact]
    public void TheCentreOfVcopIsTorchvisions() => Assert.Equal(new CropCorner(8, 30), TestClips.CentreCrop(128, 171, 112));
}
