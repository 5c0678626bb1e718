using Microsoft.Data.Sqlite;

namespace Sosia.Library;

/// <summary>The connection to <c>catalogue.db</c>: pragmas, transactions, one thread at a time, and SQLite's errors in our words.</summary>
internal sealed class Catalogue : IDisposable
{
    public const string FileName = "catalogue.db";
    public const string NewFileName = FileName + ".new";

    private readonly Lock gate = new();
    private readonly string path;
    private readonly bool writable;
    private SqliteConnection connection;
    private bool frozen;
    private bool disposed;

    private Catalogue(string path, SqliteConnection connection, bool writable)
    {
        this.path = path;
        this.connection = connection;
        this.writable = writable;
    }

    /// <summary>Makes the database under a temporary name, so that a library is there whole or not at all.</summary>
    public static void Create(string folder, Action<Catalogue> fill)
    {
        var path = Path.Combine(folder, FileName);
        var temporary = Path.Combine(folder, NewFileName);
        Array.ForEach(["", "-wal", "-shm"], suffix => File.Delete(temporary + suffix)); // An old log would be played into the new database.
        using (var catalogue = new Catalogue(path, Connection(temporary, SqliteOpenMode.ReadWriteCreate), writable: true))
        {
            catalogue.Guarded(() =>
            {
                catalogue.connection.Open();
                catalogue.Execute($"PRAGMA application_id = {CatalogueSchema.ApplicationId}");
                catalogue.Execute("PRAGMA journal_mode = WAL");
                return catalogue.Execute("PRAGMA synchronous = FULL");
            });
            catalogue.Write(() =>
            {
                catalogue.Execute(CatalogueSchema.Tables);
                catalogue.Execute($"PRAGMA user_version = {CatalogueSchema.Version}");
                fill(catalogue);
            });
        }

        DurableFile.Publish(temporary, path);
    }

    /// <exception cref="LibraryException">It is none of ours, damaged, of a later version, or cannot be opened.</exception>
    public static Catalogue Open(string folder, bool writable)
    {
        var path = Path.Combine(folder, FileName);
        var catalogue = new Catalogue(path, Connection(path, writable ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadOnly), writable);
        try
        {
            catalogue.OpenOrFreeze();
            return catalogue;
        }
        catch
        {
            catalogue.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of the database on disk. By name: closing a file handle of SQLite's in this process would drop its locks.</summary>
    public long FileBytes => new[] { path, path + "-wal" }.Select(name => new FileInfo(name)).Sum(file => file.Exists ? file.Length : 0);

    /// <summary>Reads that belong together see one state of the library.</summary>
    public T ReadTogether<T>(Func<T> read) => Guarded(() =>
    {
        using var transaction = connection.BeginTransaction(deferred: true);
        return read();
    });

    /// <summary>A single read.</summary>
    public T Read<T>(Func<T> read) => Guarded(read);

    /// <summary>One transaction: when this returns, it is on disk.</summary>
    public void Write(Action write, Action? beforeCommit = null) => Guarded(() =>
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        write();
        beforeCommit?.Invoke();
        transaction.Commit();
        return 0;
    });

    /// <summary>Runs a statement; inside of Read or Write only.</summary>
    /// <returns>Number of changed rows.</returns>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> arguments)
    {
        using var command = Command(sql, arguments);
        return command.ExecuteNonQuery();
    }

    /// <summary>Runs a query; inside of Read or Write only.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> arguments)
    {
        using var command = Command(sql, arguments);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    /// <summary>The number that a query gives.</summary>
    public long Number(string sql, params ReadOnlySpan<(string Name, object? Value)> arguments) =>
        Query(sql, row => row.GetInt64(0), arguments).Single();

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            connection.Dispose();
        }
    }

    private static SqliteConnection Connection(string source, SqliteOpenMode mode) => new(
        new SqliteConnectionStringBuilder { DataSource = source, Mode = mode, Pooling = false, ForeignKeys = true, DefaultTimeout = 30 }.ToString());

    private void OpenOrFreeze()
    {
        try
        {
            Guarded(OpenConnection);
        }
        catch (LibraryException problem) when (problem.Fault is LibraryFault.NotReadable or LibraryFault.NotWritable && !writable && HasNoLog())
        {
            frozen = true;
            Guarded(() => 0);
        }
    }

    /// <summary>
    /// Even reading with a write-ahead log makes files beside it. Where none can be made and there is no log, the database is read as a file that
    /// does not change; since somebody with more rights may change it after all, each read opens it anew.
    /// </summary>
    private void Reopen()
    {
        connection.Dispose();
        var source = HasNoLog() ? $"file:{Uri.EscapeDataString(path)}?immutable=1" : path;
        connection = Connection(source, SqliteOpenMode.ReadOnly);
        OpenConnection();
    }

    private int OpenConnection()
    {
        connection.Open();
        CheckFormat();
        Execute("PRAGMA trusted_schema = OFF");
        Execute("PRAGMA cell_size_check = ON");
        return writable ? Execute("PRAGMA synchronous = FULL") : 0;
    }

    private bool HasNoLog() => new FileInfo(path + "-wal") is not { Exists: true, Length: > 0 };

    private void CheckFormat()
    {
        if (Number("PRAGMA application_id") != CatalogueSchema.ApplicationId)
        {
            throw new LibraryException(LibraryFault.NotALibrary, $"{path} is a database of another program: name a library with --library");
        }

        var version = Number("PRAGMA user_version");
        if (version > CatalogueSchema.Version)
        {
            throw new LibraryException(
                LibraryFault.TooNew, $"{path} has version {version}, this program knows {CatalogueSchema.Version}: use a newer Sosia");
        }

        if (version < 1)
        {
            throw LibraryException.Corrupt(path, $"it has version {version}");
        }
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> arguments)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in arguments)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }

    private T Guarded<T>(Func<T> work)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            try
            {
                if (frozen)
                {
                    Reopen();
                }

                return work();
            }
            catch (SqliteException problem)
            {
                throw Explain(problem);
            }
            catch (Exception problem) when (IsWrongValue(problem))
            {
                throw LibraryException.Corrupt(path, problem.Message, problem);
            }
        }
    }

    /// <summary>A column holds what no version ever wrote: text for a number, NULL, a number that is too large, a key that comes twice.</summary>
    private static bool IsWrongValue(Exception problem) =>
        problem is InvalidCastException or InvalidDataException or OverflowException or ArgumentOutOfRangeException
        || problem is InvalidOperationException and not ObjectDisposedException;

    private LibraryException Explain(SqliteException problem) => problem.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_ERROR or SQLitePCL.raw.SQLITE_MISMATCH =>
            LibraryException.Corrupt(path, problem.Message, problem),
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED =>
            new LibraryException(LibraryFault.Locked, $"{path} is used by another program: try again when it is done", problem),
        SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_READONLY =>
            new LibraryException(LibraryFault.NotWritable, $"cannot write {path}: {problem.Message}", problem),
        SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_PERM or SQLitePCL.raw.SQLITE_AUTH =>
            new LibraryException(LibraryFault.NotReadable, $"cannot open {path}: {problem.Message}; check the permissions of its folder", problem),
        _ => new LibraryException(LibraryFault.NotReadable, $"cannot use {path}: {problem.Message}; check its disk", problem),
    };
}
