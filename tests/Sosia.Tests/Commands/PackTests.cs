using Sosia.Video.Packs;
using Xunit;

namespace Sosia.Tests.Commands;

/// <summary>`sosia pack` as a shell sees it.</summary>
[Collection("videos")]
public sealed class PackTests(TestVideos videos) : IDisposable
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    private readonly Shelf shelf = new();

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void PacksAddsToItAndSaysWhatCannotBeRead()
    {
        shelf.Put(videos.Short(0), "a.mp4");
        shelf.Put(videos.Frame(videos.Harbour, 1, "photograph.png"), "p.png");
        shelf.Write("bad\u001b[31m.mp4", "no video");
        var first = Shell.Run(shelf.Folder, "pack", ".", "--out", "pack", "--side", "32", "--rate", "4", "--threads", "2");
        Assert.Equal(1, first.Code);
        Assert.Contains("failed: ", first.Error);
        Assert.Contains("bad\\e[31m.mp4: not a video", first.Error);
        Assert.StartsWith("2 added (9 frames, 2 s), 1 failed\npack pack: 2 videos, ", first.Out);
        var again = Shell.Run(shelf.Folder, "pack", ".", "--out", "pack", "--exclude", "bad*", "--scenes", "2", "--scene-seconds", "1");
        Assert.True(again.Code == 0, again.ToString());
        Assert.StartsWith("2 added (8 frames, 2 s), 2 known\npack pack: 4 videos, ", again.Out);
        using var pack = Pack.Open(shelf.At("pack"));
        Assert.Equal(new PackSettings(4, 32), pack.Settings); // what was not said stays as it is
        Assert.Equal(["a.mp4", "p.png", "scene-000000", "scene-000001"], pack.Videos.Select(v => v.Name));
        Assert.Equal(48, Math.Min(pack.Videos[1].Width, pack.Videos[1].Height));
    }

    [Fact]
    public void TheResultAsJson()
    {
        shelf.Write("text.mp4", "no video");
        var answer = Shell.Run(shelf.Folder, "pack", ".", "--out", "pack", "--format", "raw", "--scenes", "1", "--scene-seconds", "1", "--side", "16", "--json");
        Assert.Equal(1, answer.Code);
        Assert.Equal("sosia.packed/1", answer.Json.GetProperty("schema").GetString());
        Assert.Equal((1, 8, 1, shelf.At("pack")), (
            answer.Json.GetProperty("added").GetInt32(), answer.Json.GetProperty("frames").GetInt32(), answer.Json.GetProperty("videos").GetInt32(),
            answer.Json.GetProperty("pack").GetString()));
        Assert.Equal(shelf.At("text.mp4"), answer.Json.GetProperty("failures")[0].GetProperty("path").GetString());
        Assert.Equal(8 * ((21 * 16 * 3) + 16), answer.Json.GetProperty("bytes").GetInt32());
    }

    [Theory]
    [InlineData("nothing to pack", "--out", "pack")]
    [InlineData("no such file or folder: nowhere", "nowhere", "--out", "pack")]
    [InlineData("Option '--out' is required", ".")]
    [InlineData("the rate is not between", ".", "--out", "pack", "--rate", "0")]
    [InlineData("the quality is not between", ".", "--out", "pack", "--quality", "101")]
    [InlineData("the short side is not between", ".", "--out", "pack", "--side", "-1")]
    [InlineData("--scenes takes a number", "--out", "pack", "--scenes", "-1")]
    [InlineData("Argument 'webp' not recognized", ".", "--out", "pack", "--format", "webp")]
    [InlineData("holds other files: name a folder", ".", "--out", ".")]
    public void WrongUsageIs2AndMakesNothing(string reason, params string[] arguments)
    {
        shelf.Put(videos.Short(0), "a.mp4");
        var answer = Shell.Run(shelf.Folder, ["pack", .. arguments]);
        Assert.True(answer.Code == 2, answer.ToString());
        Assert.Contains(reason, answer.Error);
        Assert.Equal(["a.mp4"], Directory.GetFileSystemEntries(shelf.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public void OtherSettingsThanThePacksAre2()
    {
        string[] pack = ["pack", "--out", "pack", "--scenes", "1", "--scene-seconds", "1"];
        Assert.Equal(0, Shell.Run(shelf.Folder, [.. pack, "--side", "16"]).Code);
        var answer = Shell.Run(shelf.Folder, [.. pack, "--side", "24"]);
        Assert.Equal(2, answer.Code);
        Assert.Contains("pack was made with rate 8, side 16, format jpeg, quality 90: leave these options out", answer.Error);
    }

    [Fact]
    public void ADamagedPackIs4()
    {
        string[] pack = ["pack", "--out", "pack", "--scenes", "1", "--scene-seconds", "1", "--side", "16"];
        Assert.Equal(0, Shell.Run(shelf.Folder, pack).Code);
        File.WriteAllBytes(shelf.At("pack/frames"), [1]);
        var answer = Shell.Run(shelf.Folder, pack);
        Assert.Equal(4, answer.Code);
        Assert.Contains("frames is damaged: it ends after 1 bytes", answer.Error);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void StoppedKeepsWhatIsDoneAndGoesOn(string signal)
    {
        // Scenes of an hour: the third is never finished.
        Assert.Equal(0, Shell.Run(shelf.Folder, "pack", "--out", "pack", "--scenes", "2", "--scene-seconds", "1", "--side", "16").Code);
        using (var shell = Shell.Start(shelf.Folder, [], "pack", "--out", "pack", "--scenes", "1", "--scene-seconds", "3600", "--side", "16", "--rate", "8"))
        {
            Assert.True(SpinWait.SpinUntil(() => Directory.GetFiles(shelf.At("pack"), "spool*").Length > 0, HangGuard), "it never began");
            shell.Send(signal);
            var answer = shell.Wait();
            Assert.True(answer.Code == 130, answer.ToString());
            Assert.Contains("what was finished is kept", answer.Error);
        }

        Assert.Empty(Directory.GetFiles(shelf.At("pack"), "spool*"));
        var again = Shell.Run(shelf.Folder, "pack", "--out", "pack", "--scenes", "3", "--scene-seconds", "1");
        Assert.True(again.Code == 0, again.ToString());
        Assert.StartsWith("1 added (8 frames, 1 s), 2 known\n", again.Out);
    }
}
