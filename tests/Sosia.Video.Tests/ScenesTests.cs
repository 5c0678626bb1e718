using Xunit;

namespace Sosia.Video.Tests;

public sealed class ScenesTests
{
    private const int Width = 160;
    private const int Height = 90;

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_one_others()
    {
        Assert.Equal(Frame(new Scene(7, 20), 8.5), Frame(new Scene(7, 20), 8.5));
        Assert.NotEqual(Frame(new Scene(7, 20), 8.5), Frame(new Scene(8, 20), 8.5));
    }

    // A sine may differ in its last digit between processors, so hashes are compared, not bytes.
    [Theory]
    [InlineData(1, 0.5, "fc838f8181fc1733f00fe0721cf0fd25320c3636ac67a39e3fd87c1ace6207c5")]
    [InlineData(2, 7.25, "ce163a5970e9c6be8f34ab616ac252cad49cf0a5a5294d924aeba34dadd55c94")]
    [InlineData(3, 14, "8260f667336c33f1334e337498e9ed06ac734c9fa1997f1363278cc8ea4c12ad")]
    public void Golden_frames(int seed, double time, string hash) =>
        Assert.InRange(Hash(new Scene(seed, 20), time).Distance(PdqHash.Parse(hash)), 0, 6);

    [Fact]
    public void Shots_last_two_to_five_seconds()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var cuts = new Scene(seed, 30).Cuts.Append(30).ToList();
            Assert.Equal(0, cuts[0]);
            Assert.All(cuts.Zip(cuts.Skip(1), static (start, end) => end - start), static length => Assert.InRange(length, 2, 7));
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(3)]
    public void Short_scenes_are_one_shot(double seconds) => Assert.Single(new Scene(1, seconds).Cuts);

    [Fact]
    public void Shots_are_as_far_apart_as_unrelated_pictures()
    {
        var shots = Enumerable.Range(0, 6).SelectMany(static seed =>
        {
            var scene = new Scene(seed, 15);
            return scene.Cuts.Select(cut => Hash(scene, cut + 1));
        }).ToList();
        for (var i = 0; i < shots.Count; i++)
        {
            Assert.All(shots.Take(i), other => Assert.InRange(shots[i].Distance(other), 85, 171));
        }
    }

    [Fact]
    public void Moments_of_a_shot_differ_a_little_and_show_enough()
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var scene = new Scene(seed, 5);
            var (first, quality) = Pdq.Hash(Frame(scene, 0.5), Width, Height);
            Assert.InRange(quality, 80, 100);
            Assert.InRange(first.Distance(Hash(scene, 0.6)), 1, 40);
            Assert.InRange(first.Distance(Hash(scene, 1.5)), 40, 150);
        }
    }

    [Fact]
    public void A_cut_changes_the_picture_at_its_time()
    {
        var scene = new Scene(4, 20);
        var cut = scene.Cuts[1];
        Assert.InRange(Hash(scene, cut - 0.001).Distance(Hash(scene, cut)), 80, 176);
        Assert.InRange(Hash(scene, cut).Distance(Hash(scene, cut + 0.001)), 0, 10);
    }

    [Fact]
    public void The_size_does_not_change_what_is_seen()
    {
        var scene = new Scene(3, 10);
        var large = new byte[3 * 320 * 180];
        scene.RenderFrame(1, 320, 180, large);
        Assert.InRange(Hash(scene, 1).Distance(Pdq.Hash(large, 320, 180).Hash), 0, 30);
    }

    [Fact]
    public void Renders_every_frame_into_one_buffer()
    {
        var frames = Scenes.Render(seed: 1, seconds: 0.5, rate: 10, 32, 18).ToList();
        Assert.Equal(5, frames.Count);
        Assert.All(frames, frame => Assert.Same(frames[0], frame));
        var last = new byte[3 * 32 * 18];
        new Scene(1, 0.5).RenderFrame(0.4, 32, 18, last);
        Assert.Equal(last, frames[^1]);
    }

    [Fact]
    public void Wrong_sizes_and_lengths_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Scene(1, 0));
        Assert.Throws<ArgumentException>(() => new Scene(1, 1).RenderFrame(0, 10, 10, new byte[299]));
        Assert.Throws<ArgumentException>(() => new Scene(1, 1).RenderFrame(0, 0, 10, []));
    }

    private static byte[] Frame(Scene scene, double time)
    {
        var rgb = new byte[3 * Width * Height];
        scene.RenderFrame(time, Width, Height, rgb);
        return rgb;
    }

    private static PdqHash Hash(Scene scene, double time) => Pdq.Hash(Frame(scene, time), Width, Height).Hash;
}
