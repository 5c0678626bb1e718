using Sosia.Learning.Evaluation;
using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Learning.Evaluation.Datasets;

namespace Sosia.Learning.Tests;

/// <summary>Lists of data sets with classes.</summary>
public sealed class LabelledSetTests : IDisposable
{
    private readonly TextFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Ucf101CountsItsClassesFromOne()
    {
        folder.Write("classInd.txt", "1 ApplyEyeMakeup\r\n2 YoYo\r\n");
        folder.Write("trainlist02.txt", "YoYo/v_YoYo_g25_c05.avi 2\r\n\r\nApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi 1");
        folder.Write("testlist02.txt", "ApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01.avi\r\n");
        var set = Ucf101.Read(folder.Root, split: 2);
        Assert.Equal(["ApplyEyeMakeup", "YoYo"], set.Classes);
        Assert.Equal([new("YoYo/v_YoYo_g25_c05.avi", 1), new("ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi", 0)], set.Training);
        Assert.Equal([new LabelledVideo("ApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01.avi", 0)], set.Test);
        Assert.Equal(25, Ucf101.Group(set.Training[0].Name));
        Assert.Null(Ucf101.Group("video.avi"));
        Assert.Null(Ucf101.Group("video_g"));
    }

    [Fact]
    public void Ucf101RefusesWhatItDoesNotKnow()
    {
        folder.Write("classInd.txt", "1 A\n3 B\n");
        Assert.Equal(2, Assert.Throws<AnnotationException>(() => Ucf101.Read(folder.Root)).Line);
        folder.Write("classInd.txt", "1 A\n");
        folder.Write("trainlist01.txt", "A/x.avi 1\n");
        folder.Write("testlist01.txt", "B/x.avi\n");
        Assert.Contains("testlist01.txt, line 1", Assert.Throws<AnnotationException>(() => Ucf101.Read(folder.Root)).Message, StringComparison.Ordinal);
        folder.Write("trainlist01.txt", "A/x.avi 2\n");
        Assert.Throws<AnnotationException>(() => Ucf101.Read(folder.Root));
        Assert.Throws<AnnotationException>(() => Ucf101.ReadTraining(folder.Write("list", "A/x.avi\n")));
        Assert.Throws<AnnotationException>(() => Ucf101.Read(folder.Root, split: 3));
    }

    [Fact]
    public void Hmdb51HasOneFileAClass()
    {
        folder.Write("sit_test_split1.txt", "a b [c] #;.avi 1 \nd.avi 2\ne.avi 0\n");
        folder.Write("brush_hair_test_split1.txt", "f.avi 2\n");
        folder.Write("brush_hair_test_split2.txt", "f.avi 1\n");
        var set = Hmdb51.Read(folder.Root);
        Assert.Equal(["brush_hair", "sit"], set.Classes);
        Assert.Equal([new LabelledVideo("sit/a b [c] #;.avi", 1)], set.Training);
        Assert.Equal([new("brush_hair/f.avi", 0), new LabelledVideo("sit/d.avi", 1)], set.Test);
        Assert.Throws<AnnotationException>(() => Hmdb51.ReadClass(folder.Write("bad.txt", "a.avi 3\n")));
        Assert.Throws<AnnotationException>(() => Hmdb51.Read(folder.Root, split: 3));
    }

    [Fact]
    public void KineticsNamesMayHoldBlanks()
    {
        folder.Write("train.csv", "/data/riding a bike/x.mp4 2\n");
        folder.Write("val.csv", "y.mp4 0\n");
        var set = Kinetics.Read(folder.Root);
        Assert.Equal(["0", "1", "2"], set.Classes);
        Assert.Equal([new LabelledVideo("/data/riding a bike/x.mp4", 2)], set.Training);
        Assert.Throws<AnnotationException>(() => Kinetics.ReadList(folder.Write("bad.csv", "y.mp4 -1\n")));
    }

    [Fact]
    public void SomethingSomethingFindsTheClassByItsTemplate()
    {
        const string List = """[{"id": "7", "label": "holding a cup", "template": "Holding [something]", "placeholders": ["a cup"]}]""";
        folder.Write("something-something-v2-labels.json", """{"Pushing something": "1", "Holding something": "0"}""");
        folder.Write("something-something-v2-train.json", List);
        folder.Write("something-something-v2-validation.json", "[]");
        var set = SomethingSomething.Read(folder.Root);
        Assert.Equal(["Holding something", "Pushing something"], set.Classes);
        Assert.Equal([new LabelledVideo("7.webm", 0)], set.Training);
        Assert.Empty(set.Test);
        folder.Write("something-something-v2-validation.json", List.Replace("Holding [", "Eating [", StringComparison.Ordinal));
        Assert.Throws<AnnotationException>(() => SomethingSomething.Read(folder.Root));
        folder.Write("something-something-v2-labels.json", """{"Pushing something": "1"}""");
        Assert.Throws<AnnotationException>(() => SomethingSomething.Read(folder.Root));
    }

