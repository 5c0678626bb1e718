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

    /// <summary>Notes that a file is gone; its video can still be found.</summary>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    public void MarkMissing(long fileId)
    {
        RequireWriter();
        catalogue.Write(() => Require(catalogue.Execute("UPDATE files SET missing = 1 WHERE id = @id", ("@id", fileId)) == 1, "file", fileId));
    }

    /// <summary>Takes a video out of the library, with its files: snapshots made from now on do not have it. Its id is not used again.</summary>
    /// <exception cref="ArgumentException">There is no such video.</exception>
    public void RemoveVideo(long id)
    {
        RequireWriter();
        catalogue.Write(() => Remove(id));
    }

    /// <summary>Forgets a file.</summary>
    /// <param name="fileId">The file.</param>
    /// <param name="removeVideoWithoutFiles">Take its video out as well when this was its last file; else it stays and can be found.</param>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    public void RemoveFile(long fileId, bool removeVideoWithoutFiles = false)
    {
        RequireWriter();
        catalogue.Write(() =>
        {
            var videos = catalogue.Query("DELETE FROM files WHERE id = @id RETURNING video", row => row.GetInt64(0), ("@id", fileId));
            Require(videos.Count == 1, "file", fileId);
            if (removeVideoWithoutFiles && catalogue.Number("SELECT count(*) FROM files WHERE video = @id", ("@id", videos[0])) == 0)
            {
                Remove(videos[0]);
            }
        });
    }

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

    private void Remove(long id)
    {
        var moved = catalogue.Execute(
            "INSERT INTO removed (video, clips, removed) SELECT id, clips, @now FROM videos WHERE id = @id",
            ("@now", CatalogueRows.Milliseconds(Clock.GetUtcNow().UtcDateTime)), ("@id", id));
        Require(moved == 1, "video", id);
        catalogue.Execute("DELETE FROM videos WHERE id = @id", ("@id", id));
    }
}
