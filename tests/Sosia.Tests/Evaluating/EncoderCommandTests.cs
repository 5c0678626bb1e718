using System.Text.Json;
using Sosia.Evaluating;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Training;
using Sosia.Matching;
using Sosia.Tests.Commands;
using Sosia.Tests.House;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;
using Xunit;

namespace Sosia.Tests.Evaluating;

/// <summary>`sosia evaluate RUN` as a shell starts it.</summary>
[Collection("videos")]
public sealed class EncoderCommandTests : IDisposable
{
    private readonly TestVideos videos;
    private readonly Shelf shelf = new();

    public EncoderCommandTests(TestVideos videos)
    {
        this.videos = videos;
        EncoderRuns.Make(shelf.At("runs/moco"), "moco");
        for (var i = 0; i < 4; i++)
        {
            Link($"data/bright/{i}.mp4", videos.White);
            Link($"data/dark/{i}.mp4", videos.Black);
        }
    }

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void EveryTaskOfAFolderOfClassesAndNothingIsDecodedTwice()
    {
        string[] command = ["--tasks", "knn,linear,retrieval,clusters", "--clips", "2", "--json", "--csv", "out.csv", "--clusters", "clusters.csv"];
        var first = Evaluated(command);
        Assert.Equal(["schema", "set", "encoder", "videos", "embedded", "figures", "missing_rule", "missing", "clusters", "notes"], first.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("sosia.encoder-evaluation/1", "classes of data", "moco", 8, 2), (Text(first, "schema"), Text(first, "set"), Text(first, "encoder"), Number(first, "videos"), Number(first, "embedded"))); // links are one file
        Assert.Equal((1, 2), (Figure(first, "R@1"), Count(first, "R@1")));
        Assert.Equal((1, 2), (Figure(first, "k-NN top-1, k = 10"), Count(first, "k-NN top-1, k = 10")));
        Assert.Equal((2, 1, 1), (Figure(first, "FINCH 1 clusters"), Figure(first, "FINCH 1 NMI"), Figure(first, "k-means purity")));
        Assert.InRange(Figure(first, "linear mean class accuracy"), 0, 1);
        var clusters = first.GetProperty("clusters").EnumerateArray().ToList();
        Assert.Equal(8, clusters.Count);
        Assert.Single(clusters.Where(video => Text(video, "class") == "dark").Select(video => video.GetProperty("k_means").GetInt32()).Distinct());
        var rows = File.ReadAllLines(shelf.At("clusters.csv"));
        Assert.Equal((9, "video,class,finch_1,k_means"), (rows.Length, rows[0]));
        Assert.Contains("figure,\"R@1\",1,2,\"test videos\"", File.ReadAllText(shelf.At("out.csv")), StringComparison.Ordinal);

        var second = Evaluated(command);
        Assert.Equal(0, Number(second, "embedded"));
        Assert.Equal(first.GetProperty("figures").GetRawText(), second.GetProperty("figures").GetRawText());
        Assert.Equal(2, Number(Evaluated("--clips", "1", "--json"), "embedded")); // of other clips
        Assert.Equal(2, Number(Evaluated("--clips", "2", "--json", "--untrained"), "embedded")); // by other weights
    }

    [Fact]
    public void FineTuningTellsWhatIsSeenAndKeepsNothing()
    {
        var report = Evaluated("--tasks", "fine-tune", "--epochs", "2", "--clips", "2", "--json");
        Assert.Equal(["fine-tuned top-1", "fine-tuned top-5", "fine-tuned mean class accuracy"], report.GetProperty("figures").EnumerateArray().Select(row => Text(row, "name")));
        Assert.Equal((1, 2), (Figure(report, "fine-tuned top-5"), Count(report, "fine-tuned top-5"))); // of two classes
        Assert.InRange(Figure(report, "fine-tuned top-1"), 0, 1);
    }

