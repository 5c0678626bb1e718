using System.IO.Compression;

namespace Sosia.Torch.Tests.Checkpoints;

/// <summary>Files of this folder, and archives like those of torch.save with any pickle.</summary>
internal static class Archive
{
    public static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "files", name);

    public static void Save(string path, byte[] pickle, params (string Name, byte[] Bytes)[] more) => Write(path, [("a/data.pkl", pickle), .. more]);

    public static void Write(string path, (string Name, byte[] Bytes)[] entries, CompressionLevel level = CompressionLevel.NoCompression) =>
        File.WriteAllBytes(path, Make(entries, level));

    public static byte[] Make((string Name, byte[] Bytes)[] entries, CompressionLevel level = CompressionLevel.NoCompression)
    {
        var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            foreach (var (name, bytes) in entries)
            {
                using var entry = archive.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }

        return memory.ToArray();
    }

    public static (string Name, byte[] Bytes)[] Entries(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        return [.. archive.Entries.Select(entry =>
        {
            using var stream = entry.Open();
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return (entry.FullName, memory.ToArray());
        })];
    }
}
