using System.Diagnostics.CodeAnalysis;

namespace Sosia.Library;

/// <summary>
/// A folder that holds videos as vectors: a catalogue (SQLite) and immutable segment files. One process writes, any number reads meanwhile.
/// Readers' methods may be called from several threads; the writer's from one at a time.
/// </summary>
public sealed partial class VideoLibrary : IDisposable
{
    private readonly Catalogue catalogue;

    private VideoLibrary(string folder, Catalogue catalogue, WriterLock? writerLock)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("segment files are little-endian and used as they lie on disk: this machine cannot read them");
        }

        Folder = folder;
        this.catalogue = catalogue;
        this.writerLock = writerLock;
        Embedder = catalogue.Read(catalogue.Embedder);
        segmentWriter = new SegmentWriter(folder, Embedder, step => Reached?.Invoke(step));
        videoIds = new IdSequence(catalogue, "next_video");
        segmentNumbers = new IdSequence(catalogue, "next_segment");
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Folder { get; }

    /// <summary>What made the vectors.</summary>
    public EmbedderIdentity Embedder { get; }

    /// <summary>Called when a snapshot has its list of files and none of them open: tests delete one then.</summary>
    internal Action? Listed { get; set; }

    /// <summary>Whether the folder holds a library.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, Catalogue.FileName));

    /// <summary>Makes a library in a new or empty folder, and opens it for writing.</summary>
    /// <exception cref="LibraryException">The folder holds something, cannot be written, or lies on a network file system.</exception>
    /// <exception cref="ArgumentException">No library can be made with this embedder.</exception>
    public static VideoLibrary Create(string folder, EmbedderIdentity embedder)
    {
        if (embedder.Problem is { } problem)
        {
            throw new ArgumentException(problem, nameof(embedder));
        }

        folder = Path.GetFullPath(folder);
        MakeFolder(folder);
        NetworkFileSystem.Refuse(folder);
        RequireEmpty(folder);
        var writerLock = WriterLock.Take(folder);
        try
        {
            RequireEmpty(folder); // Another process may have made one before the lock was ours.
            MakeFolder(Path.Combine(folder, SegmentEntry.Folder));
            Catalogue.Create(folder, made => made.Execute(
                """
                INSERT INTO library (id, embedder, kind, dimension, fingerprint, next_video, next_segment, created)
                VALUES (1, @name, @kind, @dimension, @fingerprint, 1, 1, @now)
                """,
                ("@name", embedder.Name), ("@kind", (int)embedder.Kind), ("@dimension", embedder.Dimension), ("@fingerprint", embedder.Fingerprint),
                ("@now", CatalogueRows.Milliseconds(DateTime.UtcNow))));
            return new VideoLibrary(folder, Catalogue.Open(folder, writable: true), writerLock);
        }
        catch
        {
            writerLock.Dispose();
            throw;
        }
    }

    /// <summary>Opens a library for reading, also while another process writes to it.</summary>
    /// <exception cref="LibraryException">There is none, or it is damaged, too new, or cannot be read.</exception>
    public static VideoLibrary OpenRead(string folder)
    {
        folder = RequireLibrary(folder);
        return Open(folder, Catalogue.Open(folder, writable: false), writerLock: null);
    }

    /// <summary>Opens a library for writing, and deletes what an interrupted writer left behind.</summary>
    /// <exception cref="LibraryException">As <see cref="OpenRead"/>, or it cannot be written, or another process (named) writes.</exception>
    public static VideoLibrary OpenWrite(string folder)
    {
        folder = RequireLibrary(folder);
        var writerLock = WriterLock.Take(folder);
        try
        {
            var library = Open(folder, Catalogue.Open(folder, writable: true), writerLock);
            library.Sweep();
            return library;
        }
        catch
        {
            writerLock.Dispose();
            throw;
        }
    }

    /// <summary>Makes sure that vectors of that embedder may be compared with those of this library.</summary>
    /// <exception cref="LibraryException">They may not.</exception>
    public void RequireEmbedder(EmbedderIdentity wanted)
    {
        if (wanted != Embedder)
        {
            var (made, other) = wanted.Name == Embedder.Name ? (Embedder.ToString(), wanted.ToString()) : (Embedder.Name, wanted.Name);
            throw new LibraryException(
                LibraryFault.WrongEmbedder, $"library {Folder} was made with {made}, not {other}: use another --library or remove it");
        }
    }

    /// <summary>All videos by id.</summary>
    public IReadOnlyList<StoredVideo> Videos() => catalogue.ReadTogether(() => catalogue.Videos());

    /// <summary>The video of that id, or null.</summary>
    public StoredVideo? Video(long id) => catalogue.ReadTogether(() => catalogue.Videos("WHERE id = @id", ("@id", id)).SingleOrDefault());

    /// <summary>The video of that content, or null.</summary>
    public StoredVideo? FindByContent(ContentId id) => catalogue.ReadTogether(() => catalogue.Videos(
        "WHERE sha256 = @sha256 AND bytes = @bytes", ("@sha256", id.Sha256), ("@bytes", id.Bytes)).SingleOrDefault());

    /// <summary>The file of exactly that path, or null.</summary>
    public StoredFile? FindFile(string path) => catalogue.Read(() => catalogue.Files("WHERE path = @path", ("@path", path)).SingleOrDefault());

    /// <summary>Files that a file of this size and sampled hash may have been before it was moved.</summary>
    public IReadOnlyList<StoredFile> FindBySample(long bytes, string sampledHash) =>
        catalogue.Read(() => catalogue.Files("WHERE sample = @sample AND bytes = @bytes", ("@sample", sampledHash), ("@bytes", bytes)));

    /// <summary>Files that gave no video, by path.</summary>
    public IReadOnlyList<StoredFailure> Failures() => catalogue.Read(catalogue.Failures);

    /// <summary>Counts and sizes.</summary>
    public LibraryStatus Status() => catalogue.ReadTogether(() => new LibraryStatus(
        Embedder,
        Videos: (int)catalogue.Number("SELECT count(*) FROM videos"),
        Files: (int)catalogue.Number("SELECT count(*) FROM files"),
        MissingFiles: (int)catalogue.Number("SELECT count(*) FROM files WHERE missing"),
        Clips: catalogue.Number("SELECT coalesce(sum(clips), 0) FROM videos"),
        Seconds: catalogue.Query("SELECT total(duration) FROM videos", row => row.GetDouble(0)).Single(),
        Bytes: catalogue.Number("SELECT coalesce(sum(bytes), 0) FROM segments") + catalogue.FileBytes,
        Segments: (int)catalogue.Number("SELECT count(*) FROM segments WHERE retired IS NULL"),
        RemovedVideos: (int)catalogue.Number("SELECT count(*) FROM removed"),
        RemovedClips: catalogue.Number("SELECT coalesce(sum(clips), 0) FROM removed"),
        Failures: (int)catalogue.Number("SELECT count(*) FROM failures")));

    /// <summary>All videos that have a file, and their rows, at this moment. Dispose it when done: until then its files stay in memory or mapped.</summary>
    /// <exception cref="LibraryException">A segment file is damaged or gone.</exception>
    public LibrarySnapshot Snapshot()
    {
        List<SegmentEntry> before = [];
        while (true)
        {
            var (entries, videos) = catalogue.ReadTogether(() => (catalogue.Segments(), catalogue.Videos("WHERE id IN (SELECT video FROM files)")));
            Listed?.Invoke();
            if (TryOpen(entries, out var segments, out var missing))
            {
                return Snapshot(segments, videos);
            }

            // A later writer deletes files that left the list. One that is still on it and not there is lost.
            if (entries.SequenceEqual(before))
            {
                throw LibraryException.Corrupt(missing, "it is missing");
            }

            before = entries;
        }
    }

    /// <summary>Reads everything and compares all checksums.</summary>
    /// <returns>What is wrong; empty when all is well.</returns>
    public IReadOnlyList<LibraryFinding> Verify() => new LibraryCheck(this, catalogue).Run();

    private static VideoLibrary Open(string folder, Catalogue catalogue, WriterLock? writerLock)
    {
        try
        {
            return new VideoLibrary(folder, catalogue, writerLock);
        }
        catch
        {
            catalogue.Dispose();
            throw;
        }
    }

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new LibraryException(LibraryFault.NotWritable, $"cannot make a library in {folder}: {problem.Message}", problem);
        }
    }

    private static void RequireEmpty(string folder)
    {
        if (Exists(folder))
        {
            throw new LibraryException(LibraryFault.AlreadyExists, $"{folder} holds a library already");
        }

        // What a creation that was interrupted left behind may stay.
        var other = Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).FirstOrDefault(name => !IsOfCreation(name!));
        if (other is not null)
        {
            throw new LibraryException(
                LibraryFault.AlreadyExists, $"{folder} is not empty (it holds {other}): choose a new or empty folder for a library");
        }
    }

    private static bool IsOfCreation(string name) =>
        name is WriterLock.FileName or WriterLock.OwnerFileName or SegmentEntry.Folder
        || name.StartsWith(Catalogue.NewFileName, StringComparison.Ordinal);

    private static string RequireLibrary(string folder)
    {
        folder = Path.GetFullPath(folder);
        if (!Exists(folder))
        {
            throw new LibraryException(
                LibraryFault.NotALibrary, $"there is no library in {folder}: make one with 'sosia add', or name another with --library");
        }

        NetworkFileSystem.Refuse(folder);
        return folder;
    }

    private bool TryOpen(List<SegmentEntry> entries, out List<SegmentFile> segments, [NotNullWhen(false)] out string? missing)
    {
        segments = [];
        missing = null;
        var complete = false;
        try
        {
            foreach (var entry in entries)
            {
                missing = Path.Combine(Folder, entry.Name);
                segments.Add(SegmentFile.Open(missing, entry, Embedder));
            }

            complete = true;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // The caller looks at the list again.
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new LibraryException(LibraryFault.NotReadable, $"cannot read {missing}: {problem.Message}", problem);
        }
        finally
        {
            if (!complete)
            {
                segments.ForEach(segment => segment.Dispose());
            }
        }

        return complete;
    }

    private LibrarySnapshot Snapshot(List<SegmentFile> segments, List<StoredVideo> videos)
    {
        try
        {
            return new LibrarySnapshot(Embedder, segments, videos, Folder);
        }
        catch
        {
            segments.ForEach(segment => segment.Dispose());
            throw;
        }
    }
}
