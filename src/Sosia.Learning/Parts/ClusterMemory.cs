using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>Remembers clusters or classes of videos, so that a checkpoint holds them: all of it are buffers.</summary>
public sealed class ClusterMemory : Module
{
    private readonly Tensor videos; // M, the first of which count
    private readonly Tensor labels; // M
    private readonly Tensor count; // of the videos that are in it

    /// <summary>Empty.</summary>
    /// <param name="capacity">M: most videos.</param>
    public ClusterMemory(int capacity)
    {
        videos = Buffer("videos", Tensor.Zeros([capacity], ScalarType.Int64));
        labels = Buffer("labels", Tensor.Zeros([capacity], ScalarType.Int64));
        count = Buffer("count", Tensor.Zeros([], ScalarType.Int64));
    }

    /// <summary>Replaces what it holds.</summary>
    /// <param name="numbers">Of videos, each once.</param>
    /// <param name="clusters">The cluster of each.</param>
    /// <exception cref="ArgumentException">They are more than it can hold, or not as many.</exception>
    public void Write(IReadOnlyList<long> numbers, IReadOnlyList<int> clusters)
    {
        if (numbers.Count != clusters.Count || numbers.Count > videos.Count)
        {
            throw new ArgumentException($"{clusters.Count} labels of {numbers.Count} videos do not fit a memory of {videos.Count}", nameof(numbers));
        }

        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        videos.Narrow(0, 0, numbers.Count).CopyInPlace(Tensor.Of(numbers.ToArray(), numbers.Count));
        labels.Narrow(0, 0, numbers.Count).CopyInPlace(Tensor.Of(clusters.Select(label => (long)label).ToArray(), numbers.Count));
        count.FillInPlace(numbers.Count);
    }

    /// <summary>What it holds now.</summary>
    public VideoClusters Read()
    {
        using var scope = TensorScope.Enter();
        var held = (int)count.To(Device.Cpu).Item<long>();
        return new VideoClusters(videos.ToArray<long>()[..held], [.. labels.ToArray<long>()[..held].Select(label => (int)label)]);
    }
}
