using Microsoft.Data.Sqlite;

namespace Sosia.Library;

/// <summary>The connection to <c>catalogue.db</c>: pragmas, transactions, one thread at a time, and SQLite's errors in our words.</summary>
internal sealed class Catalogue : IDisposable
{
    public const string FileName = "catalogue.db";

    private readonly Lock gate = new();
    private readonly SqliteConnection connection;
    private readonly string path;

    private Catalogue(SqliteConnection connection, string path)
    {
        this.connection = connection;
        this.path = path;
    }

    /// <summary>Makes the database under a temporary name, so that a library is there whole or not at all.</summary>
    public static void Create(string folder, Action<Catalogue> fill)
    {
        var path = Path.Combine(folder, FileName);
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var catalogue = new Catalogue(Connect(temporary, SqliteOpenMode.ReadWriteCreate), path))
        {
            catalogue.Read(() =>
            {
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
        if (writable)
        {
            return Prepare(Connect(path, SqliteOpenMode.ReadWrite), path, writable);
        }

        try
        {
            return Prepare(Connect(path, SqliteOpenMode.ReadOnly), path, writable);
        }
        catch (LibraryException problem) when (problem.Fault is LibraryFault.NotReadable or LibraryFault.NotWritable && HasNoLog(path))
        {
            // Even reading a write-ahead log makes files beside it. Where none can be made and there is no log, nobody is writing.
            return Prepare(Connect($"file:{Uri.EscapeDataString(path)}?immutable=1", SqliteOpenMode.ReadOnly), path, writable);
        }
    }

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

    public void Dispose() => connection.Dispose();

    private static SqliteConnection Connect(string source, SqliteOpenMode mode) =>
        new(new SqliteConnectionStringBuilder { DataSource = source, Mode = mode, Pooling = false, ForeignKeys = true, DefaultTimeout = 30 }.ToString());

    private static Catalogue Prepare(SqliteConnection connection, string path, bool writable)
    {
        var catalogue = new Catalogue(connection, path);
        try
        {
            catalogue.Read(() =>
            {
                catalogue.CheckFormat();
                catalogue.Execute("PRAGMA trusted_schema = OFF");
                catalogue.Execute("PRAGMA cell_size_check = ON");
                return writable ? catalogue.Execute("PRAGMA synchronous = FULL") : 0;
            });
            return catalogue;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static bool HasNoLog(string path) => new FileInfo(path + "-wal") is not { Exists: true, Length: > 0 };

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
            try
            {
                if (connection.State != System.Data.ConnectionState.Open)
                {
                    connection.Open();
                }

                return work();
            }
            catch (SqliteException problem)
            {
                throw Explain(problem);
            }
            catch (Exception problem) when (problem is InvalidCastException or FormatException or OverflowException or ArgumentOutOfRangeException)
            {
                throw LibraryException.Corrupt(path, problem.Message, problem); // A column holds what its table does not allow.
            }
        }
    }

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
