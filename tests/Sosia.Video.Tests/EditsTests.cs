using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
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
    [InlineData("reverse")]
    [InlineData("drop")]
    [InlineData("sharpen")]
    [InlineData("brightness")]
    [InlineData("contrast")]
    [InlineData("tint")]
    [InlineData("aspect")]
    public void The_truth_is_what_is_seen(string name)
    {
        var plan = Edits.Named(name).Plan(seed: 3, clips.Size, clips.Size);
        AssertSeen(plan, Make(plan, $"truth-{name}.mp4"));
    }

    // Other seeds, and an excerpt instead of the whole: reversed and sped up within another video, too.
    [Theory]
    [InlineData("reencode")]
    [InlineData("speed")]
    [InlineData("reverse")]
    [InlineData("mirror")]
    public void A_stretch_within_another_video_lies_where_the_truth_says(string name)
    {
        var plan = Edits.Named(name).PlanWithin(seed: 4, clips.Size with { From = 1.5, Seconds = 2 }, clips.Size with { From = 1, Seconds = 5 });
        Assert.Equal(name, plan.Name);
        Assert.Equal(2, Math.Abs(plan.Truth[0].SourceEnd - plan.Truth[0].SourceStart), 0.06); // whole frames of the copy
        Assert.Equal([0, 1, 1], plan.Truth.Select(static one => one.Source));
        var output = Make(plan, $"within-{name}.mp4");
        Assert.Equal(plan.Truth[2].CopyEnd, Shape(output).Seconds, 0.06);
        AssertSeen(plan, output);
    }

    // What stands still shows one second's picture; before and after it everything keeps its time.
    [Fact]
    public void A_frozen_picture_takes_the_place_of_what_was_there()
    {
        var plan = Edits.Named("freeze").Plan(seed: 3, clips.Size);
        var times = Regex.Match(plan.Graph, @"lt\(t,([0-9.]+)\)\+gt\(t,([0-9.]+)\)").Groups.Cast<Group>().Skip(1)
            .Select(static one => double.Parse(one.Value, CultureInfo.InvariantCulture)).ToArray();
        var output = Make(plan, "frozen.mp4");
        var scene = new Scene(1, EditClips.Seconds);
        Assert.InRange(Seen(output, times[0] + 0.2, mirrored: false).Distance(Seen(output, times[1] - 0.2, mirrored: false)), 0, 20);
        Assert.InRange(Seen(output, times[0] - 0.3, mirrored: false).Distance(Rendered(scene, times[0] - 0.3)), 0, 56);
        Assert.InRange(Seen(output, times[1] + 0.3, mirrored: false).Distance(Rendered(scene, times[1] + 0.3)), 0, 56);
    }

    // The zoom's last picture is the window that its first one was, or the other way round.
    [Fact]
    public void A_zoom_moves_over_the_whole_length()
    {
        var plan = Edits.Named("zoom").Plan(seed: 3, clips.Size);
        var output = Make(plan, "zoom.mp4");
        var scene = new Scene(1, EditClips.Seconds);
        var (first, last) = (Seen(output, 0, mirrored: false).Distance(Rendered(scene, 0)), Seen(output, 5.8, mirrored: false).Distance(Rendered(scene, 5.8)));
        Assert.InRange(Math.Min(first, last), 0, 30);
        Assert.True(Math.Abs(first - last) > 20, $"{first} bits differ at the start, {last} at the end");
    }

    [Theory]
    [InlineData("screen")]
    [InlineData("emoji")]
    [InlineData("drop")]
    public void The_same_plan_gives_the_same_file(string name)
    {
        var plan = Edits.Named(name).Plan(5, clips.Size);
        Assert.Equal(File.ReadAllBytes(Make(plan, $"{name}-once.mp4")), File.ReadAllBytes(Make(plan, $"{name}-twice.mp4")));
    }

    // A crop of what was turned by a quarter.
    [Fact]
    public void A_turned_picture_is_cropped_inside()
    {
        var source = new EditSource(1680, 569, 42.9, 36);
        var plan = Edits.Named("chain").Plan(722072, source, source);
        Assert.Matches("transpose=2,crop=", plan.Graph);
        Assert.True(CropsAreInside(plan, source), plan.Graph);
    }

    [Fact]
    public void Plans_are_sound_for_every_source() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        Gen.Elements<Edit>([.. Edits.All]).ToArbitrary(),
        static (seed, edit) =>
        {
            var random = new Random(seed);
            var source = new EditSource(random.Next(16, 4000), random.Next(16, 3000), 0.5 + (100 * random.NextDouble()), 50 * random.NextDouble());
            var other = new EditSource(random.Next(16, 4000), random.Next(16, 3000), 1 + (100 * random.NextDouble()), 50 * random.NextDouble());
            var plan = edit.Plan(seed, source, other);
            return plan.Cut is { Width: >= 2, Height: >= 2 } && plan.Cut.Width % 2 == 0 && plan.Cut.Height % 2 == 0
                && plan.Truth.All(one => IsSound(one, one.Source == 0 ? source : other)) && CropsAreInside(plan, source)
                && plan.Graph == edit.Plan(seed, source, other).Graph;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(4000));

    [Fact]
    public void A_graph_reads_the_same_in_every_country()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            var here = Edits.All.Select(edit => edit.Plan(11, clips.Size, clips.Size).Graph).ToArray();
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (comma.NumberFormat.NumberDecimalSeparator, comma.NumberFormat.NegativeSign) = (",", "~");
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(here, Edits.All.Select(edit => edit.Plan(11, clips.Size, clips.Size).Graph));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_drawn_chain_holds_each_edit_once_in_an_order_that_works()
    {
        var chain = Edits.Named("chain");
        var seen = new HashSet<string>();
        for (var seed = 0; seed < 400; seed++)
        {
            var plan = chain.Plan(seed, clips.Size);
            Assert.StartsWith("chain:", plan.Name);
            var names = plan.Name["chain:".Length..].Split('+');
            Assert.InRange(names.Length, 2, 3);
            Assert.Equal(names.Length, names.Distinct().Count());
            Assert.All(names, static name => Assert.False(name == "chain" || Edits.Named(name).TakesTwo));
            Assert.True(!names.Contains("fade") || names[^1] == "fade", plan.Name);
            Assert.True(names.SkipWhile(ChangesLength).All(static name => !ChangesLength(name)), plan.Name);
            seen.UnionWith(names);
        }

        Assert.Equal(Edits.All.Count(static edit => !edit.TakesTwo) - 1, seen.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Ffmpeg_makes_any_chain(int seed)
    {
        var plan = Edits.Named("chain").Plan(seed, clips.Size);
        var (width, height, seconds) = Shape(Make(plan, $"chain-{seed}.mp4"));
        Assert.Equal((plan.Cut.Width, plan.Cut.Height), (width, height));
        Assert.InRange(seconds, plan.Truth[0].CopyEnd - 0.25, plan.Truth[0].CopyEnd + 0.25);
    }

    [Fact]
    public void Every_row_says_what_it_does_from_which_range() => Assert.All(Edits.All, static edit =>
    {
        Assert.Matches("^[a-z0-9]+(-[a-z]+)*$", edit.Name);
        Assert.NotEmpty(edit.What);
        Assert.NotEmpty(edit.Range);
        Assert.True(Enum.IsDefined(edit.Group));
        Assert.Equal(edit.TakesTwo, edit.Group == EditGroup.Mix);
    });

    [Fact]
    public void A_long_large_video_is_reversed_in_part()
    {
        var part = Edits.Named("reverse").Plan(1, new EditSource(1920, 1080, 600)).Truth[0];
        Assert.InRange(part.SourceStart - part.SourceEnd, 5, 20);
        Assert.Equal(-1, part.Speed);
    }

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
        Assert.Throws<ArgumentException>(() => Edits.Named("crop").Plan(1, new EditSource(100, 100, 5, From: -1)));
        Assert.Throws<ArgumentException>(() => Edits.Named("splice").PlanWithin(1, clips.Size, clips.Size));
        Assert.Throws<ArgumentException>(() => Edits.Named("crop").PlanWithin(1, clips.Size, clips.Size with { Seconds = 0.9 }));
        Assert.Throws<ArgumentException>(() => Edits.Named("trim").Then(Edits.Named("splice")));
        Assert.Throws<ArgumentNullException>(() => Edits.Named("splice").Plan(1, clips.Size, clips.Size).Arguments("a", null, "b"));
    }

    private static bool IsSound(CopiedStretch one, EditSource source)
    {
        var (first, last) = (Math.Min(one.SourceStart, one.SourceEnd), Math.Max(one.SourceStart, one.SourceEnd));
        return first >= source.From && last <= source.From + source.Seconds + 1e-6 && first < last && one.CopyStart >= 0 && one.CopyStart < one.CopyEnd
            && Math.Abs(((one.CopyEnd - one.CopyStart) * one.Speed) - (one.SourceEnd - one.SourceStart)) < 1e-6;
    }

    // Follows the picture's size through the filters.
    private static bool CropsAreInside(EditPlan plan, EditSource source)
    {
        var (width, height) = (source.Width, source.Height);
        foreach (var size in Regex.Matches(plan.Graph, @"[:,\]](scale|pad|crop|transpose)=(\d+)(?::(\d+))?(?::(\d+):(\d+))?").Select(static match => match.Groups))
        {
            if (size[1].Value == "transpose")
            {
                (width, height) = (height, width);
                continue;
            }

            var (w, h) = (Number(size[2]), Number(size[3]));
            if (size[1].Value == "crop" && (Number(size[4]) + w > width || Number(size[5]) + h > height))
            {
                return false;
            }

            (width, height) = (w, h);
        }

        return true;
    }

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    private static bool ChangesLength(string name) => name is "trim" or "speed" or "reverse";

    private static void AssertSeen(EditPlan plan, string output)
    {
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
