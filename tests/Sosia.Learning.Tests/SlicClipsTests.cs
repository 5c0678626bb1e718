using Sosia.Learning.Parts;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Tests;

public sealed class SlicClipsTests
{
    private const int Size = 16;

    [Fact]
    public void Positives_lie_within_the_video_and_after_the_anchor_where_there_is_room()
    {
        foreach (var length in Enumerable.Range(1, 80))
        {
            int[][] clips = [.. ((double[])[0, 0.3, 0.7, Math.BitDecrement(1.0)]).Select(u => SlicClips.Positive(length, Size, u))];
            Assert.All(clips, clip => Assert.Equal(Size, clip.Length));
            Assert.All(clips, clip => Assert.All(clip, frame => Assert.InRange(frame, 0, length - 1)));
            if (length >= Size)
            {
                Assert.All(clips, clip => Assert.Equal(Enumerable.Range(clip[0], Size), clip));
                Assert.Equal((Math.Min(Size, length - Size), length - Size), (clips[0][0], clips[^1][0]));
            }

            if (length >= 2 * Size)
            {
                Assert.All(clips, clip => Assert.True(clip[0] > SlicClips.Anchor(length, Size)[^1]));
            }
        }
    }

    [Fact]
    public void Another_video_of_the_cluster_is_the_positive_and_each_is_equally_likely()
    {
        var clusters = new VideoClusters([40, 7, 3, 12, 9], [1, 1, 0, 1, 1]);
        var random = new SampleRandom(1, 0, 0);
        var counts = Enumerable.Range(0, 3000).GroupBy(_ => clusters.Positive(9, 0, random.Next(), random.Next())).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal([7L, 12, 40], counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1150)); // of 1000, deviation 26
        Assert.Equal(3, clusters.Positive(3, 0, 0.5, 0.5)); // alone
        Assert.Equal(9, clusters.Positive(9, 0.5, 0.4, 0.5)); // its own, by chance
    }

    [Fact]
    public void A_video_in_no_cluster_is_one_of_its_own()
    {
        var clusters = new VideoClusters([1, 2], [0, 0]);
        Assert.Equal(5, clusters.Positive(5, 0, 0.5, 0.5));
        Assert.Equal((0L, 0L), (clusters.Label(1), clusters.Label(2)));
        Assert.Equal(4, ((long[])[clusters.Label(1), clusters.Label(0), clusters.Label(5), clusters.Label(6)]).Distinct().Count());
        Assert.Throws<ArgumentException>(() => new VideoClusters([1, 2], [0]));
        Assert.Throws<ArgumentException>(() => new VideoClusters([1, 1], [0, 1]));
    }

    [Fact]
    public void Remembered_clusters_are_in_the_checkpoint()
    {
        using var scope = TensorScope.Enter();
        using var memory = new ClusterMemory(4);
        using var loaded = new ClusterMemory(4);
        Assert.Equal(-3, memory.Read().Label(2));
        memory.Write([8, 9, 5, 6], [0, 1, 2, 3]);
        memory.Write([8, 2, 5], [0, 1, 0]);
        loaded.Load(memory.ToStored().ToList());
        var clusters = loaded.Read();
        Assert.Equal([0, 1, 0, -7], ((long[])[8, 2, 5, 6]).Select(clusters.Label)); // the longer list before is forgotten
        Assert.Throws<ArgumentException>(() => memory.Write([1, 2, 3, 4, 5], [0, 0, 0, 0, 0]));
        Assert.Throws<ArgumentException>(() => memory.Write([1, 2], [0]));
    }
}
