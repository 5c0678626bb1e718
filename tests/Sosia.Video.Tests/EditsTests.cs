using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Sosia.Video.Tests;

/// <summary>Two rendered clips of odd size that every edit is tried on.</summary>
public sealed class EditClips : IDisposable
{
    public const int Width = 161;
    public const int Height = 91;
    public const double Seconds = 6;
    public const double Rate = 10;

    private readonly string folder = Directory.CreateTempSubdirectory("sosia-edits-").FullName;

    public EditClips()
    {
        Source = Make(1, "source, 50% [x].mkv");
        Other = Make(2, "-other.mkv");
    }

    public string Source { get; }

    public string Other { get; }

    public EditSource Size { get; } = new(Width, Height, Seconds);

    public string Output(string name) => Path.Combine(folder, name);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static byte[] Run(string tool, IEnumerable<string> arguments, IEnumerable<byte[]>? input = null)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(tool, arguments)
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        var errors = process.StandardError.ReadToEndAsync();
        var output = new MemoryStream();
        var copied = process.StandardOutput.BaseStream.CopyToAsync(output);
        foreach (var block in input ?? [])
        {
            process.StandardInput.BaseStream.Write(block);
        }

        process.StandardInput.Close();
        copied.Wait();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{tool} {string.Join(' ', process.StartInfo.ArgumentList)}: {errors.Result}");
        return output.ToArray();
    }

    private string Make(int seed, string name)
    {
        var path = Output(name);
        Run("ffmpeg", ["-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{Width}x{Height}", "-r", "10", "-i", "-", "-c:v", "ffv1", $"file:{path}"],
            Scenes.Render(seed, Seconds, Rate, Width, Height));
        return path;
    }
}