    [Fact]
    public void WhatCannotBeReadIsNamedAndCountsAsWrong()
    {
        Directory.CreateDirectory(shelf.At("data/nothing"));
        Link("data/lone/1.mp4", videos.Short(1));
        for (var i = 4; i < 7; i++)
        {
            shelf.Write($"data/dark/{i}.mp4", "no video"); // some are drawn for the test
        }

        var answer = Shell.Run(shelf.Folder, Command("--clips", "1", "--tasks", "retrieval"));
        Assert.True(answer.Code == 1, answer.ToString());
        Assert.Contains("missing: 3 of 12 videos", answer.Out, StringComparison.Ordinal);
        Assert.Contains("test videos: test videos count as wrong, training videos are left out", answer.Out, StringComparison.Ordinal);
        Assert.Contains("note: classes without any video: nothing", answer.Out, StringComparison.Ordinal);
        Assert.Contains("note: classes without a test video, which no figure is of: lone", answer.Out, StringComparison.Ordinal);
        Assert.Contains("70% of each class's videos are drawn, by --seed 0", answer.Out.Replace(" %", "%", StringComparison.Ordinal), StringComparison.Ordinal);
        var (counted, left) = (Json("--seed", "1"), Json("--seed", "1", "--missing", "leave-out"));
        var lost = counted.GetProperty("missing").EnumerateArray().Count(video => video.GetProperty("test").GetBoolean());
        Assert.Equal(Count(counted, "R@1"), Count(left, "R@1") + lost);

        JsonElement Json(params string[] more)
        {
            var report = Shell.Run(shelf.Folder, Command(["--clips", "1", "--tasks", "retrieval", "--json", .. more]));
            Assert.True(report.Code == 1, report.ToString());
            return report.Json;
        }
    }

    [Fact]
    public void AKeptModelGivesTheFiguresOfItsRun()
    {
        var model = RunModels.Keep(shelf.At("runs/moco"));
        var answer = Shell.Run(shelf.Folder, "evaluate", model, "--data", "data", "--clips", "1", "--tasks", "retrieval", "--json");
        Assert.True(answer.Code == 0, answer.ToString());
        Assert.Equal(model, Text(answer.Json, "encoder"));
        Assert.Equal(Evaluated("--clips", "1", "--tasks", "retrieval", "--json").GetProperty("figures").GetRawText(), answer.Json.GetProperty("figures").GetRawText());
        using var trained = EvaluatedEncoder.Open(shelf.At("runs/moco"));
        using var untrained = EvaluatedEncoder.Open(shelf.At("runs/moco"), untrained: true);
        Assert.NotEqual(trained.Fingerprint, untrained.Fingerprint);
        Assert.NotEqual(trained.Encoder.Parameters().First().ToArray<float>(), untrained.Encoder.Parameters().First().ToArray<float>());
        Assert.Equal(new ClipSampling(8, 8, 32), trained.Sampling);
    }

    [Fact]
    public void TheBackgroundOfATrainingBecomesTheThresholdsOfItsModel()
    {
        EncoderRuns.Make(shelf.At("runs/known"), "moco");
        var before = Embedders.Named(shelf.At("runs/known")); // a background that is measured later makes another model
        using (var scope = TensorScope.Enter())
        {
            var width = EvaluatedEncoder.Open(shelf.At("runs/known")).Encoder.Width;
            var rows = Tensor.Randn([2 * width, width], new Generator(1));
            using var background = Background.Of(rows, rows, [.. Enumerable.Range(0, 2 * width).Select(i => (long)i)])!;
            Safetensors.Write(Run.Open(shelf.At("runs/known")).BackgroundPath, background.ToStored());
        }

        var (known, unknown) = (Embedders.Named(shelf.At("runs/known")), Embedders.Named(shelf.At("runs/moco")));
        Assert.EndsWith("thresholds by its held-out videos", known.Description, StringComparison.Ordinal);
        Assert.NotEqual(before.Model, known.Model);
        Assert.NotEqual(before.Identity.Fingerprint, known.Identity.Fingerprint);
        Assert.EndsWith("thresholds not measured", unknown.Description, StringComparison.Ordinal);
        Assert.InRange(known.Matching.LeastSimilarity, 0.01, 0.95);
        Assert.Equal(MatchingOptions.ThreeDCsl, unknown.Matching);

        var answer = Shell.Run(shelf.Folder, "add", "data", "--model", "runs/known", "--library", "trained");
        Assert.True(answer.Code == 0, answer.ToString());
        using var evaluated = EvaluatedEncoder.Open(known.Model);
        Assert.Equal(EvaluatedEncoder.Open(shelf.At("runs/known")).Encoder.Parameters().First().ToArray<float>(), evaluated.Encoder.Parameters().First().ToArray<float>());
    }

