using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Sosia.Video.Tests;

public sealed class VpdqFileTests
{
    private const string Hash = "f1a2b3c4d5e6f7089a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071";

    [Fact]
    public void Golden_file()
    {
        var frames = new VpdqFrame[] { new(0, 100, PdqHash.Parse(Hash), 0), new(25, 7, default, 1.0006), new(50, 0, default, 12345.6789) };
        var zero = new string('0', 64);
        Assert.Equal($"0,100,{Hash},0.000\n25,7,{zero},1.001\n50,0,{zero},12345.679\n", Text(frames));
    }

    [Fact]
    public void What_is_written_is_read() => Prop.ForAll(Frames, static frames =>
        VpdqFile.Read(new StringReader(Text(frames)), "x").SequenceEqual(frames)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0,9,{0},1.000\r\n1,9,{0},2.5\r\n")]
    [InlineData("0,9,{0},1.000\n1,9,{0},2.5")]
    [InlineData("0,9,{0},1.000\n1,9,{0},2.5\n\n\r\n\n")]
    public void Line_ends_and_blank_lines_at_the_end_are_accepted(string text) =>
        Assert.Equal([1.0, 2.5], Read(text.Replace("{0}", Hash)).Select(static frame => frame.Seconds));

    [Theory]
    [InlineData("", "cannot read list.txt: it holds no hashes; a hash file has lines of number,quality,hash,seconds")]
    [InlineData("\n\n", "cannot read list.txt: it holds no hashes; a hash file has lines of number,quality,hash,seconds")]
    [InlineData("0,9,{0},1\n\n1,9,{0},2\n", "cannot read list.txt: line 2 is empty, and hashes follow it")]
    [InlineData("0,9,{0},1\nhello\n", "cannot read list.txt: line 2 has 1 fields, not the 4 of number,quality,hash,seconds")]
    [InlineData("0,9,{0},1,5\n", "cannot read list.txt: line 1 has more than 4 fields, not the 4 of number,quality,hash,seconds")]
    [InlineData("-1,9,{0},1\n", "cannot read list.txt: line 1 begins with no frame number (a whole number from 0)")]
    [InlineData("99999999999,9,{0},1\n", "cannot read list.txt: line 1 begins with no frame number (a whole number from 0)")]
    [InlineData(" 1,9,{0},1\n", "cannot read list.txt: line 1 begins with no frame number (a whole number from 0)")]
    [InlineData("0,101,{0},1\n", "cannot read list.txt: line 1 has a quality that is no whole number from 0 to 100")]
    [InlineData("0,9,{0}0,1\n", "cannot read list.txt: line 1 has a hash that is not 64 hexadecimal digits")]
    [InlineData("0,9,,1\n", "cannot read list.txt: line 1 has a hash that is not 64 hexadecimal digits")]
    [InlineData("0,9,{0},-1\n", "cannot read list.txt: line 1 ends with no time (seconds, 0 or more, such as 12.000)")]
    [InlineData("0,9,{0},NaN\n", "cannot read list.txt: line 1 ends with no time (seconds, 0 or more, such as 12.000)")]
    [InlineData("0,9,{0},1e3\n", "cannot read list.txt: line 1 ends with no time (seconds, 0 or more, such as 12.000)")]
    [InlineData("0,9,{0},1\r\r\n", "cannot read list.txt: line 1 ends with no time (seconds, 0 or more, such as 12.000)")]
    public void Junk_is_refused_by_line(string text, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => Read(text.Replace("{0}", Hash))).Message);

    [Fact]
    public void An_endless_line_is_given_up_early()
    {
        var endless = new Endless("7");
        var error = Assert.Throws<InvalidDataException>(() => VpdqFile.Read(endless, "list.txt").Count());
        Assert.Equal("cannot read list.txt: line 1 is longer than 256 characters", error.Message);
        Assert.InRange(endless.Taken, 256, 300);
    }

    [Fact]
    public void Frames_come_as_they_are_read()
    {
        var endless = new Endless($"3,50,{Hash},0.120\n");
        Assert.Equal(1000, VpdqFile.Read(endless, "list.txt").Take(1000).Count());
        Assert.InRange(endless.Taken, 1000 * 76, 1001 * 78);
    }

    [Fact]
    public void Damaged_files_give_an_error_or_valid_frames() => Prop.ForAll(Frames, Arb.From(Gen.Choose(0, int.MaxValue)), static (frames, seed) =>
    {
        var bytes = Damage(Encoding.UTF8.GetBytes(Text(frames)), new Random(seed));
        try
        {
            using var reader = new StreamReader(new MemoryStream(bytes));
            return VpdqFile.Read(reader, "x").All(static frame => frame is { Number: >= 0, Quality: >= 0 and <= 100, Seconds: >= 0 and < double.PositiveInfinity });
        }
        catch (InvalidDataException error)
        {
            return error.Message.StartsWith("cannot read x: ", StringComparison.Ordinal);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void A_path_is_read_and_a_missing_one_is_named()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("sosia-hashes-").FullName, "list.txt");
        File.WriteAllText(path, $"0,9,{Hash},1\n");
        Assert.Single(VpdqFile.Read(path));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        Assert.ThrowsAny<IOException>(() => VpdqFile.Read(path).Count());
    }

    private static Arbitrary<VpdqFrame[]> Frames { get; } = (
        from hash in PdqHashTests.Hashes.Generator
        from number in Gen.Choose(0, 1_000_000)
        from quality in Gen.Choose(0, 100)
        from milliseconds in Gen.Choose(0, int.MaxValue)
        select new VpdqFrame(number, quality, hash, milliseconds / 1000.0)).NonEmptyListOf().Select(static list => list.ToArray()).ToArbitrary();

    private static string Text(IEnumerable<VpdqFrame> frames)
    {
        var writer = new StringWriter();
        VpdqFile.Write(writer, frames);
        return writer.ToString();
    }

    private static List<VpdqFrame> Read(string text) => [.. VpdqFile.Read(new StringReader(text), "list.txt")];

    // A few bytes changed, taken out or put in.
    private static byte[] Damage(byte[] bytes, Random random)
    {
        var list = bytes.ToList();
        for (var changes = random.Next(1, 5); changes > 0 && list.Count > 0; changes--)
        {
            var at = random.Next(list.Count);
            switch (random.Next(4))
            {
                case 0:
                    list[at] = (byte)random.Next(256);
                    break;
                case 1:
                    list.Insert(at, (byte)",\n0.-"[random.Next(5)]);
                    break;
                case 2:
                    list.RemoveAt(at);
                    break;
                default:
                    list.RemoveRange(at, list.Count - at);
                    break;
            }
        }

        return [.. list];
    }

    private sealed class Endless(string text) : TextReader
    {
        public int Taken { get; private set; }

        public override int Read() => text[Taken++ % text.Length];
    }
}
