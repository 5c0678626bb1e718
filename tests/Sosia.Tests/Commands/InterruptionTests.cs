using Sosia.Video;
using Xunit;

namespace Sosia.Tests.Commands;

/// <summary>Ctrl-C ends the program soon, keeps what is done, and the same command goes on.</summary>
[Collection("videos")]
public sealed class InterruptionTests(TestVideos videos) : IDisposable
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    private readonly Shelf shelf = new();

    public void Dispose() => shelf.Dispose();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void WhatIsDoneIsKept(string signal)
    {
        for (var i = 0; i < 3; i++) shelf.Put(videos.Short(i), $"{i}.mp4");
        using (var shell = Shell.Start(shelf.Folder, [("SOSIA_FFMPEG", SlowFor("1.mp4"))], "add", "--model", "pdq", ".", "--threads", "1"))
        {
            Assert.True(SpinWait.SpinUntil(() => File.Exists(shelf.At("decoder.pid")), HangGuard), "the decoder was never started");
            shell.Send(signal);
            var answer = shell.Wait();
            Assert.True(answer.Code == 130, answer.ToString());
            Assert.Contains("what was finished is kept", answer.Error);
            Assert.DoesNotContain("   at ", answer.Error);
        }

        var decoder = File.ReadAllText(shelf.At("decoder.pid")).Trim();
        Assert.True(SpinWait.SpinUntil(() => !Directory.Exists($"/proc/{decoder}"), HangGuard), "the decoder still runs");
        Assert.Equal(["0.mp4"], Shelved());
        var again = Shell.Run(shelf.Folder, "add", "--model", "pdq", ".");
        Assert.True(again.Code == 0, again.ToString());
        Assert.Contains("2 added", again.Out);
        Assert.Contains("1 known", again.Out);
        Assert.Equal(["0.mp4", "1.mp4", "2.mp4"], Shelved());
    }

    private string[] Shelved() => [.. Shell.Run(shelf.Folder, "list", "--json").Json.GetProperty("videos").EnumerateArray()
        .Select(v => Path.GetFileName(v.GetProperty("paths")[0].GetString()!)).Order(StringComparer.Ordinal)];

    // An ffmpeg that stays for ever at one file.
    private string SlowFor(string name)
    {
        var script = shelf.Write("ffmpeg", $"""
            #!/bin/sh
            case "$*" in
                *'{name}'*) echo $$ >'{shelf.At("decoder.tmp")}' && mv '{shelf.At("decoder.tmp")}' '{shelf.At("decoder.pid")}' && exec sleep 1000 ;;
            esac
            exec '{Ffmpeg.Tool}' "$@"
            """);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return script;
    }
}
