namespace Sosia.Video.Packs;

/// <summary>What is wrong with a pack.</summary>
public enum PackFault
{
    /// <summary>The folder holds no pack.</summary>
    NotAPack,

    /// <summary>A later version of the program made it.</summary>
    NewerVersion,

    /// <summary>It was made with another rate, size or format than is asked now.</summary>
    OtherSettings,

    /// <summary>Its files contradict themselves or their checksums.</summary>
    Damaged,

    /// <summary>Another process writes to it.</summary>
    Locked,

    /// <summary>It cannot be read or written: permissions, or a full or failing disk.</summary>
    NoAccess,

    /// <summary>libturbojpeg is not installed.</summary>
    LibraryMissing,
}

/// <summary>A pack that cannot be used. The message says what is wrong, where, and what to do.</summary>
/// <param name="fault">The kind of fault.</param>
/// <param name="message">For people.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class PackException(PackFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of fault.</summary>
    public PackFault Fault => fault;

    internal static PackException Damaged(string path, string what, Exception? inner = null) =>
        new(PackFault.Damaged, $"{Printable.Text(path)} is damaged: {what}; delete the pack and make it again, or bring it back from a copy", inner);
}
