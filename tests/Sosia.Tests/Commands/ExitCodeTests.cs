using Sosia.Library;
using Xunit;

namespace Sosia.Tests.Commands;

/// <summary>What the shell is told: 0 done, 1 single files failed, 2 wrong usage, 4 something is missing, 130 interrupted.</summary>
[Collection("videos")]
public sealed class ExitCodeTests(TestVideos videos) : IDisposable
{
    private readonly Shelf shelf = new();

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void DoneIs0AndFailedFilesAre1()
    {
        shelf.Put(videos.Short(0), "good.mp4");
        var done = Said(0, "add", "--model", "pdq", ".");
        Assert.Contains("1 added", done.Out);
        Assert.True(VideoLibrary.Exists(shelf.At(".sosia")));
        shelf.Write("bad.mp4", "no video");
        var failed = Said(1, "add", "--model", "pdq", ".");
        Assert.Contains("1 known", failed.Out);
        Assert.Contains("1 failed", failed.Out);
        Assert.Matches(@"failed: .*bad\.mp4: not a video", failed.Error);
        Assert.Contains("bad.mp4", Said(0, "status").Out);
        Said(0, "find", "good.mp4");
        Said(0, "duplicates");
        Assert.Contains("bad.mp4: not a video", Said(1, "find", "bad.mp4").Error);
        Assert.Contains("nowhere.mp4: no such file", Said(1, "find", "nowhere.mp4").Error);
        Assert.Contains("nowhere.txt", Said(1, "find", "--hashes", "nowhere.txt").Error);
        Assert.Contains("bad.mp4: line 1", Said(1, "find", "--hashes", "bad.mp4").Error);
    }

    [Theory]
    [InlineData("Unrecognized command or argument 'lisst'", "lisst")]
    [InlineData("Unrecognized command or argument 'c'", "explain", "a", "b", "c")]
    [InlineData("Unrecognized command or argument '--no-such'", "list", "--no-such")]
    [InlineData("there is no option --exlude", "add", "--exlude", "*.tmp", ".")]
    [InlineData("there is no option -x", "find", "-x", "--json", "--", "-y")]
    [InlineData("Required argument", "add")]
    [InlineData("Required argument 'b'", "explain", "a")]
    [InlineData("empty", "find", "")]
    [InlineData("empty", "--library", "", "list")]
    [InlineData("--threads takes a number from 1 to 1024", "list", "--threads", "0")]
    [InlineData("--threads takes a number from 1 to 1024", "--threads", "many", "list")]
    [InlineData("no model is called nose", "add", ".", "--model", "nose")]
    [InlineData("there is no library here", "list")]
    [InlineData("there is no library here", "duplicates")]
    [InlineData("there is no library in", "list", "--library", ".")]
    [InlineData("is not empty", "add", ".", "--library", ".")]
    [InlineData("--hashes", "export")]
    public void WrongUsageIs2(string message, params string[] arguments)
    {
        shelf.Write("something", "");
        var answer = Said(2, arguments);
        Assert.Contains(message, answer.Error);
        Assert.Empty(answer.Out);
        Assert.False(Directory.Exists(shelf.At(".sosia")));
    }

    [Theory]
    [InlineData("--from", "soon")]
    [InlineData("--from", "NaN")]
    [InlineData("--to", "-1")]
    [InlineData("--to", "1::2")]
    [InlineData("--to", "∞")]
    [InlineData("--from", "5", "--to", "2")]
    public void WrongTimesAre2(params string[] times) =>
        Assert.Contains("--", Said(2, ["find", videos.Harbour, "--library", videos.Library, .. times]).Error);

    [Fact]
    public void QuestionsWithoutASubjectAre2()
    {
        Assert.Contains("name one video", Said(2, "find", "--library", videos.Library).Error);
        Assert.Contains("name one video", Said(2, "find", "a", "--hashes", "b", "--library", videos.Library).Error);
        Assert.Contains("no video 99", Said(2, "remove", "99", "--library", videos.Library).Error);
        Assert.Contains("id 99", Said(2, "explain", "99", "1", "--library", videos.Library).Error);
    }

    [Fact]
    public void NoArgumentsShowTheHelp()
    {
        var answer = Said(2);
        Assert.Contains("Commands:", answer.Out);
        Assert.Equal("0.1.0", Said(0, "--version").Out.Trim());
    }

