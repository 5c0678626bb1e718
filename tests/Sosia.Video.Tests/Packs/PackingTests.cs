using Sosia.Video.Packs;

namespace Sosia.Video.Tests.Packs;

/// <summary>Folders of videos, photographs and scenes into packs.</summary>
[Collection("clips")]
public sealed class PackingTests(TestClips clips) : IDisposable
{
    private static readonly PackSettings Settings = new(Rate: 5, Side: 36, Format: PackFormat.Raw);

    private readonly PackShelf shelf = new();

    private string Videos => shelf.At("videos");

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void FramesAreThoseAtTheRate()
    {
        Put(clips.Counter, "a.mp4");
        Assert.Equal((1, 0, 10, 2.0), Counts(Run()));
        using var pack = Pack.Open(shelf.Pack);
        var video = Assert.Single(pack.Videos);
        Assert.Equal(new PackedVideo("a.mp4", PackSource.Video, 64, 36, 5, 10), video with { Slot = default });
        Assert.Equal(Enumerable.Range(0, 10).Select(k => k * 5), Enumerable.Range(0, 10).Select(k => TestClips.Number(PackShelf.Read(pack, video, k).Average(b => (double)b))));
    }

    [Fact]
    public void APhotographIsOneLargerFrame()
    {
        Put(clips.Picture, "sub/p.JPG"); // 160 x 90
        Put(clips.Counter, "sub/a.mp4");
        Assert.Equal((2, 0, 11, 2.0), Counts(Run()));
        using var pack = Pack.Open(shelf.Pack);
        Assert.Equal(
            [new PackedVideo("sub/a.mp4", PackSource.Video, 64, 36, 5, 10), new PackedVideo("sub/p.JPG", PackSource.Photograph, 96, 54, 0, 1)],
            pack.Videos.Select(v => v with { Slot = default }));
        Assert.Equal(0, pack.Videos[1].Seconds);
        Assert.NotEmpty(PackShelf.Read(pack, pack.Videos[1], 0).Distinct().Skip(10));
    }

    [Fact]
    public void ScenesAreRendered()
    {
        var options = new PackingOptions([], 2, Scenes: 3, SceneSeconds: 2);
        Assert.Equal((3, 0, 30, 6.0), Counts(Run(options)));
        Assert.Equal((0, 3, 0, 0.0), Counts(Run(options)));
        Assert.Equal((1, 3, 10, 2.0), Counts(Run(options with { Scenes = 4 })));
        using var pack = Pack.Open(shelf.Pack);
        Assert.Equal(
            [("scene-000000", 48, 36), ("scene-000001", 64, 36), ("scene-000002", 48, 36), ("scene-000003", 64, 36)],
            pack.Videos.Select(v => (v.Name, v.Width, v.Height)));
        Assert.All(pack.Videos, v => Assert.Equal((PackSource.Scene, 5.0, 10), (v.Source, v.Rate, v.Frames)));
        Assert.Equal(Scenes.Render(1, 2, 5, 64, 36).Select(frame => frame.ToArray()), Enumerable.Range(0, 10).Select(k => PackShelf.Read(pack, pack.Videos[1], k)));
    }

    [Fact]
    public void HowManyThreadsDoesNotMatter()
    {
        for (var i = 0; i < 4; i++) Put(i % 2 == 0 ? clips.Moving : clips.Counter, $"{i}/a.mp4");
        var settings = Settings with { Format = PackFormat.Jpeg };
        Run(new PackingOptions([], 1, Scenes: 2, SceneSeconds: 1), settings: settings);
        Run(new PackingOptions([], 4, Scenes: 2, SceneSeconds: 1), shelf.At("other"), settings);
        var (one, four) = (PackShelf.ReadAll(shelf.Pack), PackShelf.ReadAll(shelf.At("other")));
        Assert.Equal(6, one.Count);
        Assert.Equal(one.Keys, four.Keys);
        Assert.All(one, video => Assert.Equal(video.Value, four[video.Key]));
    }

    [Fact]
    public void OnlyWhatIsNewOrChangedIsPackedAgain()
    {
        Put(clips.Counter, "a.mp4");
        Put(clips.Moving, "b.mp4");
        Run();
        var before = new FileInfo(Path.Combine(shelf.Pack, "frames")).Length;
        Assert.Equal((0, 2, 0, 0.0), Counts(Run()));
        Put(clips.Moving, "a.mp4");
        Put(clips.Counter, "c.mp4");
        Assert.Equal((2, 1, 20, 4.0), Counts(Run()));
        var all = PackShelf.ReadAll(shelf.Pack);
        Assert.Equal(["a.mp4", "b.mp4", "c.mp4"], all.Keys);
        Assert.Equal(all["b.mp4"], all["a.mp4"]);
        Assert.True(new FileInfo(Path.Combine(shelf.Pack, "frames")).Length > before);
    }

