using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sosia.Matching;
using Sosia.Reports;
using Xunit;

namespace Sosia.Tests.Reports;

/// <summary>Every report calls the same stretches sped up.</summary>
public sealed class SpeedTests
{
    [Theory]
    [InlineData(1.0, false)]
    [InlineData(1.015, false)]
    [InlineData(0.985, false)]
    [InlineData(1.03, true)]
    [InlineData(0.96, true)] // 24 frames a second for 25
    [InlineData(1.25, true)]
    public void WhatIsSpedUpIsSoInEveryReport(double speed, bool changed)
    {
        var video = new VideoRef(1, "/v/a.mp4", 30);
        var pair = new VideoPair(video, new VideoRef(2, "/v/b.mp4", 30), 1, [new CopiedSegment(new Stretch(0, 30), new Stretch(0, 30), 1, speed, QueryVariant.Plain)]);
        var shown = speed.ToString("0.00", CultureInfo.InvariantCulture);

        Assert.Equal(changed, TextReport.Duplicates(new DuplicatesResult([new DuplicateGroup(video, [pair.A, pair.B], [pair])])).Contains($"speed {shown}", StringComparison.Ordinal));
        var page = Page(new ReportModel { Title = "t", Pairs = [pair] });
        Assert.Equal(changed, page.Contains($", {shown}×", StringComparison.Ordinal));
        Assert.Equal(changed, page.Contains("\"speed\":true", StringComparison.Ordinal));
        var script = double.Parse(Regex.Match(page, "\"sameSpeed\":([0-9.]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.Equal(changed, Math.Abs(speed - 1) >= script);
    }

    private static string Page(ReportModel model)
    {
        using var output = new MemoryStream();
        HtmlReport.Write(output, model);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
