using Microsoft.Data.Sqlite;
using Sosia.Matching;

namespace Sosia.Library.Tests;

public sealed class WritingTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly VideoLibrary library;

    public WritingTests() => library = VideoLibrary.Create(temporary.Library, Sample.Bits);

    public void Dispose()
    {
        library.Dispose();
        temporary.Dispose();
    }

    [Theory]
    [MemberData(nameof(Sample.Kinds), MemberType = typeof(Sample))]
    public void ALongVideoLiesInSeveralSegmentsAndMemoryIsBounded(string kind)
    {
        using var other = VideoLibrary.Create(Path.Combine(temporary.Path, kind), Sample.Embedder(kind));
        other.SegmentBytes = 1 << 16;
        var ticket = other.BeginVideo();
        var rows = Sample.Rows(other.Embedder, 5, 10_000);
        var spans = Sample.Spans(5, 10_000);
        other.Append(ticket, rows.Slice(0, 1), spans.AsSpan(0, 1));
        for (var i = 1; i < 10_000; i += 303)
        {
            other.Append(ticket, rows.Slice(i, 303), spans.AsSpan(i, 303));
            Assert.InRange(other.BufferedBytes, 0, 1 << 16);
        }

        other.Complete(ticket, Sample.Facts(5), Sample.File(5));
        other.Add(6);
        other.Flush();
        other.AssertWhole();
        var sizes = new DirectoryInfo(Path.Combine(other.Folder, "segments")).GetFiles().Select(file => file.Length).ToList();
        Assert.InRange(sizes.Count, 8, 16);
        Assert.All(sizes, size => Assert.InRange(size, 1, (1 << 16) + 2048));
    }

    [Fact]
    public void AThousandVideosTakeASegmentEverySixtyFour()
    {
        for (var seed = 1; seed <= 1000; seed++)
        {
            library.Add(seed);
            Assert.InRange(library.BufferedBytes, 1, 64 * 23 * 53);
            if (library.FlushDue)
            {
                library.Flush();
                Assert.Equal(0, library.BufferedBytes);
            }
        }

        library.Flush();
        Assert.Equal(Enumerable.Range(1, 1000), library.Videos().Select(video => video.Seed()));
        Assert.InRange(temporary.Segments.Length, 16, 200); // A slow machine flushes more often: after 5 s.
        library.AssertWhole();
    }

    [Fact]
    public void AFlushIsDueAfterFiveSeconds()
    {
        var clock = new ManualClock();
        library.Clock = clock;
        Assert.False(library.FlushDue);
        library.Add(1);
        Assert.False(library.FlushDue);
        clock.Seconds = 4.9;
        library.Add(2);
        Assert.False(library.FlushDue);
        clock.Seconds = 5;
        Assert.True(library.FlushDue);
        library.Flush();
        Assert.False(library.FlushDue);
    }

    [Fact]
    public void VideosThatAreAddedAtTheSameTimeKeepTheirRowsApart()
    {
        library.SegmentBytes = 2000;
        var tickets = Enumerable.Range(1, 3).Select(_ => library.BeginVideo()).ToList();
        for (var i = 0; i < 90; i += 9)
        {
            for (var v = 0; v < 3; v++)
            {
                library.Append(tickets[v], Sample.Rows(Sample.Bits, v, 90).Slice(i, 9), Sample.Spans(v, 90).AsSpan(i, 9));
            }
        }

        library.Complete(tickets[2], Sample.Facts(2), Sample.File(2));
        library.Complete(tickets[0], Sample.Facts(0), Sample.File(0));
        library.Flush();
        Assert.Equal([tickets[0].Id, tickets[2].Id], library.Videos().Select(video => video.Id));
        library.AssertWhole();

        library.Abandon(tickets[1]);
        Assert.Equal(library.Status().Segments, temporary.Segments.Length);
        library.AssertWhole();
    }

    [Fact]
    public void IdsAndSegmentNumbersAreNeverUsedTwice()
    {
        var ids = new HashSet<long> { library.Add(1), library.Add(2) };
        library.Flush();
        library.RemoveVideo(2);
        var abandoned = library.BeginVideo();
        ids.Add(abandoned.Id);
        library.Abandon(abandoned);
        ids.Add(library.Add(2));
        library.Flush();
        library.Dispose();
        for (var opening = 0; opening < 3; opening++)
        {
            using var again = VideoLibrary.OpenWrite(temporary.Library);
            ids.Add(again.Add(10 + opening));
            again.Flush();
            ids.Add(again.Add(20 + opening)); // Dropped, and its id with it.
        }

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], ids.Order());
        Assert.Equal(["000001.seg", "000002.seg", "000003.seg", "000004.seg", "000005.seg"], temporary.Segments);
    }

    [Fact]
    public void AFlushThatFailsCanBeRepeated()
    {
        library.Add(1);
        library.Add(2);
        var segments = Path.Combine(temporary.Library, "segments");
        Directory.Move(segments, segments + "-away");
        var failed = Assert.Throws<LibraryException>(library.Flush);
        Assert.Equal(LibraryFault.NotWritable, failed.Fault);
        Assert.Empty(library.Videos());

        Directory.Move(segments + "-away", segments);
        library.Flush();
        Assert.Equal(2, library.Videos().Count);
        library.AssertWhole();
    }

    [Fact]
    public void ATransactionThatFailsCanBeRepeated()
    {
        library.Add(1);
        library.Reached = step => _ = step == WriteStep.TransactionOpen ? throw new IOException("test") : 0;
        Assert.Throws<IOException>(library.Flush);
        Assert.Empty(library.Videos());

        library.Reached = null;
        library.Flush();
        library.AssertWhole();
        Assert.Equal(1, library.Status().Segments);
    }

    [Fact]
    public void RowsThatDoNotFitAreRefusedAndNothingIsAppended()
    {
        var ticket = library.BeginVideo();
        var rows = Sample.Rows(Sample.Bits, 1, 2);
        Assert.Throws<ArgumentException>(() => library.Append(ticket, Sample.Rows(Sample.Numbers, 1, 2), Sample.Spans(1, 2)));
        Assert.Throws<ArgumentException>(() => library.Append(ticket, rows, Sample.Spans(1, 3)));
        Assert.Throws<ArgumentException>(() => library.Append(ticket, rows, [new ClipSpan(2, 3, 1), new ClipSpan(1, 2, 1)]));
        Assert.Throws<ArgumentException>(() => library.Append(ticket, rows, [new ClipSpan(0, 1, 1), new ClipSpan(2, 1, 1)]));
        Assert.Throws<ArgumentException>(() => library.Append(ticket, rows, [new ClipSpan(-1, 1, 1), new ClipSpan(2, 3, 1)]));
        Assert.Throws<ArgumentException>(() => library.Append(ticket, rows, [new ClipSpan(0, 1, 1), new ClipSpan(double.NaN, 3, 1)]));
        Assert.Throws<ArgumentException>(() => library.Append(ticket, rows, [new ClipSpan(0, 1, 1), new ClipSpan(1, 5_000_000, 1)]));
        Assert.Equal(0, ticket.Clips);
        library.Append(ticket, rows, [new ClipSpan(5, 6, 1), new ClipSpan(5, 6, 1)]);
        Assert.Throws<ArgumentException>(() => library.Append(ticket, rows, Sample.Spans(1, 2)));

        library.Complete(ticket, Sample.Facts(1), Sample.File(1));
        Assert.Throws<ArgumentException>(() => library.Append(ticket, rows, [new ClipSpan(7, 8, 1), new ClipSpan(8, 9, 1)]));
        Assert.Throws<ArgumentException>(() => library.Abandon(ticket));
        var endless = Sample.Facts(2) with { Duration = double.NaN };
        Assert.Throws<ArgumentException>(() => library.Complete(library.BeginVideo(), endless, Sample.File(2)));
    }

    [Fact]
    public void TimesAreKeptToTheMillisecond()
    {
        var ticket = library.BeginVideo();
        library.Append(ticket, Sample.Rows(Sample.Bits, 1, 2), [new ClipSpan(0, 1 / 30.0, 7), new ClipSpan(1 / 30.0, 4_294_967.295, 100)]);
        library.Complete(ticket, Sample.Facts(1), Sample.File(1));
        library.Flush();
        using var snapshot = library.Snapshot();
        Assert.Equal([new ClipSpan(0, 0.033, 7), new ClipSpan(0.033, 4_294_967.295, 100)], snapshot.Clips(ticket.Id).Spans.ToArray());
    }

    [Fact]
    public void AVideoWithoutClipsIsAVideo()
    {
        var id = library.Complete(library.BeginVideo(), Sample.Facts(1), Sample.File(1));
        library.Flush();
        Assert.Empty(temporary.Segments);
        using var snapshot = library.Snapshot();
        Assert.Equal([id], snapshot.VideoIds);
        Assert.Equal(0, snapshot.Clips(id).Count);
        Assert.Empty(snapshot.Blocks);
    }

    [Fact]
    public void RetiredSegmentsAreDeletedByAWriterADayLater()
    {
        library.Add(1);
        library.Flush();
        library.Add(2);
        library.Flush();
        library.RemoveVideo(1);
        Retire(1, DateTime.UtcNow - TimeSpan.FromHours(23));
        using (var snapshot = library.Snapshot())
        {
            Assert.Equal([2], snapshot.VideoIds);
        }

        library.Dispose();
        VideoLibrary.OpenWrite(temporary.Library).Dispose();
        Assert.Equal(["000001.seg", "000002.seg"], temporary.Segments);

        Retire(1, DateTime.UtcNow - TimeSpan.FromHours(25));
        using var later = VideoLibrary.OpenWrite(temporary.Library);
        Assert.Equal(["000002.seg"], temporary.Segments);
        later.AssertWhole();
    }

    [Fact]
    public void OnlySegmentFilesAreSweptAway()
    {
        library.Dispose();
        var segments = Path.Combine(temporary.Library, "segments");
        string[] orphans = ["000077.seg", "000078.seg.tmp", "1234567.seg"];
        string[] others = ["notes.txt", "77.seg", "00007a.seg", "000077.seg.bak"];
        Array.ForEach([.. orphans, .. others], name => File.WriteAllText(Path.Combine(segments, name), "x"));
        VideoLibrary.OpenWrite(temporary.Library).Dispose();
        Assert.Equal(others.Order(StringComparer.Ordinal), temporary.Segments);
    }

    private void Retire(int segment, DateTime at)
    {
        using var connection = new SqliteConnection($"Data Source={temporary.Library}/catalogue.db;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"UPDATE segments SET retired = {CatalogueRows.Milliseconds(at)} WHERE number = {segment}";
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    private sealed class ManualClock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(Seconds * 1000);
    }
}
