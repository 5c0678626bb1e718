using Sosia.Video.Packs;
using Xunit.Abstractions;

namespace Sosia.Video.Tests.Packs;

/// <summary>A writer is killed (SIGKILL), or its files are cut, again and again; what it acknowledged must be there, whole, and it goes on.</summary>
public sealed class PackCrashTests(ITestOutputHelper output) : IDisposable
{
    private readonly PackShelf shelf = new();
    private readonly HashSet<int> acknowledged = [];
    private int next = 100;

    internal static PackSettings Settings { get; } = new(Format: PackFormat.Raw, Side: 8);

    public void Dispose() => shelf.Dispose();

    [Theory]
    [InlineData(nameof(PackStep.BlockHalfWritten))]
    [InlineData(nameof(PackStep.BlockWritten))]
    [InlineData(nameof(PackStep.LineHalfWritten))]
    [InlineData(nameof(PackStep.LineWritten))]
    public void KilledAtAStep(string step)
    {
        for (var round = 1; round <= 3; round++)
        {
            KillAndCheck(int.MaxValue, step, nth: round, mayBeMore: step == nameof(PackStep.LineWritten));
        }
    }

    [Fact]
    public void KilledAtAnyTime()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SOSIA_SEED"), out var given) ? given : 20; // another one to look further
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 4; round++)
        {
            KillAndCheck(random.Next(0, 30), "none", nth: 0, mayBeMore: true);
        }
    }

    [Fact]
    public void AnIndexCutAtAnyByteGoesOnFromTheLastWholeLine()
    {
        using (var writer = PackWriter.Open(shelf.Pack, Settings))
        {
            PackShelf.Add(writer, "a", 1, 2);
            PackShelf.Add(writer, "b", 2, 3);
        }

        var (index, frames) = (File.ReadAllBytes(Path.Combine(shelf.Pack, "index")), File.ReadAllBytes(Path.Combine(shelf.Pack, "frames")));
        var first = Array.IndexOf(index, (byte)'\n') + 1;
        for (var length = 0; length < index.Length; length++)
        {
            File.WriteAllBytes(Path.Combine(shelf.Pack, "index"), index[..length]);
            File.WriteAllBytes(Path.Combine(shelf.Pack, "frames"), frames);
            var whole = length >= first ? 1 : 0;
            using (var reader = Pack.Open(shelf.Pack)) Assert.Equal(whole, reader.Videos.Count);
            using (var writer = PackWriter.Open(shelf.Pack, Settings))
            {
                Assert.Equal(whole, writer.Videos);
                if (whole == 0) PackShelf.Add(writer, "a", 1, 2);
                PackShelf.Add(writer, "b", 2, 3);
            }

            Assert.Equal(index, File.ReadAllBytes(Path.Combine(shelf.Pack, "index")));
            Assert.Equal(frames, File.ReadAllBytes(Path.Combine(shelf.Pack, "frames")));
        }
    }

    [Fact]
    public void FramesThatNoLineNamesAreCutOff()
    {
        using (var writer = PackWriter.Open(shelf.Pack, Settings)) PackShelf.Add(writer, "a", 1, 2);
        var frames = Path.Combine(shelf.Pack, "frames");
        var whole = File.ReadAllBytes(frames);
        File.WriteAllBytes(Path.Combine(shelf.Pack, "spool-7.tmp"), [1, 2, 3]);
        foreach (var more in new[] { 1, 15, 16, 100_000 })
        {
            File.WriteAllBytes(frames, [.. whole, .. new byte[more]]);
            using (var reader = Pack.Open(shelf.Pack)) Assert.Equal(PackShelf.Noise(1, 1, 7, 5), PackShelf.Read(reader, reader.Videos[0], 1));
            using (var writer = PackWriter.Open(shelf.Pack, Settings)) Assert.Equal(whole.Length, writer.Bytes);
            Assert.Equal(whole, File.ReadAllBytes(frames));
        }

        Assert.Empty(Directory.GetFiles(shelf.Pack, "spool*"));
    }

    [Fact]
    public void AFolderWhereNothingButTheLockWasMadeIsFinished()
    {
        Directory.CreateDirectory(shelf.Pack);
        File.WriteAllText(Path.Combine(shelf.Pack, "writer.lock"), "");
        File.WriteAllText(Path.Combine(shelf.Pack, "pack.json.new"), "{\"for");
        using (var writer = PackWriter.Open(shelf.Pack, Settings)) PackShelf.Add(writer, "a", 1, 2);
        using var pack = Pack.Open(shelf.Pack);
        Assert.Equal(Settings, pack.Settings);
        Assert.Single(pack.Videos);
    }

    private void KillAndCheck(int killAfter, string step, int nth, bool mayBeMore)
    {
        using (var child = Child.Start("write", shelf.Pack, next.ToString(), step, nth.ToString()))
        {
            for (var lines = 0; lines < killAfter && child.StandardOutput.ReadLine() is { } line; lines++) acknowledged.Add(int.Parse(line));
            child.Kill();
            while (child.StandardOutput.ReadLine() is { } line) acknowledged.Add(int.Parse(line));
            child.WaitForExit();
            Assert.Equal(137, child.ExitCode);
        }

        if (Pack.Is(shelf.Pack))
        {
            CheckVideos(mayBeMore);
            using (PackWriter.Open(shelf.Pack, Settings)) { }
            CheckVideos(mayBeMore);
            Assert.Empty(Directory.GetFiles(shelf.Pack, "spool*"));
        }
        else
        {
            Assert.Empty(acknowledged);
        }
    }

    private void CheckVideos(bool mayBeMore)
    {
        using var pack = Pack.Open(shelf.Pack);
        var seeds = pack.Videos.Select(v => int.Parse(Path.GetFileNameWithoutExtension(v.Name))).ToHashSet();
        Assert.Superset(acknowledged, seeds);
        Assert.InRange(seeds.Count - acknowledged.Count, 0, mayBeMore ? 1 : 0);
        foreach (var video in pack.Videos)
        {
            var seed = int.Parse(Path.GetFileNameWithoutExtension(video.Name));
            Assert.Equal(1 + (seed % 4), video.Frames);
            for (var frame = 0; frame < video.Frames; frame++) Assert.Equal(PackShelf.Noise(seed, frame, 7, 5), PackShelf.Read(pack, video, frame));
        }

        acknowledged.UnionWith(seeds);
        next = seeds.Append(next).Max() + 1;
    }
}
