using Microsoft.Data.Sqlite;
using Sosia.Matching;

namespace Sosia.Library;

/// <summary>Rows of the catalogue's tables as records, and back; to be called inside of a transaction.</summary>
internal static class CatalogueRows
{
    private const string VideoColumns = "id, bytes, sha256, duration, width, height, frame_rate, codec, container, clips, damage, added";
    private const string FileColumns = "id, video, path, bytes, modified, device, inode, sample, missing";

    extension(Catalogue catalogue)
    {
        public EmbedderIdentity Embedder()
        {
            var embedders = catalogue.Query(
                "SELECT embedder, kind, dimension, fingerprint FROM library",
                row => new EmbedderIdentity(row.GetString(0), (VectorKind)row.GetByte(1), row.GetInt32(2), row.GetString(3)));
            return embedders is [{ Problem: null } embedder] ? embedder : throw new InvalidDataException("it names no embedder that there can be");
        }

        /// <summary>Videos by id; all, or those that a condition names.</summary>
        public List<StoredVideo> Videos(string condition = "", params ReadOnlySpan<(string Name, object? Value)> arguments)
        {
            var files = catalogue.Files($"WHERE video IN (SELECT id FROM videos {condition})", arguments).ToLookup(file => file.VideoId);
            var videos = catalogue.Query($"SELECT {VideoColumns} FROM videos {condition} ORDER BY id", row => Video(row, files), arguments);
            return videos.DistinctBy(video => video.Id).Count() == videos.Count
                ? videos
                : throw new InvalidDataException("two videos have the same id");
        }

        /// <summary>Files by id; all, or those that a condition names.</summary>
        public List<StoredFile> Files(string condition = "", params ReadOnlySpan<(string Name, object? Value)> arguments) =>
            catalogue.Query($"SELECT {FileColumns} FROM files {condition} ORDER BY id", File, arguments);

        public List<StoredFailure> Failures() => catalogue.Query(
            "SELECT path, bytes, modified, reason, tried FROM failures ORDER BY path",
            row => new StoredFailure(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3), Time(row.GetInt64(4))));

        /// <summary>Segments whose rows can be found, by number.</summary>
        public List<SegmentEntry> Segments(string condition = "WHERE retired IS NULL") => catalogue.Query(
            $"SELECT number, rows, bytes, checksum FROM segments {condition} ORDER BY number",
            row => new SegmentEntry(row.GetInt64(0), row.GetInt32(1), row.GetInt64(2), (ulong)row.GetInt64(3)));

        public void Insert(SegmentEntry segment) => catalogue.Execute(
            "INSERT INTO segments (number, rows, bytes, checksum) VALUES (@number, @rows, @bytes, @checksum)",
            ("@number", segment.Number), ("@rows", segment.Rows), ("@bytes", segment.Bytes), ("@checksum", (long)segment.Checksum));

        public void Insert(long id, VideoFacts facts, int clips, DateTime addedUtc) => catalogue.Execute(
            $"""
            INSERT INTO videos ({VideoColumns})
            VALUES (@id, @bytes, @sha256, @duration, @width, @height, @rate, @codec, @container, @clips, @damage, @added)
            """,
            ("@id", id), ("@bytes", facts.Content.Bytes), ("@sha256", facts.Content.Sha256), ("@duration", facts.Duration), ("@width", facts.Width),
            ("@height", facts.Height), ("@rate", facts.FrameRate), ("@codec", facts.Codec), ("@container", facts.Container), ("@clips", clips),
            ("@damage", facts.Damage), ("@added", Milliseconds(addedUtc)));

        /// <summary>A path holds one content: a row that has it already gets the new one.</summary>
        public void Upsert(long videoId, FileStamp file) => catalogue.Execute(
            """
            INSERT INTO files (video, path, bytes, modified, device, inode, sample, missing)
            VALUES (@video, @path, @bytes, @modified, @device, @inode, @sample, 0)
            ON CONFLICT (path) DO UPDATE
            SET video = @video, bytes = @bytes, modified = @modified, device = @device, inode = @inode, sample = @sample, missing = 0
            """,
            [("@video", videoId), .. Arguments(file)]);

        /// <summary>Gives a known file another stamp, and says whether there is one of that id.</summary>
        public bool Restamp(long fileId, FileStamp file)
        {
            catalogue.Execute("DELETE FROM files WHERE path = @path AND id <> @id", ("@path", file.Path), ("@id", fileId));
            return catalogue.Execute(
                """
                UPDATE files SET path = @path, bytes = @bytes, modified = @modified, device = @device, inode = @inode, sample = @sample, missing = 0
                WHERE id = @id
                """,
                [("@id", fileId), .. Arguments(file)]) > 0;
        }

        public void Upsert(StoredFailure failure) => catalogue.Execute(
            "INSERT OR REPLACE INTO failures (path, bytes, modified, reason, tried) VALUES (@path, @bytes, @modified, @reason, @tried)",
            ("@path", failure.Path), ("@bytes", failure.Bytes), ("@modified", failure.ModifiedNanoseconds), ("@reason", failure.Reason),
            ("@tried", Milliseconds(failure.AtUtc)));
    }

    /// <summary>A time as the catalogue holds it: milliseconds since 1970.</summary>
    public static long Milliseconds(DateTime utc) => (long)Math.Floor((utc - DateTime.UnixEpoch).TotalMilliseconds);

    private static DateTime Time(long milliseconds) => DateTime.UnixEpoch.AddMilliseconds(milliseconds);

    private static (string, object?)[] Arguments(FileStamp file) =>
    [
        ("@path", file.Path), ("@bytes", file.Bytes), ("@modified", file.ModifiedNanoseconds), ("@device", file.Device), ("@inode", file.Inode),
        ("@sample", file.SampledHash),
    ];

    private static StoredVideo Video(SqliteDataReader row, ILookup<long, StoredFile> files) => new(
        row.GetInt64(0), new ContentId(row.GetInt64(1), row.GetString(2)), row.GetDouble(3), row.GetInt32(4), row.GetInt32(5), row.GetDouble(6),
        row.GetString(7), row.GetString(8), row.GetInt32(9), row.IsDBNull(10) ? null : row.GetString(10), Time(row.GetInt64(11)),
        [.. files[row.GetInt64(0)]]);

    private static StoredFile File(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.GetInt64(1),
        new FileStamp(row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetString(7)),
        row.GetBoolean(8));
}
