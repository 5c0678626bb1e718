using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Video.Packs;

namespace Sosia.Learning.Tests;

public sealed class LoaderTests
{
    private static readonly ViewPlan Plan = new(
        new ClipPlan("clip", 3, [0.25, 0.5], 8) { Scale = (1, 1.5), AnyPlace = true, Mirror = 0.5 }, new ClipPlan("other", 1, [0.25], 4));

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Batches_do_not_depend_on_how_many_threads_read(int workers)
    {
        using var pack = PaintedPack.Of(7);
        var expected = Batches(pack, 12);
        Assert.Equal(12, expected.Distinct().Count());
        Assert.Equal(expected, Batches(pack, 12, workers: workers));
    }

    [Fact]
    public void A_restart_reads_on_from_its_step()
    {
        using var pack = PaintedPack.Of(3);
        using var data = Dataset.Open([pack.Folder], 0);
        using var loader = new Loader(data.Training, Plan, 2, 3, new DataOptions(), World.Single);
        using var scope = TensorScope.Enter();
        long[][] videos = [.. Enumerable.Range(0, 4).Select(_ => loader.Next(Device.Cpu).Videos.ToArray())];
        loader.Restart(1);
        Assert.Equal(videos[1..], Enumerable.Range(0, 3).Select(_ => loader.Next(Device.Cpu).Videos.ToArray()));
    }

    [Fact]
    public void Choices_decide_frames_window_and_video()
    {
        using var pack = PaintedPack.Of(3);
        using var data = Dataset.Open([pack.Folder], 0);
        var plan = new ViewPlan(
            new ClipPlan("first", 3, [0.25], 8) { Times = (length, _, sample) => [sample.For(1).Below(length), length, -1], Crop = (_, _, _) => new Window(0, 0, 4, 6) },
            new ClipPlan("second", 1, [0.25], 8) { Times = (length, _, sample) => [sample.For(1).Below(length)] },
            new ClipPlan("other", 1, [0.25], 8) { From = (video, _) => (video + 1) % 3 });
        using var loader = new Loader(data.Training, plan, 3, 3, new DataOptions(), World.Single);
        using var scope = TensorScope.Enter();
        var batch = loader.Next(Device.Cpu);
        var (first, second, other) = (batch.Origins("first"), batch.Origins("second"), batch.Origins("other"));
        for (var row = 0; row < 3; row++)
        {
            Assert.Equal(first.Frames[3 * row], second.Frames[row]); // both drew from what a sample's clips share
            Assert.Equal((first.Lengths[row], -1L), (first.Frames[(3 * row) + 1], first.Frames[(3 * row) + 2]));
            Assert.Equal((batch.Videos[row] + 1) % 3, other.Videos[row]);
        }
    }

    [Fact]
    public void Batches_do_depend_on_the_seed()
    {
        using var pack = PaintedPack.Of(7);
        Assert.NotEqual(Batches(pack, 3), Batches(pack, 3, seed: 2));
    }

    [Fact]
    public void The_parts_of_two_processes_are_the_batch_of_one()
    {
        using var pack = PaintedPack.Of(7);
        var parts = new[] { 0, 1 }.Select(rank => Batches(pack, 8, world: (rank, 2))).ToArray();
        Assert.Equal(Batches(pack, 8).SelectMany(batch => batch.Split('|')), parts[0].Zip(parts[1], (a, b) => $"{a}|{b}").SelectMany(batch => batch.Split('|')));
    }