    [Fact]
    public void Diving48KnowsItsDives()
    {
        folder.Write("Diving48_vocab.json", """[["Back", "15som"], ["Reverse", "Dive"]]""");
        folder.Write("Diving48_V2_train.json", """[{"vid_name": "x_1", "label": 1, "start_frame": 0, "end_frame": 9}]""");
        folder.Write("Diving48_V2_test.json", """[{"vid_name": "x_2", "label": 0, "start_frame": 0, "end_frame": 9}]""");
        var set = Diving48.Read(folder.Root);
        Assert.Equal(["Back, 15som", "Reverse, Dive"], set.Classes);
        Assert.Equal([new LabelledVideo("x_1.mp4", 1)], set.Training);
        Assert.All((string[])["2", "-1", "0.5"], label =>
        {
            folder.Write("Diving48_V2_test.json", $$"""[{"vid_name": "x_2", "label": {{label}}}]""");
            Assert.Throws<AnnotationException>(() => Diving48.Read(folder.Root));
        });
    }

    [Fact]
    public void FoldersAreClasses()
    {
        folder.Write("train/b/2.mp4", "");
        folder.Write("train/b/1.mp4", "");
        folder.Write("train/a/3.mp4", "");
        folder.Write("train/.git/4.mp4", "");
        folder.Write("val/b/5.mp4", "");
        var set = ClassFolders.Read(folder.Root);
        Assert.Equal(["a", "b"], set.Classes);
        Assert.Equal([new("train/a/3.mp4", 0), new("train/b/1.mp4", 1), new LabelledVideo("train/b/2.mp4", 1)], set.Training);
        Assert.Equal([new LabelledVideo("val/b/5.mp4", 1)], set.Test);
        folder.Write("val/c/6.mp4", "");
        Assert.Throws<AnnotationException>(() => ClassFolders.Read(folder.Root));
        Assert.Throws<AnnotationException>(() => ClassFolders.Read(Path.Combine(folder.Root, "nowhere")));
        Directory.Delete(Path.Combine(folder.Root, "train"), recursive: true);
        Assert.Throws<AnnotationException>(() => ClassFolders.Read(folder.Root));
    }

    [Fact]
    public void TestVideosAreDrawnClassByClassWhereNoFolderSaysWhich()
    {
        folder.Write("empty/.hidden", "");
        folder.Write("one/1.mp4", "");
        folder.Write("two/1.mp4", "");
        folder.Write("two/2.mp4", "");
        for (var i = 0; i < 10; i++)
        {
            folder.Write($"ten/{i}.mp4", "");
        }

        var set = ClassFolders.Read(folder.Root, 3);
        Assert.Equal(["empty", "one", "ten", "two"], set.Classes);
        Assert.Equal((1, 0), Counts(1));
        Assert.Equal((7, 3), Counts(2));
        Assert.Equal((1, 1), Counts(3));
        Assert.Equal(13, set.Training.Concat(set.Test).Select(video => video.Name).Distinct().Count());
        var again = ClassFolders.Read(folder.Root, 3);
        Assert.Equal((set.Training, set.Test), (again.Training, again.Test), (a, b) => a.Item1.SequenceEqual(b.Item1) && a.Item2.SequenceEqual(b.Item2));
        Assert.Contains(Enumerable.Range(4, 5), seed => !ClassFolders.Read(folder.Root, seed).Test.SequenceEqual(set.Test));

        (int Training, int Test) Counts(int label) => (set.Training.Count(video => video.Label == label), set.Test.Count(video => video.Label == label));
    }

    [Fact]
    public void MissingVideosAreNamed()
    {
        folder.Write("a/1.avi", "");
        var located = LocatedVideos.Of([new("a/2.avi", 3), new("a/1.avi", 0)], folder.Root);
        Assert.Equal([new LabelledVideo(Path.Combine(folder.Root, "a/1.avi"), 0)], located.Found);
        Assert.Equal([new LabelledVideo("a/2.avi", 3)], located.Missing);
    }

    [Fact]
    public void ALowShotListHasSomeOfEachClass()
    {
        LabelledVideo[] videos = [.. Enumerable.Range(0, 101).Select(i => new LabelledVideo($"{i}", i == 100 ? 9 : i % 2))];
        var tenth = LowShot.Draw(videos, 0.1, seed: 1);
        Assert.Equal([(0, 5), (1, 5), (9, 1)], tenth.GroupBy(video => video.Label).Select(one => (one.Key, one.Count())).Order());
        Assert.Equal(tenth.OrderBy(video => int.Parse(video.Name)), tenth);
        Assert.Equal(tenth, LowShot.Draw(videos, 0.1, seed: 1));
        Assert.NotEqual(tenth, LowShot.Draw(videos, 0.1, seed: 2));
        Assert.Equal(videos, LowShot.Draw(videos, 1, seed: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LowShot.Draw(videos, 0, seed: 1));
    }

    [Fact]
    public void HeldOutVideosAreNotTrainedOn()
    {
        LabelledVideo[] videos = [.. Enumerable.Range(0, 900).Select(i => new LabelledVideo($"{i}", 0))];
        var (training, validation) = FineTuningSettings.Ucf101.Split(videos, seed: 1);
        Assert.Equal((100, 800), (training.Count, validation.Count));
        Assert.Equal(videos, training.Concat(validation).OrderBy(video => int.Parse(video.Name)));
        Assert.Throws<ArgumentException>(() => FineTuningSettings.Ucf101.Split(videos[..800], seed: 1));
    }
}
