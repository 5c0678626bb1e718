namespace Sosia.Library;

/// <summary>The tables of <c>catalogue.db</c>; docs/formats/catalogue.md tells what each column means.</summary>
internal static class CatalogueSchema
{
    /// <summary><c>SOSI</c>: what <c>file(1)</c> and we recognise the database by.</summary>
    public const int ApplicationId = 0x534F5349;

    /// <summary>Kept as <c>user_version</c>; a later one is refused.</summary>
    public const int Version = 1;

    public const string Tables = """
        CREATE TABLE library (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          embedder TEXT NOT NULL,
          kind INTEGER NOT NULL,
          dimension INTEGER NOT NULL,
          fingerprint TEXT NOT NULL,
          next_video INTEGER NOT NULL,
          next_segment INTEGER NOT NULL,
          created INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE segments (
          number INTEGER PRIMARY KEY,
          rows INTEGER NOT NULL,
          bytes INTEGER NOT NULL,
          checksum INTEGER NOT NULL,
          retired INTEGER
        ) STRICT;
        CREATE TABLE videos (
          id INTEGER PRIMARY KEY,
          bytes INTEGER NOT NULL,
          sha256 TEXT NOT NULL,
          duration REAL NOT NULL,
          width INTEGER NOT NULL,
          height INTEGER NOT NULL,
          frame_rate REAL NOT NULL,
          codec TEXT NOT NULL,
          container TEXT NOT NULL,
          clips INTEGER NOT NULL,
          damage TEXT,
          added INTEGER NOT NULL,
          UNIQUE (sha256, bytes)
        ) STRICT;
        CREATE TABLE files (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          video INTEGER NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
          path TEXT NOT NULL UNIQUE,
          bytes INTEGER NOT NULL,
          modified INTEGER NOT NULL,
          device INTEGER NOT NULL,
          inode INTEGER NOT NULL,
          sample TEXT NOT NULL,
          missing INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX files_by_video ON files (video);
        CREATE INDEX files_by_sample ON files (sample, bytes);
        CREATE TABLE removed (
          video INTEGER PRIMARY KEY,
          clips INTEGER NOT NULL,
          removed INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE failures (
          path TEXT PRIMARY KEY,
          bytes INTEGER NOT NULL,
          modified INTEGER NOT NULL,
          reason TEXT NOT NULL,
          tried INTEGER NOT NULL
        ) STRICT;
        """;
}