    [Fact]
    public void A_batch_that_two_processes_cannot_share_is_an_error()
    {
        using var pack = PaintedPack.Of(3);
        var error = Assert.Throws<RecipeException>(() => Batches(pack, 1, batch: 3, world: (0, 2)));
        Assert.Contains("batch of 3", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(8, 3)]
    public void Beginning_later_gives_what_would_have_come(int first, int workers)
    {
        using var pack = PaintedPack.Of(9);
        Assert.Equal(Batches(pack, 12).Skip(first), Batches(pack, 12 - first, workers: workers, first: first));
    }

    [Fact]
    public void An_epoch_has_every_video_once_in_an_order_of_its_own()
    {
        using var pack = PaintedPack.Of(8);
        var epochs = Labels(pack, 6).Chunk(8).ToList();
        Assert.All(epochs, epoch => Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], epoch.Order()));
        Assert.Equal(3, epochs.Select(epoch => string.Join(' ', epoch)).Distinct().Count());
    }

    [Fact]
    public void What_fills_no_batch_is_left_to_other_epochs()
    {
        using var pack = PaintedPack.Of(7);
        var epochs = Labels(pack, 40).Chunk(4).ToList(); // 4 of 7
        Assert.All(epochs, epoch => Assert.Equal(4, epoch.Distinct().Count()));
        Assert.Equal(7, epochs.SelectMany(epoch => epoch).Distinct().Count());
    }

    [Fact]
    public void Too_few_videos_for_a_batch_are_taken_more_than_once()
    {
        using var pack = PaintedPack.Of(3);
        var labels = Labels(pack, 2, batch: 8).Chunk(8).ToList();
        Assert.All(labels, batch => Assert.Equal([2, 3, 3], batch.CountBy(label => label).Select(count => count.Value).Order()));
    }

    [Fact]
    public void Labels_tell_the_video_that_the_clips_are_of()
    {
        using var pack = PaintedPack.Of(7);
        using var data = pack.Open();
        using var loader = new Loader(data.Training, Plan, 4, 1, new DataOptions(), World.Single);
        for (var step = 0; step < 5; step++)
        {
            using var scope = TensorScope.Enter();
            var batch = loader.Next(Device.Cpu);
            foreach (var name in new[] { "clip", "other" })
            {
                var reds = batch[name].Select(1, 0).Flatten(1).Mean([1]).ToArray<float>();
                Assert.Equal(batch.Videos, reds.Select(red => (long)Math.Round(red * 255 / 16)));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void In_place_of_a_broken_video_comes_another(int workers)
    {
        using var pack = PaintedPack.Of(6);
        pack.Damage(2);
        pack.Damage(4);
        using var data = pack.Open();
        using var loader = new Loader(data.Training, Plan, 3, 1, new DataOptions(Workers: workers), World.Single);
        for (var step = 0; step < 10; step++)
        {
            using var scope = TensorScope.Enter();
            Assert.All(loader.Next(Device.Cpu).Videos, video => Assert.True(video is not 2 and not 4));
        }

        Assert.Equal([PaintedPack.Name(2), PaintedPack.Name(4)], loader.Broken.Keys.Order(StringComparer.Ordinal));
        Assert.All(loader.Broken, one => Assert.Contains($"of {one.Key}", one.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void What_comes_in_its_place_does_not_depend_on_the_threads()
    {
        using var pack = PaintedPack.Of(6);
        pack.Damage(3);
        Assert.Equal(Batches(pack, 9), Batches(pack, 9, workers: 3));
    }

    [Fact]
    public void A_broken_video_stops_the_training_where_the_recipe_says_so()
    {
        using var pack = PaintedPack.Of(4);
        pack.Damage(1);
        using var data = pack.Open();
        using var loader = new Loader(data.Training, Plan, 4, 1, new DataOptions(OnBroken: OnFault.Stop), World.Single);
        var error = Assert.Throws<PackException>(() => loader.Next(Device.Cpu));
        Assert.Contains(PaintedPack.Name(1), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_every_video_is_broken_it_is_an_error_and_no_loop()
    {
        using var pack = PaintedPack.Of(2);
        pack.Damage(0);
        pack.Damage(1);
        Assert.Throws<PackException>(() => Batches(pack, 1));
    }

    [Fact]
    public void A_stopped_wait_loses_no_batch()
    {
        using var pack = PaintedPack.Of(7);
        using var data = pack.Open();
        using var loader = new Loader(data.Training, Plan, 4, 1, new DataOptions(Workers: 3), World.Single);
        Assert.ThrowsAny<OperationCanceledException>(() => loader.Next(Device.Cpu, new CancellationToken(canceled: true)));
        Assert.Equal(Batches(pack, 2), [Text(loader), Text(loader)]);
    }

    [Fact]
    public void Its_threads_end_with_it()
    {
        using var pack = PaintedPack.Of(7);
        using var data = pack.Open();
        var loader = new Loader(data.Training, Plan, 4, 1, new DataOptions(Workers: 4), World.Single);
        Text(loader);
        Assert.True(loader.IsReading);
        loader.Dispose();
        Assert.False(loader.IsReading);
    }

    [Fact]
    public void Its_buffers_are_used_again_and_again()
    {
        const int steps = 60;
        var plan = new ViewPlan(new ClipPlan("clip", 4, [0.25], 64));
        using var pack = PaintedPack.Of(4);
        using var data = pack.Open();
        using var loader = new Loader(data.Training, plan, 4, 1, new DataOptions(Workers: 2), World.Single);
        Take(10);
        var live = LiveTensors.Settled();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Take(steps);
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / steps;
        Assert.True(each < 4 * ClipReader.Bytes(plan.Clips[0]) / 4, $"{each} bytes a batch");
        Assert.Equal(live, Tensor.Live);

        void Take(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var scope = TensorScope.Enter();
                loader.Next(Device.Cpu);
            }
        }
    }

    private static List<string> Batches(PaintedPack pack, int count, int workers = 1, (int Rank, int Size)? world = null, int first = 0, int batch = 4, int seed = 1)
    {
        using var data = pack.Open();
        using var loader = new Loader(data.Training, Plan, batch, seed, new DataOptions(Workers: workers), world ?? (0, 1), first);
        return [.. Enumerable.Range(0, count).Select(_ => Text(loader))];
    }

    private static List<long> Labels(PaintedPack pack, int count, int batch = 4)
    {
        using var data = pack.Open();
        using var loader = new Loader(data.Training, Plan, batch, 1, new DataOptions(), World.Single);
        using var scope = TensorScope.Enter();
        return [.. Enumerable.Range(0, count).SelectMany(_ => loader.Next(Device.Cpu).Videos)];
    }

    // Everything that the next batch holds, row by row.
    private static string Text(Loader loader)
    {
        using var scope = TensorScope.Enter();
        var batch = loader.Next(Device.Cpu);
        return string.Join('|', Enumerable.Range(0, batch.Count).Select(row =>
            $"{batch.Videos[row]} {batch.Randoms[row].NextBits():x} {Bytes(batch["clip"].Select(0, row))} {Bytes(batch["other"].Select(0, row))}"));
    }

    private static string Bytes(Tensor clip) => Convert.ToHexString([.. clip.Contiguous().ToArray<float>().Select(value => (byte)Math.Round(value * 255))]);
}