    [Fact]
    public void AnyFolderOfVideosIsClustered()
    {
        Link("flat/a.mp4", videos.White);
        Link("flat/b.mp4", videos.Black);
        Link("flat/c.mp4", videos.Short(1));
        string[] command = ["evaluate", "runs/moco", "--data", "flat", "--clips", "1"];
        var answer = Shell.Run(shelf.Folder, [.. command, "--tasks", "clusters", "--json"]);
        Assert.True(answer.Code == 0, answer.ToString());
        Assert.Equal("videos of flat", Text(answer.Json, "set"));
        Assert.DoesNotContain(answer.Json.GetProperty("figures").EnumerateArray(), row => Text(row, "name").Contains("NMI", StringComparison.Ordinal));
        Assert.All(answer.Json.GetProperty("clusters").EnumerateArray(), video => Assert.Equal(JsonValueKind.Null, video.GetProperty("class").ValueKind));
        Assert.Contains("--data flat holds no class: it is laid out CLASS/VIDEO", Said(command), StringComparison.Ordinal);
        Assert.Contains("--split chooses among the lists of a --dataset", Said([.. command, "--split", "2"]), StringComparison.Ordinal);
    }

    [Fact]
    public void PublishedListsAreReadAndWhatTheyNameIsLookedFor()
    {
        shelf.Write("lists/bright_test_split2.txt", "0.mp4 1\n1.mp4 2\n");
        shelf.Write("lists/dark_test_split2.txt", "0.mp4 1\n1.mp4 2\ngone.mp4 2\n2.mp4 0\n");
        string[] command = ["evaluate", "runs/moco", "--dataset", "hmdb51", "--annotations", "lists", "--videos", "data", "--clips", "1", "--tasks", "retrieval"];
        var answer = Shell.Run(shelf.Folder, [.. command, "--split", "2", "--json"]);
        Assert.True(answer.Code == 0, answer.ToString());
        Assert.Equal(("hmdb51 split 2", 5, 3), (Text(answer.Json, "set"), Number(answer.Json, "videos"), Count(answer.Json, "R@1")));
        Assert.Equal("dark/gone.mp4", Text(answer.Json.GetProperty("missing")[0], "id"));
        Assert.Equal(Math.Round(2.0 / 3, 6), Figure(answer.Json, "R@1"));
        Assert.Contains("no *_test_split1.txt in it", Said(command), StringComparison.Ordinal);
        Assert.Contains("--split test: hmdb51 has the splits 1 to 3", Said([.. command, "--split", "test"]), StringComparison.Ordinal);
    }

