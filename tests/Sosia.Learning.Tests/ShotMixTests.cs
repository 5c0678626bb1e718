using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class ShotMixTests
{
    private const int Frames = 8;

    [Fact]
    public void Replaces_a_run_of_frames_and_no_other()
    {
        using var scope = TensorScope.Enter();
        var clips = Tensor.Rand([6, 3, Frames, 2, 4], new Generator(1));
        for (var round = 0; round < 50; round++)
        {
            var mix = Draw([0, 1, 2, 2, 4, 5], round);
            var mixed = mix.Apply(clips);
            for (var i = 0; i < 6; i++)
            {
                for (var t = 0; t < Frames; t++)
                {
                    var inside = t >= mix.Start[i] && t < mix.Start[i] + mix.Length[i];
                    Assert.Equal(Frame(clips, inside ? (int)mix.Partner[i] : i, t), Frame(mixed, i, t));
                }
            }
        }
    }

    [Fact]
    public void Draws_runs_of_every_length_and_start_from_other_videos()
    {
        long[] videos = [0, 1, 2, 2, 4, 5];
        var (runs, partners, mixed, all) = (new HashSet<(long, long)>(), new HashSet<long>(), 0, 0);
        for (var round = 0; round < 2000; round++)
        {
            var mix = Draw(videos, round);
            for (var i = 0; i < videos.Length; i++, all++)
            {
                if (mix.Length[i] == 0) { continue; }
                mixed++;
                Assert.NotEqual(videos[i], videos[mix.Partner[i]]);
                runs.Add((mix.Start[i], mix.Length[i]));
                partners.Add(mix.Partner[i]);
            }
        }

        Assert.Equal(8 + 7 + 6 + 5, runs.Count); // starts 0..T-L for L in 1..T/2
        Assert.All(runs, run => Assert.InRange(run.Item1, 0, Frames - run.Item2));
        Assert.All(runs, run => Assert.InRange(run.Item2, 1, Frames / 2));
        Assert.Equal(videos.Length, partners.Count);
        Assert.InRange((double)mixed / all, 0.48, 0.52);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Without_another_video_nothing_is_mixed(int count) =>
        Assert.All(Draw(new long[count], 1, probability: 1).Length, length => Assert.Equal(0, length));

    [Fact]
    public void Mirroring_twice_changes_nothing()
    {
        using var scope = TensorScope.Enter();
        var clips = Tensor.Rand([2, 3, 2, 2, 5], new Generator(2));
        Assert.Equal(clips.ToArray<float>(), Mirror.LeftRight(Mirror.LeftRight(clips)).ToArray<float>());
        Assert.Equal(clips[.., .., .., .., 0].ToArray<float>(), Mirror.LeftRight(clips)[.., .., .., .., 4].ToArray<float>());
    }

    private static ShotMix Draw(long[] videos, int round, double probability = 0.5) =>
        ShotMix.Draw([.. videos.Select((_, i) => new SampleRandom(1, round, i))], videos, Frames, probability);

    private static float[] Frame(Tensor clips, int clip, int time) => clips[clip].Select(1, time).ToArray<float>();
}
