using Sosia.Learning.Training;
using Sosia.Video.Packs;

namespace Sosia.Learning.Tests;

public sealed class DatasetTests
{
    [Fact]
    public void Whether_a_video_is_held_out_depends_on_its_name_alone()
    {
        using var few = PaintedPack.Of(8, frames: 1);
        using var many = PaintedPack.Of(30, frames: 2);
        using var dataOfFew = Dataset.Open([few.Folder], 0.3);
        using var dataOfMany = Dataset.Open([many.Folder], 0.3);
        Assert.Equal(Names(dataOfFew.HeldOut), Names(dataOfMany.HeldOut).Where(Names([.. dataOfFew.HeldOut, .. dataOfFew.Training]).Contains));
        Assert.NotEmpty(dataOfFew.HeldOut);
        Assert.Equal(30, dataOfMany.HeldOut.Count + dataOfMany.Training.Count);
        Assert.Empty(Names(dataOfMany.HeldOut).Intersect(Names(dataOfMany.Training)));
    }

    [Fact]
    public void More_is_held_out_without_letting_any_back()
    {
        using var pack = PaintedPack.Of(30, frames: 1);
        using var less = Dataset.Open([pack.Folder], 0.2);
        using var more = Dataset.Open([pack.Folder], 0.5);
        Assert.Subset(Names(more.HeldOut).ToHashSet(), Names(less.HeldOut).ToHashSet());
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void The_share_is_about_what_was_asked(double holdout)
    {
        const int count = 2000;
        foreach (var form in new Func<int, string>[] { i => $"{i}.mp4", i => $"videos/clip_{i:00000}.webm", i => $"scene-{i * 7919}" })
        {
            var share = Enumerable.Range(0, count).Count(i => Dataset.Chance(form(i)) < holdout) / (double)count;
            var deviation = Math.Sqrt(holdout * (1 - holdout) / count);
            Assert.InRange(share, holdout - (4 * deviation), holdout + (4 * deviation));
        }
    }

    [Fact]
    public void A_name_has_the_same_chance_for_ever() => Assert.Equal(0.7445647, Dataset.Chance("video00.mp4"), 1e-7); // or runs could not go on

    [Fact]
    public void Several_packs_are_one_data_set_with_a_number_for_each_video()
    {
        using var a = PaintedPack.Of(5, frames: 1);
        using var b = PaintedPack.Of(4, frames: 2);
        using var data = Dataset.Open([a.Folder, b.Folder], 0.3);
        var all = data.Training.Concat(data.HeldOut).OrderBy(one => one.Number).ToList();
        Assert.Equal(Enumerable.Range(0, 9), all.Select(one => one.Number));
        Assert.Equal([1, 1, 1, 1, 1, 2, 2, 2, 2], all.Select(one => one.Video.Frames));
        all.ForEach(one => one.Pack.ReadFrame(one.Video, 0, new byte[20 * 16 * 3]));
    }

    [Theory]
    [InlineData(null, 1, 1, 1)]
    [InlineData(1.0, 1, 4, 2)]
    [InlineData(2.0, 1, 2, 1)]
    [InlineData(0.75, 1, 5, 2)] // to the nearest
    [InlineData(100.0, 1, 1, 1)]
    public void A_long_video_counts_as_often_as_it_holds_the_stretch_and_a_photograph_once(double? stretch, int photograph, int longer, int shorter)
    {
        using var folder = new PaintedPack();
        using (var writer = folder.Write())
        {
            Add(writer, "photograph.jpg", PackSource.Photograph, 1);
            Add(writer, "longer.mp4", PackSource.Video, 4 * (int)PaintedPack.Rate);
            Add(writer, "shorter.mp4", PackSource.Video, (int)(1.5 * PaintedPack.Rate));
        }

        using var data = Dataset.Open([folder.Folder], 0, stretch);

        Assert.Equal(
            [("longer.mp4", 0, longer), ("photograph.jpg", 1, photograph), ("shorter.mp4", 2, shorter)],
            data.Training.GroupBy(one => one.Number).Select(same => (same.First().Video.Name, same.Key, same.Count())));

        static void Add(PackWriter writer, string name, PackSource source, int frames) =>
            PaintedPack.Add(writer, name, source, 20, 16, [.. Enumerable.Range(0, frames).Select(frame => PaintedPack.Paint(0, frame, 20, 16))]);
    }

    [Fact]
    public void What_is_held_out_stands_in_the_list_once_however_long_it_is()
    {
        using var pack = PaintedPack.Of(20, frames: 24);
        using var once = Dataset.Open([pack.Folder], 0.3);
        using var often = Dataset.Open([pack.Folder], 0.3, stretch: 1);
        Assert.Equal(Names(once.HeldOut), Names(often.HeldOut));
        Assert.Equal(3 * once.Training.Count, often.Training.Count);
        Assert.Equal(Names(once.Training), Names(often.Training).Distinct());
    }

    [Fact]
    public void Nothing_to_train_on_is_an_error_that_says_why()
    {
        using var pack = PaintedPack.Of(2, frames: 1);
        var error = Assert.Throws<RecipeException>(() => Dataset.Open([pack.Folder], 1));
        Assert.Contains("hold 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("data.holdout", error.Message, StringComparison.Ordinal);
        using var empty = new PaintedPack();
        empty.Write().Dispose();
        Assert.Contains("hold 0", Assert.Throws<RecipeException>(() => Dataset.Open([empty.Folder], 0)).Message, StringComparison.Ordinal);
        Assert.Throws<PackException>(() => Dataset.Open([pack.At("nowhere")], 0));
    }

    private static List<string> Names(IEnumerable<TrainingVideo> videos) => [.. videos.Select(one => one.Video.Name)];
}
