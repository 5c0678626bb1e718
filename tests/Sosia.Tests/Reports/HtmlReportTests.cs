using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Sosia.Matching;
using Sosia.Reports;
using Sosia.Video;
using Sosia.Video.Tests;
using Xunit;

namespace Sosia.Tests.Reports;

public sealed class HtmlReportTests
{
    private static readonly byte[] Strip = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Reports", "strip.jpg"));

    [Fact]
    public void PageOf5000PairsStaysUnder30MegabytesAndKeepsItsBestPictures()
    {
        var model = Large(pairs: 5000, strip: 34_000);
        var page = Page(model);
        if (Environment.GetEnvironmentVariable("SOSIA_KEEP_REPORT") is { Length: > 0 } keep)
        {
            File.WriteAllText(keep, page);
        }

        Assert.InRange(Encoding.UTF8.GetByteCount(page), 10_000_000, 30_000_000);
        using var data = PageText.Data(page);
        Assert.Equal(5000, data.RootElement.GetProperty("pairs").GetArrayLength());
        Assert.Equal(200, data.RootElement.GetProperty("pairs").EnumerateArray().Count(pair => pair.TryGetProperty("matrix", out _)));
        Assert.Equal(model.VideosInDetail().Count, Regex.Count(page, @"^\.v\d+\{", RegexOptions.Multiline));
    }