    [Fact]
    public void AMissingDecoderIs4AndNoFailureOfAFile()
    {
        shelf.Put(videos.Short(0), "a.mp4");
        shelf.Put(videos.Short(1), "b.mp4");
        foreach (var environment in new[] { ("PATH", shelf.Folder), ("SOSIA_FFPROBE", shelf.At("nowhere")), ("SOSIA_FFMPEG", shelf.At("nowhere")) })
        {
            var answer = Said(4, [environment], "add", "--model", "pdq", ".", "--threads", "2");
            Assert.Contains("apt install ffmpeg", answer.Error);
            Assert.DoesNotContain("cannot read", answer.Error); // it is not the file's fault
            var doctor = Said(4, [environment, ("SOSIA_TORCH", shelf.At("nowhere"))], "doctor");
            Assert.Contains("missing", doctor.Out);
            Assert.Contains("apt install ffmpeg", doctor.Out);
        }

        Assert.Contains("2 added", Said(0, "add", "--model", "pdq", ".").Out);
        Assert.Contains("not prepared yet", Said(0, [("SOSIA_TORCH", shelf.At("nowhere"))], "doctor").Out); // no fault of the machine
    }

    [Theory]
    [InlineData("PATH")]
    [InlineData("SOSIA_FFMPEG")]
    [InlineData("SOSIA_FFPROBE")]
    public void ADemoWithoutADecoderIs4AndSaysWhatToInstall(string variable)
    {
        var fake = FakeFfmpeg.Copying(shelf, videos.Short(0));
        (string, string)[] environment = [("SOSIA_FFMPEG", fake), (variable, shelf.At("nowhere"))];
        var answer = Said(4, variable == "PATH" ? environment[1..] : environment, "demo", "--threads", "4");
        Assert.StartsWith("sosia: cannot run ", answer.Error);
        Assert.Contains("apt install ffmpeg", answer.Error);
        Assert.Single(answer.Error.Trim().Split('\n'));
    }

    [Fact]
    public void ALockedLibraryIs4()
    {
        shelf.Put(videos.Short(0), "a.mp4");
        shelf.Add();
        using var writer = VideoLibrary.OpenWrite(shelf.Library);
        Assert.Contains($"process {Environment.ProcessId}", Said(4, "add", "--model", "pdq", ".").Error);
        Assert.Contains($"process {Environment.ProcessId}", Said(4, "remove", "1").Error);
        Assert.Contains("a.mp4", Said(0, "list").Out); // readers go on
    }

    [Fact]
    public void WhatMayNotBeReadOrWrittenIsSaid()
    {
        shelf.Put(videos.Short(0), "a.mp4");
        shelf.Put(videos.Short(1), "b.mp4");
        File.SetUnixFileMode(shelf.At("b.mp4"), UnixFileMode.None);
        var answer = Shell.RunUnprivileged(shelf.Folder, "add", "--model", "pdq", ".");
        Assert.Equal(1, answer.Code);
        Assert.Matches(@"b\.mp4: .*(permission|denied)", answer.Error);
        Assert.Contains("1 added", answer.Out);
        File.SetUnixFileMode(shelf.At("b.mp4"), UnixFileMode.UserRead);
        Assert.Contains("1 added", Said(0, "add", "--model", "pdq", "--retry", ".").Out); // its stamp is the same
    }

    [Fact]
    public void ALibraryIsFoundInAFolderAbove()
    {
        shelf.Put(videos.Short(0), "deep/down/a.mp4");
        Shell.Run(shelf.Folder, "add", "--model", "pdq", ".");
        Assert.Contains("a.mp4", Shell.Run(shelf.At("deep/down"), "list").Out);
        Assert.Contains("1 known", Shell.Run(shelf.At("deep/down"), "add", "--model", "pdq", ".").Out);
        Assert.False(Directory.Exists(shelf.At("deep/down/.sosia")));
    }

    [Fact]
    public void DetailsOfAnErrorAreShownOnlyWhenAskedFor()
    {
        Assert.DoesNotContain("   at ", Said(1, "find", "nowhere.mp4", "--library", videos.Library).Error);
        Assert.Contains("   at Sosia", Shell.Run(shelf.Folder, "find", "nowhere.mp4", "--library", videos.Library, "--verbose").Error);
    }

    private Answer Said(int code, params string[] arguments) => Said(code, [], arguments);

    private Answer Said(int code, (string, string)[] environment, params string[] arguments)
    {
        var answer = Shell.Run(shelf.Folder, environment, arguments);
        Assert.True(answer.Code == code, $"{string.Join(' ', arguments)}: {answer}");
        Assert.DoesNotContain("   at ", answer.Error); // a stack trace
        Assert.DoesNotContain("internal error", answer.Error);
        return answer;
    }
}
