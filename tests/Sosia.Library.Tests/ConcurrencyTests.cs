namespace Sosia.Library.Tests;

public sealed class ConcurrencyTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task ReadersSeeWholeBatchesWhileAWriterWorks()
    {
        const int batches = 90;
        using var writer = VideoLibrary.Create(temporary.Library, Sample.Bits);
        using var sharedReader = VideoLibrary.OpenRead(temporary.Library);
        var done = false;
        var readers = Enumerable.Range(0, 3).Select(reader => Task.Run(() =>
        {
            using var own = VideoLibrary.OpenRead(temporary.Library);
            var snapshots = 0;
            for (var last = 0; !Volatile.Read(ref done) || snapshots == 0; snapshots++)
            {
                last = CheckSnapshot(reader == 0 ? own : sharedReader, last);
            }

            return snapshots;
        })).ToList();

        for (var batch = 0; batch < batches; batch++)
        {
            writer.Add(2 * batch);
            var second = writer.Add((2 * batch) + 1);
            writer.Flush();
            if (batch % 3 == 0)
            {
                writer.RemoveVideo(second - 1); // The even ones of every third batch go at once.
            }
        }

        Volatile.Write(ref done, true);
        Assert.All(await Task.WhenAll(readers), snapshots => Assert.InRange(snapshots, 1, int.MaxValue));
        Assert.Equal(batches + (batches * 2 / 3), writer.Videos().Count);
        writer.AssertWhole();
    }

    [Fact]
    public void ASnapshotStartsOverWhenAFileOfItsListIsGone()
    {
        using var writer = VideoLibrary.Create(temporary.Library, Sample.Bits);
        writer.Add(1);
        writer.Flush();
        writer.Add(2);
        writer.Flush();
        using var reader = VideoLibrary.OpenRead(temporary.Library);
        var looks = 0;
        reader.Listed = () =>
        {
            if (looks++ == 0)
            {
                writer.RemoveVideo(1);
                using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={temporary.Library}/catalogue.db;Pooling=False");
                connection.Open();
                using var command = connection.CreateCommand();
                command.CommandText = "DELETE FROM segments WHERE number = 1";
                command.ExecuteNonQuery();
                File.Delete(temporary.Segment(1));
            }
        };
        using var snapshot = reader.Snapshot();
        Assert.Equal(2, looks);
        Assert.Equal([2], snapshot.VideoIds);
    }

    [Fact]
    public void ASnapshotNamesTheVideosOfItsOwnMoment()
    {
        using var writer = VideoLibrary.Create(temporary.Library, Sample.Bits);
        writer.Add(1);
        writer.Add(2);
        writer.Flush();
        using var reader = VideoLibrary.OpenRead(temporary.Library);
        reader.Listed = () =>
        {
            writer.RemoveVideo(1);
            writer.Add(3);
            writer.Flush();
        };
        using var snapshot = reader.Snapshot();
        Assert.Equal([1, 2], snapshot.Videos.Select(video => video.Seed()));
        Assert.Equal(snapshot.VideoIds, snapshot.Videos.Select(video => video.Id));
        Assert.Equal([Sample.File(1)], snapshot.Videos[0].Files.Select(file => file.Stamp));
        Assert.Equal(snapshot.Rows, snapshot.Videos.Sum(video => video.Clips));
    }

    [Fact]
    public void ASnapshotOutlivesItsFilesAndItsLibrary()
    {
        using var writer = VideoLibrary.Create(temporary.Library, Sample.Bits);
        var id = writer.Add(1);
        writer.Flush();
        var snapshot = writer.Snapshot();
        writer.Dispose();
        File.Delete(temporary.Segment(1));
        Sample.AssertRows(Sample.Bits, 1, snapshot.Clips(id));

        var rows = snapshot.Blocks[0].Rows;
        snapshot.Dispose();
        snapshot.Dispose();
        Assert.Throws<ObjectDisposedException>(() => rows.Bits.Span[0]);
        Assert.Throws<ObjectDisposedException>(writer.Videos);
        Assert.Throws<ObjectDisposedException>(() => writer.BeginVideo());
    }

    /// <returns>The highest id, which never falls.</returns>
    private static int CheckSnapshot(VideoLibrary library, int last)
    {
        using var snapshot = library.Snapshot();
        foreach (var id in snapshot.VideoIds)
        {
            // Video id has seed id - 1, as they are added one by one.
            var clips = snapshot.Clips(id);
            Assert.Equal(Sample.Count((int)id - 1), clips.Count);
            Sample.AssertRows(library.Embedder, (int)id - 1, clips);
        }

        var ids = snapshot.VideoIds.ToHashSet();
        Assert.All(ids.Where(id => id % 2 == 1), id => Assert.Contains(id + 1, ids)); // The second of a batch comes with the first.
        var batches = ids.Count(id => id % 2 == 0);
        Assert.Equal(batches * 2, ids.Append(0).Max());
        Assert.InRange(batches, last, int.MaxValue);
        return batches;
    }
}