    [Fact]
    public void PicturesThatAreTooHeavyGiveWayAndTheBestPairsKeepTheirs()
    {
        var page = Page(Large(pairs: 300, strip: 200_000));
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 10_000_000, 30_000_000);
        using var data = PageText.Data(page);
        var (videos, pairs) = (data.RootElement.GetProperty("videos"), data.RootElement.GetProperty("pairs"));
        Assert.True(videos[pairs[0].GetProperty("a").GetInt32()].TryGetProperty("pictures", out _));
        Assert.False(videos[pairs[199].GetProperty("b").GetInt32()].TryGetProperty("pictures", out _));
    }

    [Fact]
    public void AThumbnailIsStoredOnceHoweverManyPairsShowIt()
    {
        var pairs = Enumerable.Range(1, 50).Select(id => new VideoPair(Samples.Holiday, new VideoRef(100 + id, $"/videos/{id}.mp4", 30), 0.9, [Samples.Mirrored]));
        var page = Page(new ReportModel { Title = "t", Pairs = [.. pairs], Thumbnails = new Dictionary<long, Thumbnails> { [Samples.Holiday.Id] = new(Strip, 12) } });
        Assert.Equal(1, Regex.Count(page, Regex.Escape(Convert.ToBase64String(Strip))));
    }

    [Fact]
    public void ThePageNeedsNothingFromOutside()
    {
        var page = Page(ReportModel.Of(Samples.Explained) with { Thumbnails = new Dictionary<long, Thumbnails> { [7] = new(Strip, 12), [12] = new(Strip, 12) } });
        PageText.AssertNeedsNothing(page);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("</script><img src=x onerror=alert(1)>")]
    [InlineData("</noscript><b onclick='x'>\"&")]
    [InlineData("<!--<script>")]
    [InlineData("\u001b[31m\u202egpj\n\0")]
    public void HostileNamesReachThePageAsTextOnly(string hostile)
    {
        var page = Page(Everywhere(hostile));
        Assert.DoesNotContain(hostile, page, StringComparison.Ordinal);
        Assert.DoesNotContain(page, letter => char.IsControl(letter) && letter != '\n');
        Assert.DoesNotContain('\u202e', page);
        Assert.Equal(PageText.Structure(Page(Everywhere("harmless"))), PageText.Structure(page));
        using var data = PageText.Data(page);
        Assert.Equal(Printable.Text(Path.GetFileName(hostile) + ".mp4"), data.RootElement.GetProperty("videos")[0].GetProperty("name").GetString());
    }

    [Fact]
    public void NoNameChangesTheStructureOfThePage()
    {
        var expected = PageText.Structure(Page(Everywhere("harmless")));
        Prop.ForAll(Hostile.Text, name => Assert.Equal(expected, PageText.Structure(Page(Everywhere(name))))).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void TheMatrixIsAPngWithItsGreyValues()
    {
        using var data = PageText.Data(Page(ReportModel.Of(Samples.Explained)));
        var png = data.RootElement.GetProperty("pairs")[0].GetProperty("matrix").GetBytesFromBase64();
        var chunks = Chunks(png);
        Assert.Equal(["IHDR", "IDAT", "IEND"], chunks.Select(chunk => chunk.Type));
        Assert.Equal([0, 0, 0, 2, 0, 0, 0, 1, 8, 0, 0, 0, 0], chunks[0].Data);
        using var pixels = new MemoryStream();
        using (var zlib = new ZLibStream(new MemoryStream(chunks[1].Data), CompressionMode.Decompress))
        {
            zlib.CopyTo(pixels);
        }

        Assert.Equal([0, 0, 255], pixels.ToArray());
        Assert.Equal(0xAE426082u, chunks[2].Crc); // the sum of every PNG's last chunk
    }

    [Fact]
    public void WithoutScriptsEveryPairStandsInAPlainTable()
    {
        var plain = Regex.Match(Page(ReportModel.Of(Samples.Find)), "<noscript>(?<table>.*)</noscript>", RegexOptions.Singleline | RegexOptions.ExplicitCapture).Groups["table"].Value;
        Assert.Equal(3, Regex.Count(plain, "<tr>")); // a heading and two pairs
        Assert.Contains("copies/été &lt;1&gt;.mkv", plain, StringComparison.Ordinal);
        Assert.Contains("0:12.0–0:20.0 ↔ 0:20.0–0:28.0, mirrored", plain, StringComparison.Ordinal);
    }

    [Fact]
    public void TheDemoShowsWhatItDidNotFind()
    {
        var page = Page(new ReportModel
        {
            Title = "Demo",
            Demo = [new("cropped", "crop.mp4", "0:00–0:12", "nothing", DemoOutcome.BeyondEmbedder), new("scaled", "scale.mp4", "0:00–0:12", "0:00–0:12", DemoOutcome.Found)],
        });
        Assert.Contains("Self-check: 1 of 2 copies found", page, StringComparison.Ordinal);
        Assert.Contains("beyond this embedder", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 28, 1, false, "")] // 28 s of 30 s
    [InlineData(0, 20, 1, false, "partial")]
    [InlineData(0, 30, 1.25, true, "mirrored speed")]
    [InlineData(0, 30, 1.01, false, "")]
    public void PairsCanBeFilteredByWhatIsRemarkable(double start, double end, double speed, bool mirrored, string expected)
    {
        var video = new VideoRef(1, "/v/a.mp4", 30);
        var segment = new CopiedSegment(new Stretch(start, end), new Stretch(start, end), 1, speed, mirrored ? QueryVariant.Mirrored : QueryVariant.Plain);
        using var data = PageText.Data(Page(new ReportModel { Title = "t", Pairs = [new VideoPair(video, video with { Id = 2 }, 1, [segment])] }));
        var pair = data.RootElement.GetProperty("pairs")[0];
        Assert.Equal(expected, string.Join(' ', new[] { "mirrored", "speed", "partial" }.Where(trait => pair.GetProperty(trait).GetBoolean())));
    }

    [Fact]
    public void WhatTwoSegmentsShareIsCopiedOnce()
    {
        var video = new VideoRef(1, "/v/a.mp4", 30);
        CopiedSegment[] segments = [new(new Stretch(0, 10), new Stretch(0, 10), 1, 1, QueryVariant.Plain), new(new Stretch(5, 12), new Stretch(5, 12), 1, 1, QueryVariant.Plain), new(new Stretch(20, 21), new Stretch(20, 21), 1, 1, QueryVariant.Plain)];
        using var data = PageText.Data(Page(new ReportModel { Title = "t", Pairs = [new VideoPair(video, video with { Id = 2 }, 1, segments)] }));
        Assert.Equal(13, data.RootElement.GetProperty("pairs")[0].GetProperty("copied").GetDouble());
    }

    private static ReportModel Large(int pairs, int strip)
    {
        var random = new Random(7);
        var (videoPairs, thumbnails, matrices) = (new List<VideoPair>(), new Dictionary<long, Thumbnails>(), new Dictionary<(long, long), MatrixPicture>());
        for (var id = 1; id <= pairs; id++)
        {
            var a = new VideoRef(2 * id, $"/archive/2019/summer holidays/day {id % 31}/beach and harbour {id}.mp4", 60);
            var b = new VideoRef((2 * id) + 1, $"/archive/copies/from the phone/{id}/beach and harbour {id} (1).mov", 45);
            var length = 5 + (random.NextDouble() * 30);
            var segment = new CopiedSegment(new Stretch(3, 3 + length), new Stretch(1, 1 + length), 0.9, id % 9 == 0 ? 1.25 : 1, id % 7 == 0 ? QueryVariant.Mirrored : QueryVariant.Plain);
            videoPairs.Add(new VideoPair(a, b, 1 - (0.5 * id / pairs), [segment, Samples.Mirrored]));
            if (id <= ReportModel.PairsInDetail)
            {
                thumbnails[a.Id] = new Thumbnails(Padded(strip, random), 12);
                thumbnails[b.Id] = new Thumbnails(Padded(strip, random), 12);
                matrices[(a.Id, b.Id)] = MatrixPicture.Of(new SimilarityMatrix([.. Enumerable.Range(0, 60 * 45).Select(_ => random.NextSingle())], 60, 45));
            }
        }

        return new ReportModel { Title = "5,000 pairs", Pairs = videoPairs, Thumbnails = thumbnails, Matrices = matrices };
    }

    // A real filmstrip; decoders take no notice of what follows its end, and no two are alike.
    private static byte[] Padded(int length, Random random)
    {
        var jpeg = new byte[length];
        random.NextBytes(jpeg);
        Strip.CopyTo(jpeg, 0);
        return jpeg;
    }

    private static ReportModel Everywhere(string name)
    {
        var (a, b) = (new VideoRef(1, $"/videos/{name}.mp4", 30), new VideoRef(2, $"/videos/{name}/{name}", 30));
        var pair = new VideoPair(a, b, 0.9, [Samples.Mirrored]);
        return new ReportModel
        {
            Title = name,
            Subtitle = [name],
            Groups = [new DuplicateGroup(a, [a, b], [pair])],
            Copies = true,
            Checks = [new Check(name, Passed: true, 1, 2, name)],
            Demo = [new DemoCheck(name, name, name, name, DemoOutcome.Found)],
        };
    }

    private static string Page(ReportModel model)
    {
        using var output = new MemoryStream();
        HtmlReport.Write(output, model);
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(output.ToArray());
    }

    private static List<(string Type, byte[] Data, uint Crc)> Chunks(byte[] png)
    {
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a], png[..8]);
        var chunks = new List<(string, byte[], uint)>();
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            chunks.Add((Encoding.ASCII.GetString(png, at + 4, 4), png.AsSpan(at + 8, length).ToArray(), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length))));
            at += length + 12;
        }

        return chunks;
    }
}