public sealed class EditsTests(EditClips clips) : IClassFixture<EditClips>
{
    public static TheoryData<string> Names => [.. Edits.All.Select(static edit => edit.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Ffmpeg_makes_what_the_plan_says(string name)
    {
        var plan = Edits.Named(name).Plan(seed: 2, clips.Size, clips.Size);
        var (width, height, seconds) = Shape(Make(plan, $"{name}.mp4"));
        var end = plan.Truth.Max(static stretch => stretch.CopyEnd);
        Assert.True(Math.Abs(seconds - end) < 0.16, $"{seconds} s, the truth says {end}");
        if (!Edits.Named(name).TakesTwo)
        {
            Assert.Equal((plan.Cut.Width, plan.Cut.Height), (width, height));
        }
    }

    // What stays recognisable shows the source's picture at the second that the truth says, and not the one of another second.
    [Theory]
    [InlineData("reencode")]
    [InlineData("lowrate")]
    [InlineData("scale")]
    [InlineData("trim")]
    [InlineData("speed")]
    [InlineData("fps")]
    [InlineData("mirror")]
    [InlineData("splice")]
    [InlineData("grey")]
    public void The_truth_is_what_is_seen(string name)
    {
        var plan = Edits.Named(name).Plan(seed: 3, clips.Size, clips.Size);
        var output = Make(plan, $"truth-{name}.mp4");
        foreach (var stretch in plan.Truth)
        {
            var scene = new Scene(stretch.Source + 1, EditClips.Seconds);
            var at = (stretch.CopyStart + stretch.CopyEnd) / 2;
            var expected = stretch.SourceStart + ((at - stretch.CopyStart) * stretch.Speed);
            var seen = Seen(output, at, stretch.Mirrored);
            Assert.InRange(seen.Distance(Rendered(scene, expected)), 0, 56);
            Assert.InRange(seen.Distance(Rendered(scene, expected > 3 ? expected - 2 : expected + 2)), 60, 196);
        }
    }

    [Fact]
    public void The_same_plan_gives_the_same_file()
    {
        var plan = Edits.Named("screen").Plan(5, clips.Size);
        Assert.Equal(File.ReadAllBytes(Make(plan, "once.mp4")), File.ReadAllBytes(Make(plan, "twice.mp4")));
    }

    [Fact]
    public void Plans_are_sound_for_every_source() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        Gen.Elements<Edit>([.. Edits.All]).ToArbitrary(),
        static (seed, edit) =>
        {
            var random = new Random(seed);
            var source = new EditSource(random.Next(16, 4000), random.Next(16, 3000), 0.5 + (100 * random.NextDouble()));
            var other = new EditSource(random.Next(16, 4000), random.Next(16, 3000), 1 + (100 * random.NextDouble()));
            var plan = edit.Plan(seed, source, other);
            return plan.Cut is { Width: >= 2, Height: >= 2 } && plan.Cut.Width % 2 == 0 && plan.Cut.Height % 2 == 0
                && plan.Truth.All(one => IsSound(one, one.Source == 0 ? source : other))
                && plan.Graph == edit.Plan(seed, source, other).Graph;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Chains_do_one_after_the_other()
    {
        var chain = Edits.Named("trim").Then(Edits.Named("speed")).Then(Edits.Named("mirror"));
        var plan = chain.Plan(4, clips.Size);
        Assert.Equal("trim+speed+mirror", chain.Name);
        var truth = Assert.Single(plan.Truth);
        Assert.True(truth.Mirrored);
        Assert.NotEqual(1, truth.Speed);
        Assert.Equal((truth.SourceEnd - truth.SourceStart) / truth.Speed, truth.CopyEnd, 6);
        Assert.InRange(Shape(Make(plan, "chain.mp4")).Seconds, truth.CopyEnd - 0.16, truth.CopyEnd + 0.16);
    }

    [Fact]
    public void Names_are_unique_and_unknown_ones_are_named()
    {
        Assert.Equal(Edits.All.Count, Edits.All.Select(static edit => edit.Name).Distinct().Count());
        Assert.StartsWith("no edit is named 'melt'; there are reencode, lowrate", Assert.Throws<ArgumentException>(() => Edits.Named("melt")).Message);
    }

    [Fact]
    public void Impossible_requests_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Edits.Named("splice").Plan(1, clips.Size));
        Assert.Throws<ArgumentException>(() => Edits.Named("splice").Plan(1, clips.Size, new EditSource(100, 100, 0.5)));
        Assert.Throws<ArgumentException>(() => Edits.Named("crop").Plan(1, new EditSource(0, 100, 5)));
        Assert.Throws<ArgumentException>(() => Edits.Named("crop").Plan(1, new EditSource(100, 100, double.NaN)));
        Assert.Throws<ArgumentException>(() => Edits.Named("trim").Then(Edits.Named("splice")));
        Assert.Throws<ArgumentNullException>(() => Edits.Named("splice").Plan(1, clips.Size, clips.Size).Arguments("a", null, "b"));
    }

    private static bool IsSound(CopiedStretch one, EditSource source) =>
        one.SourceStart >= 0 && one.SourceEnd <= source.Seconds + 1e-6 && one.SourceStart < one.SourceEnd && one.CopyStart >= 0
        && Math.Abs(((one.CopyEnd - one.CopyStart) * one.Speed) - (one.SourceEnd - one.SourceStart)) < 1e-6;

    private string Make(EditPlan plan, string name)
    {
        EditClips.Run("ffmpeg", plan.Arguments(clips.Source, clips.Other, clips.Output(name)));
        return clips.Output(name);
    }

    private static (int Width, int Height, double Seconds) Shape(string path)
    {
        var text = System.Text.Encoding.ASCII.GetString(EditClips.Run(
            "ffprobe", ["-v", "error", "-show_entries", "stream=width,height:format=duration", "-of", "csv=p=0", $"file:{path}"]));
        var numbers = text.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return (int.Parse(numbers[0], CultureInfo.InvariantCulture), int.Parse(numbers[1], CultureInfo.InvariantCulture), double.Parse(numbers[2], CultureInfo.InvariantCulture));
    }

    private static PdqHash Seen(string path, double seconds, bool mirrored)
    {
        var rgb = EditClips.Run("ffmpeg",
            ["-v", "error", "-ss", seconds.ToString(CultureInfo.InvariantCulture), "-i", $"file:{path}", "-frames:v", "1", "-vf", "scale=160:90", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]);
        var hash = new PdqHash[1];
        Pdq.Hash(rgb, 160, 90, [mirrored ? Dihedral.FlipY : Dihedral.Original], hash);
        return hash[0];
    }

    private static PdqHash Rendered(Scene scene, double seconds)
    {
        var rgb = new byte[3 * 160 * 90];
        scene.RenderFrame(seconds, 160, 90, rgb);
        return Pdq.Hash(rgb, 160, 90).Hash;
    }
}
