namespace Sosia.Video.Tests;

/// <summary>The NUT reader against broken streams: a typed error or the right frames, in bounded memory.</summary>
[Collection("clips")]
public sealed class NutReaderTests(TestClips clips)
{
    private const int Width = 16;
    private const int Height = 9;

    private byte[] Stream => File.ReadAllBytes(clips.Make(
        "stream.nut", "-i", clips.Counter, "-vf", "settb=1/1000000,scale=16:9", "-fps_mode", "passthrough", "-enc_time_base", "1:1000000",
        "-c:v", "rawvideo", "-pix_fmt", "rgb24"));

    [Fact]
    public void A_whole_stream_gives_all_frames() =>
        Assert.Equal(Enumerable.Range(0, 50).Select(k => k / 25.0), Times(Stream), (a, b) => Math.Abs(a - b) < 1e-6);

    [Fact]
    public void A_stream_cut_anywhere_gives_the_frames_before_the_cut()
    {
        var whole = Stream;
        var all = Times(whole);
        for (var length = 0; length < whole.Length; length += length < 600 ? 1 : 97)
        {
            var times = TryTimes(whole[..length]);
            Assert.Equal(all.Take(times.Count), times);
            Assert.InRange(times.Count, (length - 700) / 440, length / 432);
        }
    }

    [Fact]
    public void Flipped_bytes_in_headers_give_an_error_or_the_same_times()
    {
        var whole = Stream;
        var all = Times(whole);
        const int headers = 330; // main, stream and info headers, first synchronisation point and frame header
        for (var at = 0; at < headers; at++)
        {
            foreach (var mask in new byte[] { 0x01, 0x80, 0xFF })
            {
                var bytes = (byte[])whole.Clone();
                bytes[at] ^= mask;
                var times = TryTimes(bytes);
                Assert.True(times.SequenceEqual(all.Take(times.Count)), $"byte {at} with mask {mask:x2}: {TestClips.Show(times.Take(3))}");
            }
        }
    }

    [Fact]
    public void Random_damage_never_costs_memory_or_an_untyped_error()
    {
        const int seed = 4711;
        var random = new Random(seed);
        var whole = Stream;
        for (var round = 0; round < 3000; round++)
        {
            var bytes = Damage(whole, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            TryTimes(bytes);
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 400_000, $"seed {seed}, round {round}");
        }
    }

    [Fact]
    public void Another_size_is_refused()
    {
        var reader = new NutReader(new MemoryStream(Stream), 17, 9);
        Assert.Throws<NutException>(() => reader.Read(new byte[17 * 9 * 3], out _));
    }

    private static byte[] Damage(byte[] whole, Random random)
    {
        var bytes = whole[..random.Next(1, whole.Length)];
        for (var flips = random.Next(1, 12); flips > 0; flips--)
        {
            bytes[random.Next(random.Next(2) == 0 ? bytes.Length : Math.Min(bytes.Length, 400))] = (byte)random.Next(256);
        }

        if (random.Next(3) > 0)
        {
            return bytes;
        }

        var at = random.Next(bytes.Length); // a number inflated to its longest
        return [.. bytes[..at], .. Enumerable.Repeat((byte)0xFF, random.Next(1, 12)), .. bytes[at..]];
    }

    private static List<double> Times(byte[] bytes)
    {
        var reader = new NutReader(new MemoryStream(bytes), Width, Height);
        var rgb = new byte[Width * Height * 3];
        List<double> times = [];
        while (reader.Read(rgb, out var time))
        {
            times.Add(time);
        }

        return times;
    }

    private static List<double> TryTimes(byte[] bytes)
    {
        var reader = new NutReader(new MemoryStream(bytes), Width, Height);
        var rgb = new byte[Width * Height * 3];
        List<double> times = [];
        try
        {
            while (reader.Read(rgb, out var time))
            {
                times.Add(time);
            }
        }
        catch (Exception error) when (error is NutException or EndOfStreamException)
        {
            // typed
        }

        return times;
    }
}
