using Sosia.Learning.Views;
using Sosia.Video.Packs;

namespace Sosia.Learning.Tests;

public sealed class ClipReaderTests
{
    [Fact]
    public void A_clip_of_the_whole_picture_is_the_frames_of_the_pack()
    {
        using var folder = PaintedPack.Of(2, width: 16);
        using var pack = Pack.Open(folder.Folder);
        var clip = Read(pack, 1, new ClipPlan("clip", 4, [0.25], 16), seed: 1);
        var times = Times(clip, 4);
        Assert.Equal(times.SelectMany(t => PaintedPack.Paint(1, t, 16, 16)), clip);
    }

    [Fact]
    public void Frames_lie_an_interval_of_the_plan_apart_and_begin_anywhere()
    {
        using var folder = PaintedPack.Of(1, frames: 12);
        using var pack = Pack.Open(folder.Folder);
        var starts = new HashSet<(int, int)>();
        for (var seed = 0; seed < 200; seed++)
        {
            var times = Times(Read(pack, 0, new ClipPlan("clip", 4, [0.25, 0.375], 8), seed), 4); // 2 or 3 frames
            var step = times[1] - times[0];
            Assert.True(step is 2 or 3 && times.Zip(times.Skip(1)).All(pair => pair.Second - pair.First == step), $"seed {seed}: {string.Join(' ', times)}");
            starts.Add((step, times[0]));
        }

        Assert.Equal([(2, 0), (2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (3, 0), (3, 1), (3, 2)], starts.Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void In_a_short_video_the_frames_move_together(int frames)
    {
        using var folder = PaintedPack.Of(1, frames);
        using var pack = Pack.Open(folder.Folder);
        for (var seed = 0; seed < 20; seed++)
        {
            var times = Times(Read(pack, 0, new ClipPlan("clip", 8, [0.5], 8), seed), 8);
            Assert.Equal(Enumerable.Range(0, 8).Select(t => (int)Math.Round(t * (frames - 1) / 7.0)), times);
        }
    }

    [Fact]
    public void One_frame_is_taken_from_anywhere()
    {
        using var folder = PaintedPack.Of(1, frames: 3);
        using var pack = Pack.Open(folder.Folder);
        var times = Enumerable.Range(0, 60).Select(seed => Times(Read(pack, 0, new ClipPlan("clip", 1, [0.5], 8), seed), 1)[0]);
        Assert.Equal([0, 1, 2], times.Distinct().Order());
    }

    [Fact]
    public void A_mirrored_clip_is_the_same_clip_the_other_way_round()
    {
        using var folder = PaintedPack.Of(1);
        using var pack = Pack.Open(folder.Folder);
        var plan = new ClipPlan("clip", 3, [0.25], 8) { Scale = (1, 1.5), AnyPlace = true };
        for (var seed = 0; seed < 20; seed++)
        {
            var plain = Read(pack, 0, plan, seed);
            var mirrored = Read(pack, 0, plan with { Mirror = 1 }, seed);
            Assert.Equal(plain.Chunk(3).Chunk(8).SelectMany(row => row.Reverse()).SelectMany(pixel => pixel), mirrored);
        }
    }

    [Fact]
    public void A_window_has_the_scale_of_the_plan_and_lies_in_the_middle_or_anywhere_inside()
    {
        using var folder = PaintedPack.Of(1, width: 31, height: 16);
        using var pack = Pack.Open(folder.Folder);
        var middle = new ClipPlan("clip", 1, [0.25], 8) { Scale = (2, 2) };
        Assert.Equal(Enumerable.Range(0, 8).Select(x => (11.5 + x) * 8), Read(pack, 0, middle, 1).Where((_, i) => i < 24 && i % 3 == 2).Select(b => (double)b)); // 8 of 16 pixels
        var lefts = new List<int>();
        for (var seed = 0; seed < 100; seed++)
        {
            var columns = Read(pack, 0, middle with { AnyPlace = true }, seed).Where((_, i) => i < 24 && i % 3 == 2).ToArray();
            Assert.All(columns.Zip(columns.Skip(1)), pair => Assert.Equal(8, pair.Second - pair.First)); // no edge is repeated
            lefts.Add(columns[0] / 8);
        }

        Assert.Equal((0, 22), (lefts.Min(), lefts.Max()));
    }

    [Fact]
    public void Over_a_photograph_a_camera_moves_inside_the_picture()
    {
        const int width = 80, height = 60, frames = 6, side = 8;
        using var folder = new PaintedPack();
        using (var writer = folder.Write())
        {
            byte[] slopes = [.. Enumerable.Range(0, width * height).SelectMany(i => new[] { (byte)(3 * (i % width)), (byte)(3 * (i / width)), (byte)0 })];
            PaintedPack.Add(writer, "photograph.jpg", PackSource.Photograph, width, height, slopes);
        }

        using var pack = Pack.Open(folder.Folder);
        var moved = 0;
        for (var seed = 0; seed < 100; seed++)
        {
            var clip = Read(pack, 0, new ClipPlan("clip", frames, [0.5], side) { Scale = (1, 2), Mirror = 0 }, seed);
            var windows = clip.Chunk(side * side * 3).Select(picture => WindowOf(picture, side)).ToList();
            Assert.All(windows, window => Assert.InRange(window.Side, 0.58 * height, 1.02 * height));
            moved += windows[0] == windows[^1] ? 0 : 1;

            // A line in place and size: the middle frame lies between the ends.
            var half = (windows[0].Left + windows[^1].Left) / 2;
            Assert.Equal(half, (windows[2].Left + windows[3].Left) / 2, 1.5);
        }

        Assert.True(moved > 95, $"{moved} of 100 moved");
    }

    [Fact]
    public void The_whole_picture_is_squeezed_into_a_square_wherever_a_window_would_lie()
    {
        using var folder = PaintedPack.Of(1, width: 32, height: 16);
        using var pack = Pack.Open(folder.Folder);
        var plan = new ClipPlan("clip", 2, [0.25], 16) { Whole = true };
        byte[] wanted = [.. Enumerable.Range(0, 16).Select(x => (byte)((16 * x) + 4))]; // two columns for a pixel
        for (var seed = 0; seed < 20; seed++)
        {
            var clip = Read(pack, 0, plan with { Scale = (1, 2), AnyPlace = true }, seed);
            Assert.All(clip.Chunk(3).Select(pixel => pixel[2]).Chunk(16), row => Assert.Equal(wanted, row));
            Assert.Equal(2, Times(clip, 2)[1] - Times(clip, 2)[0]);
        }

        Assert.Equal(wanted.Reverse(), Read(pack, 0, plan with { Mirror = 1 }, 1).Chunk(3).Take(16).Select(pixel => pixel[2]));
    }

    [Fact]
    public void Over_a_photograph_that_is_squeezed_the_window_has_the_shape_of_the_picture()
    {
        const int width = 80, height = 40, side = 8;
        using var folder = new PaintedPack();
        using (var writer = folder.Write())
        {
            byte[] slopes = [.. Enumerable.Range(0, width * height).SelectMany(i => new[] { (byte)(3 * (i % width)), (byte)(6 * (i / width)), (byte)0 })];
            PaintedPack.Add(writer, "photograph.jpg", PackSource.Photograph, width, height, slopes);
        }

        using var pack = Pack.Open(folder.Folder);
        for (var seed = 0; seed < 100; seed++)
        {
            // Twice as steep and half as high: both slopes look alike.
            var clip = Read(pack, 0, new ClipPlan("clip", 4, [0.5], side) { Whole = true }, seed);
            Assert.All(clip.Chunk(side * side * 3), picture => Assert.InRange(WindowOf(picture, side).Side, 0.58 * width, 1.02 * width));
        }
    }

    // Off the slopes; where an edge was repeated, the steps from pixel to pixel are not alike.
    private static (double Left, double Top, double Side) WindowOf(byte[] picture, int side)
    {
        var columns = Enumerable.Range(0, side).Select(x => (int)picture[x * 3]).ToArray();
        var rows = Enumerable.Range(0, side).Select(y => (int)picture[(y * side * 3) + 1]).ToArray();
        double across = (columns[^1] - columns[0]) / (side - 1.0), down = (rows[^1] - rows[0]) / (side - 1.0);
        Assert.All(columns.Zip(columns.Skip(1)), pair => Assert.Equal(across, pair.Second - pair.First, 2.0));
        Assert.All(rows.Zip(rows.Skip(1)), pair => Assert.Equal(down, pair.Second - pair.First, 2.0));
        Assert.Equal(across, down, 0.5);
        return (columns[0] / 3.0, rows[0] / 3.0, across * side / 3);
    }

    private static byte[] Read(Pack pack, int video, ClipPlan plan, int seed)
    {
        var clip = new byte[ClipReader.Bytes(plan)];
        new ClipReader().Read(pack, pack.Videos[video], plan, new SampleRandom(seed, 0, 0), new SampleRandom(seed, 0, 1), clip);
        return clip;
    }

    private static int[] Times(byte[] clip, int frames) => [.. clip.Chunk(clip.Length / frames).Select(picture => picture[1] / 4)];
}
