using Xunit;

namespace Sosia.Tests.Commands;

/// <summary>The doctor holds nothing for good that does not work.</summary>
[Collection("videos")]
public sealed class DoctorTests : IDisposable
{
    private readonly Shelf shelf = new();

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void WhatThisMachineHasIsEnough()
    {
        var findings = Findings(0);
        Assert.All(findings.Values, f => Assert.Null(f.Advice));
        Assert.StartsWith("ffmpeg version ", findings["ffmpeg"].Found);
        Assert.Contains("libvpx", findings["demo"].Found);
    }

    [Theory]
    [InlineData("true", "is no ffmpeg")]
    [InlineData("echo sox version 14.4", "is no ffmpeg")]
    [InlineData("echo ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright", "4.4.2-0ubuntu0.22.04.1 is too old: Sosia needs 5.1")]
    [InlineData("echo ffmpeg version n5.0 Copyright", "n5.0 is too old")]
    public void WhatIsNoFfmpegOrTooOldIsMissing(string lines, string found)
    {
        var ffmpeg = Findings(4, ("SOSIA_FFMPEG", FakeFfmpeg.Script(shelf, lines)))["ffmpeg"];
        Assert.False(ffmpeg.Ok);
        Assert.Contains(found, ffmpeg.Found);
        Assert.Contains("SOSIA_FFMPEG", ffmpeg.Advice);
    }

    [Fact]
    public void FfprobeIsNotFfmpeg() =>
        Assert.Contains("is no ffprobe", Findings(4, ("SOSIA_FFPROBE", FakeFfmpeg.Script(shelf, "echo ffmpeg version 8.0")))["ffprobe"].Found);

    [Theory]
    [InlineData("N-120000-g0123abcd")]
    [InlineData("n7.1")]
    [InlineData("5.1.9-0+deb12u1")]
    public void WhatABuildLeavesOutIsSaid(string version)
    {
        var findings = Findings(4, ("SOSIA_FFMPEG", FakeFfmpeg.Script(shelf, $$"""
            case "$*" in
                *-version*) echo 'ffmpeg version {{version}} Copyright' ;;
                *-filters*) echo ' ... tonemap           V->V       between zscale and zscale' ;;
                *-encoders*) echo ' V....D mpeg4                MPEG-4, no libx264' ;;
            esac
            """)));
        Assert.True(findings["ffmpeg"].Ok);
        Assert.Equal("ffmpeg lacks the filters zscale", findings["HDR"].Found);
        Assert.Equal("ffmpeg lacks the encoders libx264, mjpeg, mpeg2video, libvpx", findings["demo"].Found);
        Assert.All(new[] { "HDR", "demo" }, name => Assert.Contains("SOSIA_FFMPEG", findings[name].Advice));
    }

    private Dictionary<string, Sosia.Finding> Findings(int code, params (string, string)[] environment)
    {
        // What is wrong with ffmpeg is told without libtorch, which takes seconds to load and to measure.
        var answer = Shell.Run(shelf.Folder, code == 0 ? environment : [("SOSIA_TORCH", shelf.At("nowhere")), .. environment], "doctor", "--json");
        Assert.True(answer.Code == code, answer.ToString());
        return answer.Json.GetProperty("findings").EnumerateArray().Select(f => new Sosia.Finding(
            f.GetProperty("name").GetString()!, f.GetProperty("ok").GetBoolean(), f.GetProperty("found").GetString()!, f.GetProperty("advice").GetString()))
            .ToDictionary(f => f.Name, StringComparer.Ordinal);
    }
}
