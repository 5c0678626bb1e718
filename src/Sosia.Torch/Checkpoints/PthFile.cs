using System.Globalization;
using System.Text;

namespace Sosia.Torch.Checkpoints;

/// <summary>
/// An open file of <c>torch.save</c> (PyTorch 1.6 and later: a zip archive of a pickle and storages). Only data is read: a name that is no tensor,
/// container or number is refused, and nothing is run. A large file is mapped into memory and must not be shortened while it is open. As in PyTorch, the archive's
/// checksums are not looked at: they would cost a pass through the whole file, and PyTorch may write none.
/// </summary>
public sealed class PthFile : IDisposable
{
    private const long MostPickleBytes = 256 << 20;
    private const int NewestVersion = 10;

    private readonly CheckpointBytes bytes;

    // 0x1950a86a20f9469cfc6c, little-endian.
    private static ReadOnlySpan<byte> LegacyMagic => [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

    private PthFile(CheckpointBytes bytes, PickleValue root) => (this.bytes, Root) = (bytes, root);

    /// <summary>What was saved.</summary>
    public PickleValue Root { get; }

    /// <summary>The file as it was given.</summary>
    public string Path => bytes.Path;

    /// <summary>Opens a file and reads its tree; the tensors' bytes stay in the file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">It cannot be read, is damaged or of another form, or holds a Python object that is not data.</exception>
    public static PthFile Read(string path) => Read(CheckpointBytes.Open(path));

    /// <summary>All tensors of the file by their paths: keys and positions with dots between (<c>model.conv.weight</c>).</summary>
    /// <exception cref="CheckpointException">Two would have one name, or the tree is endless.</exception>
    public StateDict Flatten() => Flatten(Root);

    /// <summary>The tensors of a part of the file by their paths from there.</summary>
    /// <param name="part">From <see cref="Root"/>, or <see cref="Unwrap"/>.</param>
    /// <exception cref="CheckpointException">Two would have one name, or the tree is endless.</exception>
    public StateDict Flatten(PickleValue part) => PickleTree.Flatten(part, bytes);

    /// <summary>
    /// The state dict inside of the usual wrappings of a checkpoint: below <c>state_dict</c>, <c>model_state</c>, <c>model_state_dict</c>,
    /// <c>model</c> or <c>module</c>, several times if need be; what is not wrapped is given as it is.
    /// </summary>
    /// <exception cref="CheckpointException">Two of these keys stand side by side: take the right one out of <see cref="Root"/>.</exception>
    public PickleValue Unwrap() => PickleTree.Unwrap(Root, bytes);

    /// <summary>Closes the file; the tensors' bytes are gone with it.</summary>
    public void Dispose() => bytes.Dispose();

    internal static PthFile Read(CheckpointBytes bytes)
    {
        try
        {
            return new PthFile(bytes, ReadRoot(bytes));
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private static PickleValue ReadRoot(CheckpointBytes file)
    {
        if (OtherForm(file) is { } reason)
        {
            throw file.Fault(reason);
        }

        var archive = ZipDirectory.Read(file);
        var pickles = archive.Names.Where(name => name.EndsWith("/data.pkl", StringComparison.Ordinal) && name.Count(c => c == '/') == 1).ToList();
        if (pickles is not [var pickle])
        {
            throw file.Fault("it is a zip archive, but none of torch.save (no data.pkl)");
        }

        var prefix = pickle[..^"data.pkl".Length];
        CheckForm(file, archive, prefix);
        var storages = new PickleStorages(file, key => archive.Find($"{prefix}data/{key}"));
        var stored = archive.Find(pickle)!;
        return stored.Length <= MostPickleBytes
            ? new PickleMachine(file, storages).Run(stored.Slice(0, (int)stored.Length))
            : throw file.Fault($"its pickle has {stored.Length} bytes, more than {MostPickleBytes}");
    }

    private static void CheckForm(CheckpointBytes file, ZipDirectory archive, string prefix)
    {
        if (archive.Names.Contains(prefix + "constants.pkl", StringComparer.Ordinal))
        {
            throw file.Fault("it is a TorchScript program (torch.jit.save); save the module's state_dict() with torch.save");
        }

        var version = Note(file, archive, prefix + "version");
        if (version is not null && (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > NewestVersion))
        {
            throw file.Fault($"its version is {CheckpointException.Quote(version)}, versions to {NewestVersion} are known");
        }

        if (Note(file, archive, prefix + "byteorder") is { } order and not "little")
        {
            throw file.Fault($"its byte order is {CheckpointException.Quote(order)}; only little-endian files are read");
        }
    }

    private static string? Note(CheckpointBytes file, ZipDirectory archive, string name)
    {
        var entry = archive.Find(name);
        return entry is null ? null
            : entry.Length <= 100 ? Encoding.UTF8.GetString(entry.Slice(0, (int)entry.Length)).Trim()
            : throw file.Fault($"its entry {CheckpointException.Quote(name)} is damaged");
    }

    // A file that is no zip archive, by its first bytes.
    private static string? OtherForm(CheckpointBytes file)
    {
        var head = file.Slice(0, (int)Math.Min(file.Length, 512));
        if (head.StartsWith("PK"u8))
        {
            return null;
        }

        // A pickle of the magic number comes first, or a tar archive (before 0.2).
        if (head.IndexOf(LegacyMagic) is >= 0 and < 16 || (head.Length > 262 && head[257..].StartsWith("ustar"u8)))
        {
            return "PyTorch's legacy format (before 1.6); save it again with torch.save(torch.load(FILE), FILE)";
        }

        return head.Length == 0 ? "it is empty"
            : head.StartsWith("version https://git-lfs"u8) ? "it is a pointer of Git LFS, the file itself was not fetched: git lfs pull"
            : head.Length > 1 && head[0] == 0x80 && head[1] <= 5 ? "it is a bare pickle, no file of torch.save"
            : "it is no file of torch.save (no zip archive)";
    }
}
