using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sosia.Matching;
using Sosia.Reports;
using Sosia.Video.Tests;
using Xunit;

namespace Sosia.Tests.Reports;

public sealed class CsvReportTests
{
    [Fact]
    public void MatchesAreWrittenToTheLetter() => Assert.Equal(
        """
        query,query_duration,id,path,duration,score,segment,query_start,query_end,reference_start,reference_end,segment_score,speed,mirrored,variant
        "/videos/query.mp4",29.97,7,"/videos/holiday.mp4",61.988,0.9512,1,12,20,20,28,0.95,1,true,mirrored
        "/videos/query.mp4",29.97,7,"/videos/holiday.mp4",61.988,0.9512,2,0,10,5.1,17.6,0.8765,1.25,false,plain
        "/videos/query.mp4",29.97,12,"/videos/copies/été <1>.mkv",30.5,0.5,,,,,,,,,

        """.ReplaceLineEndings("\r\n"),
        Csv(output => CsvReport.Write(output, Samples.Find)));

    [Fact]
    public void DuplicatesAreWrittenToTheLetter() => Assert.Equal(
        """
        group,a_id,a_path,a_duration,b_id,b_path,b_duration,score,segment,a_start,a_end,b_start,b_end,segment_score,speed,mirrored,variant
        1,7,"/videos/holiday.mp4",61.988,12,"/videos/copies/été <1>.mkv",30.5,0.9512,1,12,20,20,28,0.95,1,true,mirrored

        """.ReplaceLineEndings("\r\n"),
        Csv(output => CsvReport.Write(output, Samples.Duplicates)));

    [Theory]
    [InlineData("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("＝1", "'＝1")]
    [InlineData("'quoted", "''quoted")]
    [InlineData("\t=1", "\\t=1")]
    [InlineData("\r=1", "\\r=1")]
    [InlineData("a\u001bb\\n", "a\\eb\\\\n")]
    [InlineData("plain", "plain")]
    public void NoCellIsAFormulaOrSteersATerminal(string path, string cell) =>
        Assert.Equal(cell, Parse(Csv(output => CsvReport.Write(output, new FindResult(path, 1, [new Match(Samples.Copy, 1, [])]))))[1][0]);

    [Fact]
    public void EveryNameComesBackFromAStrictParser() => Prop.ForAll(Hostile.Text, Hostile.Text, (query, path) =>
    {
        var segments = new[] { Samples.Slow, Samples.Mirrored };
        var rows = Parse(Csv(output => CsvReport.Write(output, new FindResult(query, 1, [new Match(new VideoRef(3, path, 2), 0.5, segments)]))));
        Assert.Equal(3, rows.Count);
        Assert.All(rows, row => Assert.Equal(15, row.Count));
        Assert.All(rows.Skip(1), row =>
        {
            Assert.Equal(query, Restored(row[0]));
            Assert.Equal(path, Restored(row[3]));
            Assert.DoesNotContain(row[0] + row[3], char.IsControl);
            Assert.False(row[0].Length > 0 && "=+-@＝＋－＠".Contains(row[0][0], StringComparison.Ordinal));
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void NumbersAreRoundedAndNeverInExponents()
    {
        var tiny = new CopiedSegment(new Stretch(0.00001, 123456.78951), new Stretch(double.NaN, -0.0), 0.00004, double.PositiveInfinity, QueryVariant.Plain);
        var row = Parse(Csv(output => CsvReport.Write(output, new FindResult("q", 0, [new Match(Samples.Copy, 1, [tiny])]))))[1];
        Assert.Equal(["0", "123456.79", "", "0", "0", "", "false", "plain"], row.Skip(7));
    }

    private static string Csv(Action<TextWriter> write)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        write(output);
        return output.ToString();
    }

    // What docs/formats/csv.md tells a reader to do: drop the mark, then undo the backslashes.
    private static string Restored(string cell)
    {
        var text = cell.StartsWith('\'') ? cell[1..] : cell;
        var restored = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                restored.Append(text[at]);
                continue;
            }

            var digits = text[++at] switch { 'u' => 4, 'U' => 8, _ => 0 };
            restored.Append(digits == 0
                ? text[at] switch { 'n' => "\n", 'r' => "\r", 't' => "\t", 'e' => "\u001b", '\\' => "\\", _ => throw new FormatException(text) }
                : Character(int.Parse(text.AsSpan(at + 1, digits), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
            at += digits;
        }

        return restored.ToString();
    }

    private static string Character(int code) => code > char.MaxValue ? char.ConvertFromUtf32(code) : ((char)code).ToString();

    /// <summary>RFC 4180 and nothing else: CR LF after every record, quotes only round whole fields and doubled inside them.</summary>
    private static List<List<string>> Parse(string csv)
    {
        var (records, record, at) = (new List<List<string>>(), new List<string>(), 0);
        while (at < csv.Length)
        {
            record.Add(csv[at] == '"' ? Quoted(csv, ref at) : Bare(csv, ref at));
            if (csv[at] == ',')
            {
                at++;
                continue;
            }

            Assert.Equal("\r\n", csv.Substring(at, 2));
            at += 2;
            records.Add(record);
            record = [];
        }

        Assert.Empty(record);
        return records;
    }

    private static string Bare(string csv, ref int at)
    {
        var start = at;
        at = csv.AsSpan(at).IndexOfAny(",\r\n") + at;
        Assert.DoesNotContain('"', csv[start..at]);
        return csv[start..at];
    }

    private static string Quoted(string csv, ref int at)
    {
        var field = new StringBuilder();
        for (at++; ; at++)
        {
            if (csv[at] == '"' && csv[++at] != '"')
            {
                return field.ToString();
            }

            field.Append(csv[at]);
        }
    }
}
