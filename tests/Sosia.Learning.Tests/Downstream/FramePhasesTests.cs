using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Learning.Evaluation.Datasets;

namespace Sosia.Learning.Tests;

/// <summary>Tables of the phases of frames.</summary>
public sealed class FramePhasesTests : IDisposable
{
    private readonly TextFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void FramesWithoutALineHaveNoPhase()
    {
        var set = FramePhases.Read(folder.Write("phases.csv", "phase,frame,video,split\n0,1,a.mp4,train\n2,4,a.mp4,train\n-7,2,a.mp4,train\n1,0,b.mp4,val\n"));
        Assert.Equal((3, false), (set.Phases, set.IsDrawn));
        Assert.Equal([("a.mp4", true), ("b.mp4", false)], set.Videos.Select(video => (video.Name, video.IsTraining)));
        Assert.Equal([-1, 0, -1, -1, 2], set.Videos[0].Labels);
        Assert.Equal([1], set.Videos[1].Labels);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(9, 6)]
    public void TrainingVideosAreDrawnWhereTheTableDoesNotSayWhich(int videos, int training)
    {
        var path = folder.Write("phases.csv", "video,frame,phase\n" + string.Concat(Enumerable.Range(0, videos).Select(i => $"{i}.mp4,0,0\n")));
        var set = FramePhases.Read(path, 5);
        Assert.True(set.IsDrawn);
        Assert.Equal(training, set.Videos.Count(video => video.IsTraining));
        Assert.Equal(set.Videos.Select(video => video.IsTraining), FramePhases.Read(path, 5).Videos.Select(video => video.IsTraining));
    }

    [Theory]
    [InlineData("video,frame\na,0\n", 1)]
    [InlineData("video,frame,phase\na,0,0\na,0,1\n", 3)]
    [InlineData("video,frame,phase\na,-1,0\n", 2)]
    [InlineData("video,frame,phase\na,0.5,0\n", 2)]
    [InlineData("video,frame,phase\na,0,pour\n", 2)]
    [InlineData("video,frame,phase\n,0,0\n", 2)]
    [InlineData("video,frame,phase\na,99999999,0\n", 2)]
    [InlineData("video,frame,phase,split\na,0,0,train\na,1,0,val\n", 3)]
    [InlineData("video,frame,phase,split\na,0,0,test\n", 2)]
    public void WhatIsNoPhaseIsRefusedWithItsLine(string text, int line) =>
        Assert.Equal(line, Assert.Throws<AnnotationException>(() => FramePhases.Read(folder.Write("phases.csv", text))).Line);
}