    [Fact]
    public void EverySplitAndTheMeanOfThree()
    {
        shelf.Write("lists/bright_test_split1.txt", "0.mp4 1\n1.mp4 2\n");
        shelf.Write("lists/dark_test_split1.txt", "0.mp4 1\n1.mp4 2\ngone.mp4 2\n");
        shelf.Write("lists/bright_test_split2.txt", "0.mp4 2\n1.mp4 1\n");
        shelf.Write("lists/dark_test_split2.txt", "0.mp4 2\n1.mp4 1\ngone.mp4 1\n");
        shelf.Write("lists/bright_test_split3.txt", "0.mp4 1\n2.mp4 2\n");
        shelf.Write("lists/dark_test_split3.txt", "0.mp4 1\n2.mp4 2\n");
        string[] command = ["evaluate", "runs/moco", "--dataset", "hmdb51", "--annotations", "lists", "--videos", "data", "--clips", "2", "--threads", "1"];

        var answer = Shell.Run(shelf.Folder, [.. command, "--split", "all", "--json"]);

        Assert.True(answer.Code == 0, answer.ToString());
        Assert.Equal(("hmdb51 splits 1 to 3", 7, 2), (Text(answer.Json, "set"), Number(answer.Json, "videos"), Number(answer.Json, "embedded")));
        Assert.True(Assert.Single(answer.Json.GetProperty("missing").EnumerateArray()).GetProperty("test").GetBoolean());
        Assert.Equal(Math.Round(2.0 / 3, 6), Figure(answer.Json, "split 1: R@1"));
        Assert.Equal((1, 2), (Figure(answer.Json, "split 2: R@1"), Count(answer.Json, "split 2: R@1")));
        Assert.Equal((Math.Round(8.0 / 9, 6), 7), (Figure(answer.Json, "mean of 3 splits: R@1"), Count(answer.Json, "mean of 3 splits: R@1")));
        var third = Shell.Run(shelf.Folder, [.. command, "--split", "3", "--json"]).Json;
        Assert.Equal(0, Number(third, "embedded"));
        Assert.All(third.GetProperty("figures").EnumerateArray(), row => Assert.Equal(row.GetProperty("value").GetDouble(), Figure(answer.Json, $"split 3: {Text(row, "name")}")));
        Assert.Contains("  mean of 3 splits: R@1 ", Shell.Run(shelf.Folder, [.. command, "--split", "all"]).Out, StringComparison.Ordinal);
        Assert.Contains("clusters has no mean over splits", Said([.. command, "--split", "all", "--tasks", "clusters"]), StringComparison.Ordinal);
        Assert.Contains("--split all is for ucf101 and hmdb51", Said("evaluate", "vcsl", "--annotations", "lists", "--videos", "data", "--split", "all"), StringComparison.Ordinal);
    }

    [Fact]
    public void AllOfOneSplitIsThatSplit()
    {
        shelf.Write("lists/train.csv", "bright/0.mp4 0\ndark/0.mp4 1\n");
        shelf.Write("lists/val.csv", "bright/1.mp4 0\ndark/1.mp4 1\n");
        var answer = Shell.Run(
            shelf.Folder, "evaluate", "runs/moco", "--dataset", "kinetics", "--annotations", "lists", "--videos", "data", "--clips", "1", "--tasks", "retrieval", "--split", "all", "--json");
        Assert.True(answer.Code == 0, answer.ToString());
        Assert.Equal(("kinetics", 1), (Text(answer.Json, "set"), Figure(answer.Json, "R@1")));
    }

    [Fact]
    public void PhasesOfFramesAreTold()
    {
        EncoderRuns.Make(shelf.At("runs/carl"), "carl");
        string[] names = ["a", "b", "c", "d"];
        foreach (var (i, name) in names.Index())
        {
            Link($"steps/{name}.mp4", videos.Short(i));
        }

        var lines = names.SelectMany(name => Enumerable.Range(0, 14).Select(frame => $"{name}.mp4,{frame},{frame / 5},{(name is "a" or "b" ? "train" : "val")}"));
        shelf.Write("phases.csv", $"video,frame,phase,split\n{string.Join('\n', lines)}\ngone.mp4,0,1,val\n");
        string[] command = ["evaluate", "runs/carl", "--frames", "phases.csv", "--videos", "steps", "--rate", "8", "--json"];
        var first = Shell.Run(shelf.Folder, command);
        Assert.True(first.Code == 0, first.ToString());
        Assert.Equal(("phases", 5, 4), (Text(first.Json, "set"), Number(first.Json, "videos"), Number(first.Json, "embedded")));
        Assert.Equal(
            ["phase classification, 10 %", "phase classification, 50 %", "phase classification, 100 %", "phase progression, R2", "Kendall's tau", "AP@5", "AP@10", "AP@15"],
            first.Json.GetProperty("figures").EnumerateArray().Select(row => Text(row, "name")));
        Assert.Equal((29, 2, 3), (Count(first.Json, "phase classification, 100 %"), Count(first.Json, "Kendall's tau"), Count(first.Json, "AP@5")));
        Assert.InRange(Figure(first.Json, "Kendall's tau"), 0.5, 1); // by the position codes alone
        Assert.InRange(Figure(first.Json, "AP@5"), 0.01, 2.0 / 3); // the missing video has none
        var second = Shell.Run(shelf.Folder, [.. command, "--missing", "leave-out"]);
        Assert.Equal((0, 28, 2), (Number(second.Json, "embedded"), Count(second.Json, "phase classification, 100 %"), Count(second.Json, "AP@5")));
        Assert.Equal(Figure(first.Json, "AP@5") * 1.5, Figure(second.Json, "AP@5"), 1e-5);
        Assert.Contains("moco gives no vector of each frame, as CARL does", Said("evaluate", "runs/moco", "--frames", "phases.csv", "--videos", "steps"), StringComparison.Ordinal);
    }

