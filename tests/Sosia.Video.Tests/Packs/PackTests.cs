using Sosia.Video.Packs;

namespace Sosia.Video.Tests.Packs;

/// <summary>What was put into a pack comes out of it.</summary>
public sealed class PackTests : IDisposable
{
    private static readonly PackSettings Raw = new(Rate: 4, Side: 8, Format: PackFormat.Raw);
    private static readonly PackSettings Jpeg = new(Rate: 4, Side: 24, Quality: 95);

    private readonly PackShelf shelf = new();

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void RawFramesComeBackExactly()
    {
        Make(Raw, ("b", 2, 3), ("a", 1, 1), ("c", 3, 5));
        using var pack = Pack.Open(shelf.Pack);
        Assert.Equal(Raw, pack.Settings);
        Assert.Equal([("a", 1), ("b", 3), ("c", 5)], pack.Videos.Select(v => (v.Name, v.Frames)));
        foreach (var (video, seed) in pack.Videos.Zip([1, 2, 3]))
        {
            for (var frame = video.Frames - 1; frame >= 0; frame--) Assert.Equal(PackShelf.Noise(seed, frame, 7, 5), PackShelf.Read(pack, video, frame));
        }
    }

    [Theory]
    [InlineData(64, 48)]
    [InlineData(33, 17)] // odd sizes
    [InlineData(1, 1)]
    [InlineData(8, 24)]
    public void JpegFramesComeBackNearly(int width, int height)
    {
        using (var writer = PackWriter.Open(shelf.Pack, Jpeg)) PackShelf.Add(writer, "a", 1, 3, width, height);
        using var pack = Pack.Open(shelf.Pack);
        for (var frame = 0; frame < 3; frame++)
        {
            var psnr = PackShelf.Psnr(PackShelf.Smooth(1, frame, width, height), PackShelf.Read(pack, pack.Videos[0], frame));
            Assert.True(psnr > 38, $"frame {frame}: {psnr:0.0} dB");
        }
    }

    [Fact]
    public void AFrameCostsItsOwnDecodingOnly()
    {
        Make(Jpeg, ("a", 1, 200), ("b", 2, 200));
        using var pack = Pack.Open(shelf.Pack);
        Assert.Equal(0, pack.DecodedFrames);
        PackShelf.Read(pack, pack.Videos[1], 150);
        Assert.Equal(1, pack.DecodedFrames);
        for (var frame = 40; frame < 48; frame++) PackShelf.Read(pack, pack.Videos[0], frame);
        Assert.Equal(9, pack.DecodedFrames);
    }

    [Fact]
    public void FramesBeyondFourGigabytesAreRead()
    {
        const long offset = (5L << 30) + 7;
        var block = PackShelf.Block([PackShelf.Noise(1, 0, 7, 5), PackShelf.Noise(1, 1, 7, 5)]);
        var check = System.IO.Hashing.XxHash3.HashToUInt64(block.AsSpan(0, 32));
        var line = $$"""{"name":"a","source":"video","width":7,"height":5,"rate":8,"frames":2,"offset":{{offset}},"bytes":{{block.Length}},"checksum":"{{check:x16}}"}""";
        PackShelf.ByHand(shelf.Pack, [], 7, 5, 0, "raw", line);
        using (var file = File.OpenHandle(Path.Combine(shelf.Pack, "frames"), FileMode.Open, FileAccess.Write)) RandomAccess.Write(file, block, offset); // what is before takes no room
        using var pack = Pack.Open(shelf.Pack);
        Assert.Equal(PackShelf.Noise(1, 1, 7, 5), PackShelf.Read(pack, pack.Videos[0], 1));
    }

    [Fact]
    public void ALaterLineOfTheSameNameCounts()
    {
        Make(Raw, ("a", 1, 2), ("b", 2, 2), ("a", 7, 4));
        using var pack = Pack.Open(shelf.Pack);
        Assert.Equal([("a", 4), ("b", 2)], pack.Videos.Select(v => (v.Name, v.Frames)));
        Assert.Equal(PackShelf.Noise(7, 3, 7, 5), PackShelf.Read(pack, pack.Videos[0], 3));
    }

