using Sosia.Matching;
using Xunit;

namespace Sosia.Tests.Benchmark;

/// <summary>truth.csv of either maker is read; what is wrong in one is told with its line.</summary>
public sealed class TruthFileTests : IDisposable
{
    private const string Header = "copy_file,copy_start,copy_end,source_file,source_start,source_end,edits";

    private readonly string folder = Directory.CreateTempSubdirectory("sosia truth ").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void ARowIsAStretch() => Assert.Equal(
        [new TrueCopy("a.mp4", new Stretch(0, 4.967), "one.mp4", new Stretch(3.299, 8.263), false, "chain:trim+crop", 2)],
        Read(Header, "a.mp4,0.000,4.967,one.mp4,3.299,8.263,chain:trim+crop"));

    [Fact]
    public void ColumnsAreFoundByName()
    {
        var row = Assert.Single(Read("edits,speed,source_end,source_start,source_file,copy_end,copy_start,copy_file", "speed,1.5,6,3,one.mp4,2,0,a.mp4"));
        Assert.Equal(("a.mp4", new Stretch(0, 2), "one.mp4", new Stretch(3, 6)), (row.Copy, row.Stretch, row.Source, row.SourceStretch));
    }

    [Fact]
    public void BackwardsIsToldByTheOrderOfTheSeconds()
    {
        var row = Assert.Single(Read(Header, "a.mp4,0,10,one.mp4,10,0,reverse"));
        Assert.Equal((true, new Stretch(0, 10)), (row.Reversed, row.SourceStretch));
    }

    [Fact]
    public void NamesMayHoldCommasAndQuotes() => Assert.Equal(
        ("a, \"b\".mp4", "sub/one.mp4"), Read(Header, "\"a, \"\"b\"\".mp4\",0,1,sub/one.mp4,0,1,crop") is [var row] ? (row.Copy, row.Source) : default);

    [Fact]
    public void ACopyOfTwoSourcesHasTwoRows() => Assert.Equal(
        ["one.mp4", "two.mp4"], Read("\uFEFF" + Header, "a.mp4,0,1,one.mp4,0,1,splice", "", "a.mp4,1,2,two.mp4,0,1,splice\r").Select(r => r.Source));

    [Theory]
    [InlineData("a.mp4,0,x,one.mp4,0,1,crop", "copy_end is no number of seconds: x")]
    [InlineData("a.mp4,0,NaN,one.mp4,0,1,crop", "copy_end is no number of seconds: NaN")]
    [InlineData("a.mp4,0,1,one.mp4,-1,1,crop", "source_start is no number of seconds: -1")]
    [InlineData("a.mp4,2,1,one.mp4,0,1,crop", "copy_end is before copy_start")]
    [InlineData("a.mp4,0,1,,0,1,crop", "source_file is missing")]
    [InlineData("a.mp4,0,1,one.mp4,0,1", "6 values where 7 belong")]
    [InlineData("\"a.mp4,0,1,one.mp4,0,1,crop", "a quote without its end")]
    public void AWrongLineIsNamed(string line, string reason) => Assert.Equal(
        $"{At}:3: {reason}", Assert.Throws<UsageException>(() => Read(Header, "ok.mp4,0,1,one.mp4,0,1,crop", line)).Message);

    [Fact]
    public void AMissingColumnIsNamed()
    {
        var error = Assert.Throws<UsageException>(() => Read(Header.Replace("copy_end,", "", StringComparison.Ordinal), "a.mp4,0,one.mp4,0,1,crop"));
        Assert.StartsWith($"{At}:1: no column copy_end; ", error.Message, StringComparison.Ordinal);
        Assert.Equal($"{At}:1: column edits twice", Assert.Throws<UsageException>(() => Read(Header + ",edits", "")).Message);
    }

    [Fact]
    public void NothingToReadIsSaid()
    {
        Assert.Contains("no copies in it", Assert.Throws<UsageException>(() => Read(Header)).Message, StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Throws<UsageException>(() => TruthFile.Read(Path.Combine(folder, "no.csv"))).Message, StringComparison.Ordinal);
    }

    private string At => Path.Combine(folder, TruthFile.Name);

    private IReadOnlyList<TrueCopy> Read(params string[] lines)
    {
        File.WriteAllText(At, string.Join('\n', lines) + "\n");
        return TruthFile.Read(At);
    }
}
