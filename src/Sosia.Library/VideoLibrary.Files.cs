namespace Sosia.Library;

/// <content>Files, removals and failures. Each call is one transaction: when it returns, it is on disk.</content>
public sealed partial class VideoLibrary
{
    /// <summary>Notes another file of a video. A path known before now holds this content; a failure noted for it is cleared.</summary>
    /// <param name="videoId">The video; one that was completed and not flushed gets the file when it is flushed.</param>
    /// <param name="file">Where it lies.</param>
    /// <exception cref="ArgumentException">There is no such video.</exception>
    public void AddFile(long videoId, FileStamp file)
    {
        RequireWriter();
        if (completed.Find(video => video.Ticket.Id == videoId) is { } waiting)
        {
            waiting.Files.Add(file);
            return;
        }

        catalogue.Write(() =>
        {
            Require(catalogue.Number("SELECT count(*) FROM videos WHERE id = @id", ("@id", videoId)) == 1, "video", videoId);
            PutFile(videoId, file);
        });
    }

    /// <summary>Notes that a file lies elsewhere now.</summary>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    public void MoveFile(long fileId, FileStamp to) => RestampFile(fileId, to);

    /// <summary>Notes how a file of unchanged content looks now; it is there, so it is not missing and no failure.</summary>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    public void RestampFile(long fileId, FileStamp stamp)
    {
        RequireWriter();
        catalogue.Write(() =>
        {
            Require(catalogue.Restamp(fileId, stamp), "file", fileId);
            Forget(stamp.Path);
        });
    }

    /// <summary>Notes that files are gone; their videos can still be found.</summary>
    /// <exception cref="ArgumentException">One of the files is not there; none was marked then.</exception>
    public void MarkMissing(params IReadOnlyCollection<long> fileIds)
    {
        RequireWriter();
        catalogue.Write(() =>
        {
            foreach (var id in fileIds)
            {
                Require(catalogue.Execute("UPDATE files SET missing = 1 WHERE id = @id", ("@id", id)) == 1, "file", id);
            }
        });
    }

    /// <summary>Takes a video out of the library, with its files: snapshots made from now on do not have it. Its id is not used again.</summary>
    /// <exception cref="ArgumentException">There is no such video.</exception>
    public void RemoveVideo(long id)
    {
        RequireWriter();
        catalogue.Write(() => Remove(id));
    }

    /// <summary>Forgets a file. When it was the last one of its video, no snapshot has the video; it gets a file again, or goes with <see cref="RemoveVideosWithoutFiles"/>.</summary>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    public void RemoveFile(long fileId)
    {
        RequireWriter();
        catalogue.Write(() => Detach(fileId));
    }

    /// <summary>Forgets files, and takes out every video that has none, all in one transaction.</summary>
    /// <returns>Number of videos taken out.</returns>
    /// <exception cref="ArgumentException">One of the files is not there; nothing was changed then.</exception>
    public int RemoveFiles(IReadOnlyCollection<long> fileIds)
    {
        RequireWriter();
        var videos = 0;
        catalogue.Write(() =>
        {
            foreach (var id in fileIds)
            {
                Detach(id);
            }

            videos = RemoveWithoutFiles();
        });
        return videos;
    }

    /// <summary>Takes out every video that has no file any more.</summary>
    /// <returns>Number of videos taken out.</returns>
    public int RemoveVideosWithoutFiles() => RemoveFiles([]);

    /// <summary>Notes a file that gave no video, in place of what was noted for its path before.</summary>
    public void RecordFailure(StoredFailure failure)
    {
        RequireWriter();
        catalogue.Write(() => catalogue.Upsert(failure));
    }

    /// <summary>Forgets the failure of a path, if there is one.</summary>
    public void ClearFailure(string path)
    {
        RequireWriter();
        catalogue.Write(() => Forget(path));
    }

    private static void Require(bool there, string what, long id)
    {
        if (!there)
        {
            throw new ArgumentException($"there is no {what} {id} in the library");
        }
    }

    private void PutFile(long videoId, FileStamp file)
    {
        catalogue.Upsert(videoId, file);
        Forget(file.Path);
    }

    private void Forget(string path) => catalogue.Execute("DELETE FROM failures WHERE path = @path", ("@path", path));

    private void Detach(long fileId) => Require(catalogue.Execute("DELETE FROM files WHERE id = @id", ("@id", fileId)) == 1, "file", fileId);

    private int RemoveWithoutFiles()
    {
        const string without = "FROM videos WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.video = videos.id)";
        catalogue.Execute(
            $"INSERT INTO removed (video, clips, removed) SELECT id, clips, @now {without}", ("@now", CatalogueRows.Milliseconds(Clock.GetUtcNow().UtcDateTime)));
        return catalogue.Execute($"DELETE {without}");
    }

    private void Remove(long id)
    {
        var moved = catalogue.Execute(
            "INSERT INTO removed (video, clips, removed) SELECT id, clips, @now FROM videos WHERE id = @id",
            ("@now", CatalogueRows.Milliseconds(Clock.GetUtcNow().UtcDateTime)), ("@id", id));
        Require(moved == 1, "video", id);
        catalogue.Execute("DELETE FROM videos WHERE id = @id", ("@id", id));
    }
}