    [Fact]
    public void WhatCannotBeReadIsListedAndTriedAgainOnlyWhenAsked()
    {
        Put(clips.Counter, "a.mp4");
        Put(clips.Write("text.mp4", "no video"), "text.mp4");
        Put(clips.Sound, "sound.mp4");
        File.WriteAllText(Path.Combine(Videos, "notes.txt"), "not looked at");
        var first = Run();
        Assert.Equal(["sound.mp4", "text.mp4"], first.Failures.Select(f => Path.GetFileName(f.Path)));
        Assert.Contains("no video stream (audio only)", first.Failures[0].Reason);
        Assert.Empty(first.FailedBefore);
        Assert.Equal(["sound.mp4", "text.mp4"], Failures());
        var second = Run();
        Assert.Equal(first.Failures, second.Failures);
        Assert.Equal(2, second.FailedBefore.Count);
        var retried = Run(new PackingOptions([], 1, Retry: true));
        Assert.Equal((2, 0), (retried.Failures.Count, retried.FailedBefore.Count));
        Put(clips.Moving, "text.mp4"); // it has changed
        var mended = Run();
        Assert.Equal((1, 1), (mended.Added, mended.Failures.Count));
        Assert.Equal(["sound.mp4"], Failures());
        Assert.Empty(Run(new PackingOptions(["sound.mp4"], 1)).Failures); // not looked at now, and not forgotten
        Assert.Equal(["sound.mp4"], Failures());
        File.Delete(Path.Combine(Videos, "sound.mp4"));
        Run();
        Assert.Empty(Failures());
    }

    [Fact]
    public void ADamagedVideoIsUsedAndListed()
    {
        var whole = File.ReadAllBytes(clips.Make("faststart.mp4", "-i", "file:" + clips.Moving, "-c", "copy", "-movflags", "+faststart"));
        Put(clips.Write("cut.mp4", whole[..(whole.Length * 2 / 3)]), "cut.mp4");
        var result = Run();
        Assert.Equal((1, 0), (result.Added, result.Failures.Count));
        Assert.Contains("truncated", Assert.Single(result.Damaged).Damage);
        Assert.Contains("\"damage\":\"truncated", File.ReadAllText(Path.Combine(shelf.Pack, "index")));
        using var pack = Pack.Open(shelf.Pack);
        Assert.InRange(Assert.Single(pack.Videos).Frames, 3, 9);
    }

    [Fact]
    public void TwoFilesOfOneNameAreNotMixedUp()
    {
        Put(clips.Counter, "x/a.mp4");
        Put(clips.Moving, "y/a.mp4");
        var both = Run(paths: [Path.Combine(Videos, "x"), Path.Combine(Videos, "y")]);
        Assert.Equal((1, 1), (both.Added, both.Failures.Count));
        Assert.Contains("has the same name in the pack", both.Failures[0].Reason);
        var later = Run(paths: [Path.Combine(Videos, "y")]);
        Assert.Equal((0, 1), (later.Added, later.Failures.Count));
        Run(folder: shelf.At("whole"));
        Assert.Equal(["x/a.mp4", "y/a.mp4"], PackShelf.ReadAll(shelf.At("whole")).Keys);
    }

    [Fact]
    public void AFolderThatWasMovedIsKnown()
    {
        Put(clips.Counter, "a.mp4");
        Run();
        Directory.Move(Videos, shelf.At("moved"));
        Assert.Equal((0, 1, 0, 0.0), Counts(Run(paths: [shelf.At("moved")])));
    }

    [Fact]
    public void StoppingKeepsWhatIsDone()
    {
        using var stop = new CancellationTokenSource();
        var options = new PackingOptions([], 1, Scenes: 5, SceneSeconds: 1);
        Assert.Throws<OperationCanceledException>(() => Run(options, progress: new Told(at =>
        {
            if (at.Done == 2) stop.Cancel();
        }), stop: stop.Token));
        using (var pack = Pack.Open(shelf.Pack)) Assert.Equal(2, pack.Videos.Count);
        Assert.Empty(Directory.GetFiles(shelf.Pack, "spool*"));
        Assert.Equal((3, 2, 15, 3.0), Counts(Run(options)));
    }

    private static (int Added, int Unchanged, long Frames, double Seconds) Counts(PackingResult result) => (result.Added, result.Unchanged, result.Frames, result.Seconds);

    private string[] Failures() => [.. File.ReadLines(Path.Combine(shelf.Pack, "failures"))
        .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("name").GetString()!)];

    private void Put(string file, string name)
    {
        var path = Path.Combine(Videos, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(file, path, overwrite: true);
    }

    private PackingResult Run(
        PackingOptions? options = null, string? folder = null, PackSettings? settings = null, string[]? paths = null,
        IProgress<PackingProgress>? progress = null, CancellationToken stop = default)
    {
        using var writer = PackWriter.Open(folder ?? shelf.Pack, settings ?? Settings);
        return Packing.Run(writer, paths ?? (Directory.Exists(Videos) ? [Videos] : []), options ?? new PackingOptions([], 1), progress, stop);
    }

    private sealed class Told(Action<PackingProgress> tell) : IProgress<PackingProgress>
    {
        public void Report(PackingProgress value) => tell(value);
    }
}