    [Fact]
    public void WrongUsageIsSaidInALine()
    {
        Assert.Contains("there is no protocol runs/none: choose one of fivr-5k", Said("evaluate", "runs/none", "--data", "data"), StringComparison.Ordinal);
        Assert.Contains("say on which videos: --data FOLDER", Said("evaluate", "runs/moco"), StringComparison.Ordinal);
        Assert.Contains("--tasks takes knn, linear, retrieval, fine-tune, clusters, not sorcery", Said("evaluate", "runs/moco", "--data", "data", "--tasks", "sorcery"), StringComparison.Ordinal);
        Assert.Contains("--model is not for runs/moco", Said("evaluate", "runs/moco", "--data", "data", "--model", "pdq"), StringComparison.Ordinal);
        Assert.Contains("--data is not for svd", Said("evaluate", "svd", "--data", "data"), StringComparison.Ordinal);
        Assert.Contains("svd needs --annotations PATH", Said("evaluate", "svd", "--videos", "data"), StringComparison.Ordinal);
        Assert.Contains("there is no data set imagenet: choose one of ucf101", Said("evaluate", "runs/moco", "--dataset", "imagenet", "--videos", "data"), StringComparison.Ordinal);
        Assert.Contains("no such folder", Said("evaluate", "runs/moco", "--data", "nowhere"), StringComparison.Ordinal);
        Assert.Contains("--clips takes a number from 1 on", Said("evaluate", "runs/moco", "--data", "data", "--clips", "0"), StringComparison.Ordinal);
        File.Delete(shelf.At("runs/moco/encoder.safetensors"));
        Assert.Contains("the run runs/moco is not finished", Said("evaluate", "runs/moco", "--data", "data"), StringComparison.Ordinal);
    }

    [Fact]
    public void HelpAndDocumentationNameEverySetAndTask()
    {
        var help = Shell.Run(shelf.Folder, "evaluate", "--help").Out;
        var page = Repository.At("docs/evaluation.md").Text;
        Assert.All(PublishedSet.All, set => Assert.Contains($"{set.Name}: {set.Files}", help, StringComparison.Ordinal));
        Assert.All(PublishedSet.All.Select(set => set.Name).Concat(["knn", "linear", "retrieval", "fine-tune", "clusters"]), name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }

    private static string[] Command(params string[] more) => ["evaluate", "runs/moco", "--data", "data", "--threads", "1", "--cache", "cache", .. more];

    private JsonElement Evaluated(params string[] more)
    {
        var answer = Shell.Run(shelf.Folder, Command(more));
        Assert.True(answer.Code == 0, answer.ToString());
        return answer.Json;
    }

    private string Said(params string[] arguments)
    {
        var answer = Shell.Run(shelf.Folder, arguments);
        Assert.True(answer.Code == 2, answer.ToString());
        Assert.DoesNotContain("   at ", answer.Error, StringComparison.Ordinal);
        return answer.Error;
    }

    private static string Text(JsonElement owner, string name) => owner.GetProperty(name).GetString()!;

    private static int Number(JsonElement owner, string name) => owner.GetProperty(name).GetInt32();

    private static double Figure(JsonElement report, string name) => Row(report, name).GetProperty("value").GetDouble();

    private static int Count(JsonElement report, string name) => Row(report, name).GetProperty("n").GetInt32();

    private static JsonElement Row(JsonElement report, string name) => report.GetProperty("figures").EnumerateArray().Single(row => Text(row, "name") == name);

    private void Link(string name, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(shelf.At(name))!);
        File.CreateSymbolicLink(shelf.At(name), target);
    }
}
