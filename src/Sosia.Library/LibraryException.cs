namespace Sosia.Library;

/// <summary>Why a library cannot do what was asked.</summary>
public enum LibraryFault
{
    /// <summary>The folder holds no library.</summary>
    NotALibrary,

    /// <summary>The folder holds a library, or other things, where an empty place was wanted.</summary>
    AlreadyExists,

    /// <summary>The library was made with another embedder.</summary>
    WrongEmbedder,

    /// <summary>Another process is writing.</summary>
    Locked,

    /// <summary>A file of the library is damaged or gone.</summary>
    Corrupt,

    /// <summary>A later version of Sosia made it.</summary>
    TooNew,

    /// <summary>It cannot be read: permissions, or a failing disk.</summary>
    NotReadable,

    /// <summary>It cannot be written: permissions, a read-only or full disk.</summary>
    NotWritable,

    /// <summary>It lies on a network file system, where locks and shared memory cannot be relied on.</summary>
    NetworkFileSystem,
}

/// <summary>A library that cannot do what was asked; the message says what, where, and what to do.</summary>
public sealed class LibraryException : Exception
{
    /// <summary>Trouble with a library.</summary>
    /// <param name="fault">What kind of trouble.</param>
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="cause">What it came from.</param>
    public LibraryException(LibraryFault fault, string message, Exception? cause = null)
        : base(message, cause) => Fault = fault;

    /// <summary>What kind of trouble.</summary>
    public LibraryFault Fault { get; }

    internal static LibraryException Corrupt(string file, string problem, Exception? cause = null) =>
        new(LibraryFault.Corrupt, $"{file} is damaged: {problem}; restore it from a backup, or remove the library and add the videos again", cause);
}
