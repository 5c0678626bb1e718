using Sosia.Evaluating;
using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation.Datasets;
using Sosia.Learning.Objectives;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Video;
using Xunit;

namespace Sosia.Tests.Evaluating;

/// <summary>The frames of a long video are never held all together, and its vectors are those they were when they were.</summary>
[Collection("videos")]
public sealed class PartedFramesTests(TestVideos videos)
{
    private const int Side = 32;

    private static readonly FrameRequest Request = new(Side, Side);

    [Theory]
    [InlineData(25, 0)]
    [InlineData(71, 0)]
    [InlineData(72, 72)]
    [InlineData(1000, 72)]
    public void NoMoreThanAPartIsHeld(int most, int held)
    {
        var frames = PartedFrames.Read(videos.Ramp, Request, most);
        Assert.Equal((72, held), (frames.Count, frames.Held));
        var length = FrameSequenceEncoder.PartLength(72, most);
        var parts = frames.Parts(length).Select(part => part.ToList()).ToList();
        Assert.All(parts, part => Assert.InRange(part.Count, 1, most));
        Assert.All(parts.SkipLast(1), part => Assert.Equal(length, part.Count));
        Assert.All(parts.SelectMany(part => part), frame => Assert.Equal(Side * Side * 3, frame.Length));
        Assert.Equal(Whole(videos.Ramp), parts.SelectMany(part => part).SelectMany(frame => frame));
        Assert.Equal(held, frames.Held);
    }

    [Fact]
    public void PartsOfALongVideoAreDecodedWhenTheyAreAskedFor()
    {
        using var shelf = new Shelf();
        using var stop = new CancellationTokenSource();
        var path = shelf.Put(videos.Ramp, "ramp.mp4");
        var (stopped, gone, kept) = (PartedFrames.Read(path, Request, 25, stop.Token), PartedFrames.Read(path, Request, 25), PartedFrames.Read(path, Request, 72, stop.Token));
        stop.Cancel();
        File.Delete(path);
        Assert.Throws<OperationCanceledException>(() => stopped.Parts(24).First());
        Assert.Throws<VideoException>(() => gone.Parts(24).First());
        Assert.Equal([72], kept.Parts(72).Select(part => part.Count()));
    }

    [Fact]
    public void VectorsOfPartsAreThoseOfTheWhole()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var encoder = Small();
        encoder.Eval();
        var frames = PartedFrames.Read(videos.Ramp, Request, 25);
        var vectors = encoder.Embed(frames.Parts(FrameSequenceEncoder.PartLength(frames.Count, 25)), part => Unit([.. part.SelectMany(frame => frame)]));
        Assert.Equal(OfWhole(encoder, videos.Ramp, 24), vectors.ToArray<float>());
        Assert.NotEqual(OfWhole(encoder, videos.Ramp, 72), vectors.ToArray<float>());
    }

    // More than the thousand that are embedded together.
    [Fact]
    public void AnEvaluationOfALongVideoGivesTheSameVectors()
    {
        using var scope = TensorScope.Enter();
        using var encoder = Small();
        using var shelf = new Shelf();
        PhasedVideo[] list = [Labelled(videos.Long, isTraining: false), Labelled(videos.Ramp, isTraining: true)];
        var request = new FrameEvaluationRequest("carl", encoder, clips => clips, new FramePhases(2, list, false), videos.Root, 0, Side) { Cache = shelf.Folder, Fingerprint = "one", Threads = 2 };

        var report = new FrameEvaluation(request).Measure();

        Assert.Equal((0, 2), (report.Missing.Count, report.Embedded));
        Assert.True(encoder.IsTraining);
        encoder.Eval();
        var kept = new FeatureCache(shelf.Folder, "one", $"frames, 0 a second, {Side} x {Side}");
        using var noGrad = NoGrad.Enter();
        Assert.Equal(OfWhole(encoder, videos.Long, 525), kept.Read(videos.Long)["frames"].ToArray<float>());
        Assert.Equal(OfWhole(encoder, videos.Ramp, 72), kept.Read(videos.Ramp)["frames"].ToArray<float>());
    }

    // As all frames in one array were embedded.
    private static float[] OfWhole(FrameSequenceEncoder encoder, string path, int part)
    {
        using var scope = TensorScope.Enter();
        var frames = Unit(Whole(path)).Unsqueeze(0).Split(part, 2).Select(frames => encoder.Frames(frames).Squeeze(0)).ToArray();
        return Cosine.Unit(Tensor.Cat(frames)).ToArray<float>();
    }

    // 3 x S x side x side.
    private static Tensor Unit(byte[] frames) => Batch.Unit(Tensor.Of(frames, 1, frames.Length / (Side * Side * 3), Side, Side, 3)).Squeeze(0);

    private static byte[] Whole(string path)
    {
        using var reader = FrameReader.Open(Probe.Read(path), Request);
        using var frames = new MemoryStream();
        while (reader.Read(out var frame))
        {
            frames.Write(frame.Rgb);
        }

        return frames.ToArray();
    }

    private static PhasedVideo Labelled(string path, bool isTraining) => new(path, isTraining, [.. Enumerable.Range(0, 40).Select(frame => frame / 20)]);

    private static FrameSequenceEncoder Small() => new(
        new FrameSequenceShape { Backbone = new ResNet2dShape([1, 1, 1, 1], Width: 4), Inner = 12, Hidden = 8, Heads = 1, FeedForward = 12, Layers = 1, Embedding = 6, TrainingLength = 20 },
        new Generator(3));
}
