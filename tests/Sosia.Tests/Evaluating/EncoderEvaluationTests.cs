using Sosia.Evaluating;
using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Learning.Evaluation.Datasets;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;
using Xunit;

namespace Sosia.Tests.Evaluating;

[Collection("videos")]
public sealed class EncoderEvaluationTests : IDisposable
{
    private static readonly LinearProbeSettings Quick = new(Rate: 1, Batch: 4, Epochs: 50);

    private readonly TestVideos videos;
    private readonly string root;

    public EncoderEvaluationTests(TestVideos videos)
    {
        this.videos = videos;
        root = Path.Combine(videos.Root, Path.GetRandomFileName());
        Link("train/bright/1.mp4", videos.White);
        Link("train/dark/1.mp4", videos.Black);
        Link("test/bright/2.mp4", videos.White);
        Link("test/dark/2.mp4", videos.Black);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void ClassesThatCanBeSeenAreTold()
    {
        using var encoder = new Brightness();
        var report = Measure(encoder);
        Assert.Empty(report.Missing);
        Assert.Equal(4, report.Embedded);
        Assert.Equal(1, Value(report, "linear top-1"));
        Assert.Equal(1, Value(report, "linear mean class accuracy"));
        Assert.Equal(1, Value(report, "R@1"));
        Assert.Equal(1, Value(report, "R@1, centred"));
        Assert.Equal([20L, 3, 4, 32, 32], encoder.Seen); // of every video
        Assert.All(report.Rows, row => Assert.Equal(2, row.Count));
    }

    [Fact]
    public void PermutedLabelsAreNeverRight()
    {
        using var encoder = new Brightness();
        var set = ClassFolders.Read(root);
        var report = Measure(encoder, set with { Test = [.. set.Test.Select(video => video with { Label = 1 - video.Label })] });
        Assert.Equal(0, Value(report, "linear top-1"));
        Assert.Equal(0, Value(report, "R@1"));
        Assert.Equal(1, Value(report, "R@5")); // all there are
    }

    [Fact]
    public void TestVideosThatCannotBeReadAreWrong()
    {
        File.WriteAllText(Path.Combine(root, "test/dark/broken.mp4"), "no video");
        File.WriteAllText(Path.Combine(root, "train/dark/broken.mp4"), "no video");
        var set = ClassFolders.Read(root);
        set = set with { Test = [.. set.Test, new LabelledVideo("test/bright/gone.mp4", 0)] };
        using var encoder = new Brightness();

        var report = Measure(encoder, set);

        Assert.Equal(["train/dark/broken.mp4", "test/bright/gone.mp4", "test/dark/broken.mp4"], report.Missing.Select(video => video.Id));
        Assert.Equal([false, true, true], report.Missing.Select(video => video.IsQuery));
        Assert.Equal("no such file", report.Missing[1].Reason);
        Assert.Equal((0.5, 4), (Value(report, "R@1"), report.Rows[0].Count));
        Assert.Equal(0.5, Value(report, "linear mean class accuracy"));
        var without = Measure(encoder, set, request => request with { Missing = MissingTreatment.LeftOut });
        Assert.Equal((1, 2), (Value(without, "R@1"), without.Rows[0].Count));
        Assert.Equal(1, Value(without, "linear mean class accuracy"));
    }

    [Fact]
    public void NothingToReadIsAFault()
    {
        var set = ClassFolders.Read(root);
        using var encoder = new Brightness();
        Assert.Throws<UsageException>(() => Measure(encoder, set with { Test = [] }));
        Assert.Throws<UsageException>(() => Measure(encoder, set with { Training = [new LabelledVideo("gone.mp4", 0)] }));
    }

    [Fact]
    public void TheModeOfTheEncoderStays()
    {
        using var encoder = new Brightness();
        Measure(encoder);
        Assert.True(encoder.IsTraining);
        encoder.Eval();
        Measure(encoder);
        Assert.False(encoder.IsTraining);
    }

    [Fact]
    public void FeaturesAreKeptForTheEncoderAndItsClips()
    {
        using var encoder = new Brightness();
        Assert.Equal(2, Kept("one", clips: 20).Embedded); // names of two files
        var seen = encoder.FirstFrames.Count;
        var again = Kept("one", clips: 20);
        Assert.Equal((0, seen), (again.Embedded, encoder.FirstFrames.Count));
        Assert.Equal(1, Value(again, "R@1"));
        Assert.Equal(2, Kept("other", clips: 20).Embedded);
        Assert.Equal(2, Kept("one", clips: 3).Embedded);

        EvaluationReport Kept(string fingerprint, int clips) => Measure(encoder, change: request => request with
        {
            Cache = Path.Combine(root, ".cache"),
            Fingerprint = fingerprint,
            Clips = request.Clips with { Clips = clips },
            Threads = 1,
        });
    }

    // Features of before were means over the clips.
    [Fact]
    public void FeaturesAreKeptOfEveryClipAndThoseOfBeforeAreNotTaken()
    {
        using var encoder = new Brightness();
        var cache = Path.Combine(root, ".cache");
        var before = new FeatureCache(cache, "one", Request(encoder, ClassFolders.Read(root)).Clips.Words);
        before.Write(videos.White, ("vector", Tensor.Zeros([3])));
        before.Write(videos.Black, ("vector", Tensor.Zeros([3])));

        Assert.Equal(2, Kept(EncoderTask.Retrieval).Embedded);

        var linear = Kept(EncoderTask.Linear);
        Assert.Equal((0, 1), (linear.Embedded, Value(linear, "linear top-1"))); // another task needs them all, and has them
        var kept = Directory.GetFiles(cache, "*.safetensors", SearchOption.AllDirectories).Select(State).ToList();
        Assert.Equal(2, kept.Count(state => state.SequenceEqual(["vector: 3"])));
        Assert.Equal(2, kept.Count(state => state.SequenceEqual(["clips: 20 x 3"])));

        EvaluationReport Kept(EncoderTask task) => Measure(encoder, change: request => request with { Cache = cache, Fingerprint = "one", Threads = 1, Tasks = [task] });

        static List<string> State(string path)
        {
            using var file = Safetensors.Read(path);
            return [.. file.Tensors.Tensors.Select(tensor => $"{tensor.Name}: {string.Join(" x ", tensor.Shape.ToArray())}")];
        }
    }

    // Two of the three clips say class 1; their mean says class 0.
    [Fact]
    public void OnlyTheProbeKnowsEachClip()
    {
        using var scope = TensorScope.Enter();
        var training = Features([0, 1], [1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1]);
        var test = Features([1], [10, 0, 0, 4, 0, 4]);
        var figures = new ClassFigures(2, training, test, []);
        Assert.Equal(1, figures.Linear(Quick, 1, default).First().Value);
        Assert.Equal(0, figures.Retrieval().First().Value);

        static ClassFeatures Features(int[] labels, float[] clips)
        {
            var all = Tensor.Of(clips, labels.Length, 3, 2);
            var means = ClipRetrieval.MeanOfClips(all);
            return new ClassFeatures(means, means, false, labels, []) { Clips = all };
        }
    }

    [Fact]
    public void SplitsAreMeasuredEachAndTheirFiguresAveraged()
    {
        using var encoder = new Brightness();
        var set = ClassFolders.Read(root);
        set = set with { Test = [.. set.Test, new LabelledVideo("gone.mp4", 0)] };
        var wrong = set with { Training = [.. set.Training, new LabelledVideo("gone.mp4", 0)], Test = [.. ClassFolders.Read(root).Test.Select(video => video with { Label = 1 - video.Label })] };
        var first = Request(encoder, set) with { Tasks = [EncoderTask.Linear, EncoderTask.Retrieval], Notes = ["of all", "of one"] };

        var report = new SplitEvaluation("both", [first, first with { Set = wrong, Notes = ["of all"] }]).Measure();

        Assert.Equal(("both", 2, 5), (report.Protocol, report.Embedded, report.Videos)); // links to two files
        Assert.Equal(40, encoder.FirstFrames.Count); // twenty clips of each, once over both splits
        Assert.Equal(2.0 / 3, Value(report, "split 1: R@1"), 1e-12);
        Assert.Equal(0, Value(report, "split 2: R@1"));
        Assert.Equal(1.0 / 3, Value(report, "mean of 2 splits: R@1"), 1e-12); // 2 of 5 would be the share of all test videos
        Assert.Equal(1.0 / 3, Value(report, "mean of 2 splits: linear top-1"), 1e-12);
        Assert.Equal((3, 2, 5), (Row(report, "split 1: R@1").Count, Row(report, "split 2: R@1").Count, Row(report, "mean of 2 splits: R@1").Count));
        Assert.Equal(3 * 13, report.Rows.Count);
        Assert.True(Assert.Single(report.Missing).IsQuery); // for training in the other
        Assert.Equal("of all", report.Notes[0]);
        Assert.Single(report.Notes, "split 1: of one");
        Assert.DoesNotContain("split 2: of all", report.Notes);
    }

    [Fact]
    public void ClustersHaveNoMeanOverSplits()
    {
        using var encoder = new Brightness();
        var request = Request(encoder, ClassFolders.Read(root)) with { Tasks = [EncoderTask.Retrieval, EncoderTask.Clusters] };
        Assert.Throws<UsageException>(() => new SplitEvaluation("both", [request, request]).Measure());
        Assert.Empty(encoder.FirstFrames);
    }

    [Fact]
    public void ItCanBeStopped()
    {
        using var encoder = new Brightness();
        Assert.Throws<OperationCanceledException>(() => new EncoderEvaluation(Request(encoder, ClassFolders.Read(root))).Measure(stop: new CancellationToken(canceled: true)));
    }

    // 72 frames in clips of 16: the first begins with the video, the last ends with it.
    [Fact]
    public void ClipsAreSpreadOverTheVideo()
    {
        using var encoder = new Brightness();
        Link("train/ramp/1.mp4", videos.Ramp);
        var set = ClassFolders.Read(root);
        var clips = new TestClipOptions { Frames = 16, Clips = 10 };
        Measure(encoder, set with { Training = [new LabelledVideo("train/ramp/1.mp4", 2)] }, request => request with { Clips = clips });
        var starts = encoder.FirstFrames[..10]; // levels in 0 .. 1
        var wanted = TestClips.Spread(72, 16).Select(start => (16 + (3 * start)) / 255.0);
        Assert.All(starts.Zip(wanted), pair => Assert.Equal(pair.Second, pair.First, 0.005)); // a frame is 0.012
    }

    private EvaluationReport Measure(Brightness encoder, LabelledSet? set = null, Func<EncoderEvaluationRequest, EncoderEvaluationRequest>? change = null) =>
        new EncoderEvaluation((change ?? (request => request))(Request(encoder, set ?? ClassFolders.Read(root)))).Measure();

    private EncoderEvaluationRequest Request(Brightness encoder, LabelledSet set) => new("brightness", encoder, clips => clips, set, root)
    {
        Clips = new TestClipOptions { Clips = 20, Frames = 4, Height = 36, Width = 40, Side = 32 },
        Probe = Quick,
        Threads = 2,
    };

    private static double Value(EvaluationReport report, string name) => Row(report, name).Value;

    private static EvaluationRow Row(EvaluationReport report, string name) => report.Rows.Single(row => row.Name == name);

    private void Link(string name, string target)
    {
        var path = Path.Combine(root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, target);
    }

    // The mean level and its negative, and a number that is always there.
    private sealed class Brightness : Encoder
    {
        public override int Width => 3;

        public long[] Seen { get; private set; } = [];

        public List<float> FirstFrames { get; } = [];

        public override Features Forward(Tensor input)
        {
            Seen = input.Shape;
            FirstFrames.AddRange(input.Select(2, 0).Mean([1, 2, 3]).ToArray<float>());
            var level = input.Mean([1, 2, 3, 4]).Unsqueeze(1);
            return new Features(Tensor.Cat([level, 1 - level, Tensor.Ones([input.Size(0), 1]) * 0.1], 1));
        }
    }
}
