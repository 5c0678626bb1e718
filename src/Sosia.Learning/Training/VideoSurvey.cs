using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Video.Packs;

namespace Sosia.Learning.Training;

/// <summary>All videos that are trained on, each once.</summary>
public interface IVideoSurvey
{
    /// <summary>Their numbers, in the order of <see cref="Describe"/>.</summary>
    IReadOnlyList<long> Videos { get; }

    /// <summary>What each is called in its pack, in the same order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>What is said of a clip of each, some at a time. Where a frame cannot be read, its clip is black: each video has its place.</summary>
    /// <param name="plan">How it is taken.</param>
    /// <param name="count">At most so many at a time.</param>
    /// <param name="describe">Of n x 3 x T x H x W in [0, 1], on the device of the training; tensors that it makes end with the call.</param>
    IReadOnlyList<T> Describe<T>(ClipPlan plan, int count, Func<Tensor, T> describe);
}

/// <summary>Reads them on the training's thread.</summary>
/// <param name="training">May name a video more than once.</param>
/// <param name="device">Where clips are wanted.</param>
/// <param name="seed">Of what a plan draws.</param>
internal sealed class VideoSurvey(IReadOnlyList<TrainingVideo> training, Device device, int seed) : IVideoSurvey
{
    private readonly IReadOnlyList<TrainingVideo> videos = [.. training.DistinctBy(one => one.Number).OrderBy(one => one.Number)];

    public IReadOnlyList<long> Videos => [.. videos.Select(one => (long)one.Number)];

    public IReadOnlyList<string> Names => [.. videos.Select(one => one.Video.Name)];

    public IReadOnlyList<T> Describe<T>(ClipPlan plan, int count, Func<Tensor, T> describe)
    {
        var reader = new ClipReader();
        return [.. videos.Chunk(count).Select(some => Of(some))];

        T Of(TrainingVideo[] some)
        {
            using var scope = TensorScope.Enter();
            return describe(Batch.Unit(Clips(reader, some, plan).To(device)));
        }
    }

    // n x T x H x W x 3 bytes.
    private Tensor Clips(ClipReader reader, TrainingVideo[] some, ClipPlan plan)
    {
        var bytes = ClipReader.Bytes(plan);
        var clips = new byte[some.Length * bytes];
        foreach (var (row, one) in some.Index())
        {
            Read(reader, one, plan, clips.AsSpan(row * bytes, bytes));
        }

        return Tensor.Of(clips, some.Length, plan.Frames, plan.Side, plan.Side, 3);
    }

    private void Read(ClipReader reader, TrainingVideo one, ClipPlan plan, Span<byte> clip)
    {
        var random = new SampleRandom(seed, -1, one.Number);
        try
        {
            reader.Read(one.Pack, one.Video, plan, random, random, clip);
        }
        catch (PackException)
        {
            clip.Clear();
        }
    }
}