    [Fact]
    public void ManyThreadsReadAtOnceAndSeeTheSame()
    {
        Make(Jpeg, [.. Enumerable.Range(0, 6).Select(i => ($"{i}", i, 10))]);
        var expected = PackShelf.ReadAll(shelf.Pack);
        using var pack = Pack.Open(shelf.Pack);
        Parallel.For(0, 240, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var video = pack.Videos[i % 6];
            Assert.Equal(expected[video.Name][i / 6 % 10], PackShelf.Read(pack, video, i / 6 % 10));
        });
    }

    [Fact]
    public void AReaderIsNotDisturbedByAWriter()
    {
        Make(Raw, ("a", 1, 2));
        using var pack = Pack.Open(shelf.Pack);
        Make(Raw, ("b", 2, 100), ("a", 3, 100));
        Assert.Single(pack.Videos);
        Assert.Equal(PackShelf.Noise(1, 1, 7, 5), PackShelf.Read(pack, pack.Videos[0], 1));
    }

    [Fact]
    public void WhatIsAskedWronglyIsSaid()
    {
        Make(Raw, ("a", 1, 2));
        var pack = Pack.Open(shelf.Pack);
        var rgb = new byte[105];
        Assert.Throws<ArgumentOutOfRangeException>(() => pack.ReadFrame(pack.Videos[0], 2, rgb));
        Assert.Throws<ArgumentOutOfRangeException>(() => pack.ReadFrame(pack.Videos[0], -1, rgb));
        Assert.Throws<ArgumentException>(() => pack.ReadFrame(pack.Videos[0], 0, new byte[104]));
        Assert.Throws<ArgumentException>(() => pack.ReadFrame(new PackedVideo("elsewhere", PackSource.Video, 7, 5, 8, 100_000), 99_999, rgb));
        pack.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pack.ReadFrame(pack.Videos[0], 0, rgb));
        pack.Dispose();
    }

    [Fact]
    public async Task ClosingWhileOthersReadHurtsNobody()
    {
        Make(Jpeg, ("a", 1, 20));
        for (var round = 0; round < 60; round++)
        {
            var pack = Pack.Open(shelf.Pack);
            using var begun = new CountdownEvent(3);
            var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                begun.Signal();
                ReadUntilClosed(pack);
            })).ToArray();
            begun.Wait();
            pack.Dispose();
            await Task.WhenAll(readers);
        }
    }

    [Fact]
    public void AnEmptyPackIsAPack()
    {
        Make(Raw);
        Assert.True(Pack.Is(shelf.Pack));
        using var pack = Pack.Open(shelf.Pack);
        Assert.Empty(pack.Videos);
    }

    [Fact]
    public void WhatIsNoPackIsSaid()
    {
        Assert.False(Pack.Is(shelf.Root));
        Assert.Equal(PackFault.NotAPack, Fault(() => Pack.Open(shelf.At("nowhere"))));
        Assert.Equal(PackFault.NotAPack, Fault(() => Pack.Open(shelf.Root)));
        File.WriteAllText(shelf.At("other"), "");
        Assert.Equal(PackFault.NotAPack, Fault(() => PackWriter.Open(shelf.Root, Raw)));
        Assert.Equal(["other"], Directory.GetFileSystemEntries(shelf.Root).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("""{"format":"sosia.pack","version":2,"rate":4,"side":8,"frames":"raw","quality":90}""", PackFault.NewerVersion)]
    [InlineData("""{"format":"sosia.pack","version":0,"rate":4,"side":8,"frames":"raw","quality":90}""", PackFault.Damaged)]
    [InlineData("""{"format":"sosia.pack","version":1,"rate":0,"side":8,"frames":"raw","quality":90}""", PackFault.Damaged)]
    [InlineData("""{"format":"sosia.pack","version":1,"rate":4,"side":8,"frames":"webp","quality":90}""", PackFault.Damaged)]
    [InlineData("""{"format":"sosia.pack","version":1,"rate":4,"side":8,"frames":7,"quality":90}""", PackFault.Damaged)]
    [InlineData("""{"format":"other","version":1}""", PackFault.Damaged)]
    [InlineData("null", PackFault.Damaged)]
    [InlineData("", PackFault.Damaged)]
    public void AHeaderThatCannotBeIsSaid(string header, PackFault fault)
    {
        Make(Raw, ("a", 1, 2));
        File.WriteAllText(Path.Combine(shelf.Pack, "pack.json"), header);
        Assert.Equal(fault, Fault(() => Pack.Open(shelf.Pack)));
        Assert.Equal(fault, Fault(() => PackWriter.Open(shelf.Pack, Raw)));
    }

    [Fact]
    public void OtherSettingsAreRefusedAndQualityMeansNothingToRaw()
    {
        Make(Raw, ("a", 1, 2));
        foreach (var other in new[] { Raw with { Rate = 5 }, Raw with { Side = 9 }, Raw with { Format = PackFormat.Jpeg } })
        {
            Assert.Equal(PackFault.OtherSettings, Fault(() => PackWriter.Open(shelf.Pack, other)));
        }

        PackWriter.Open(shelf.Pack, Raw with { Quality = 5 }).Dispose();
        Assert.Throws<ArgumentException>(() => PackWriter.Open(shelf.At("b"), Raw with { Rate = double.NaN }));
        Assert.False(Directory.Exists(shelf.At("b")));
    }

    [Fact]
    public void OneWriterAtATime()
    {
        using (PackWriter.Open(shelf.Pack, Raw)) Assert.Equal(PackFault.Locked, Fault(() => PackWriter.Open(shelf.Pack, Raw)));
        PackWriter.Open(shelf.Pack, Raw).Dispose();
    }

    [Fact]
    public void BlocksOfManyThreadsBecomeWholeVideos()
    {
        using (var writer = PackWriter.Open(shelf.Pack, Raw)) Parallel.For(0, 40, i => PackShelf.Add(writer, $"{i:D2}", i, 1 + (i % 5)));
        var all = PackShelf.ReadAll(shelf.Pack);
        Assert.Equal(40, all.Count);
        Assert.All(all.Values.Select((frames, i) => (frames, i)), video => Assert.Equal(Enumerable.Range(0, 1 + (video.i % 5)).Select(f => PackShelf.Noise(video.i, f, 7, 5)), video.frames));
    }

    [Fact]
    public void AFrameOfAnotherSizeAndAVideoWithoutFramesAreRefused()
    {
        using var writer = PackWriter.Open(shelf.Pack, Raw);
        using var block = writer.Begin(7, 5);
        Assert.Throws<ArgumentException>(() => block.Add(new byte[104]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Commit("a", PackSource.Video, block));
        Assert.Equal((0, 0L), (writer.Videos, writer.Bytes));
    }

    [Theory]
    [InlineData(320, 180, 256, 144)]
    [InlineData(180, 320, 144, 256)]
    [InlineData(161, 91, 255, 144)]
    [InlineData(1, 1, 144, 144)] // small ones are enlarged
    [InlineData(320, 8, 1152, 29)] // at most eight times as long as the side
    [InlineData(10_000, 1, 1152, 1)]
    public void AFrameHasTheShortSideThatWasAsked(int width, int height, int packedWidth, int packedHeight) =>
        Assert.Equal((packedWidth, packedHeight), new PackSettings(Side: 144).SizeOf(width, height));

    [Theory]
    [InlineData(3000, 2000, 324, 216)]
    [InlineData(320, 240, 288, 216)]
    [InlineData(200, 150, 200, 150)]
    [InlineData(100, 80, 100, 80)] // never enlarged
    [InlineData(1, 1, 1, 1)]
    public void APhotographKeepsMore(int width, int height, int packedWidth, int packedHeight) =>
        Assert.Equal((packedWidth, packedHeight), new PackSettings(Side: 144).SizeOfPhotograph(width, height));

    private static void ReadUntilClosed(Pack pack)
    {
        try
        {
            for (var frame = 0; ; frame = (frame + 1) % 20) PackShelf.Read(pack, pack.Videos[0], frame);
        }
        catch (ObjectDisposedException)
        {
            // As it should be; anything else fails the test.
        }
    }

    private static PackFault Fault(Action work) => Assert.Throws<PackException>(work).Fault;

    private void Make(PackSettings settings, params (string Name, int Seed, int Frames)[] videos)
    {
        using var writer = PackWriter.Open(shelf.Pack, settings);
        foreach (var (name, seed, frames) in videos)
        {
            var (width, height) = settings.Format == PackFormat.Raw ? (7, 5) : (32, 24);
            PackShelf.Add(writer, name, seed, frames, width, height);
        }
    }
}
