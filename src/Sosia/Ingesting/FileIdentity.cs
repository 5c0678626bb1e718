using System.Security.Cryptography;
using Sosia.Library;

namespace Sosia;

/// <summary>What a file is, by its content: the whole hash names a video; a sampled one only recognises a file that moved.</summary>
public static class FileIdentity
{
    private const int SampleBytes = 64 << 10;
    private const int BufferBytes = 1 << 20;

    /// <summary>SHA-256 of the size and of the first, middle and last 64 KiB: equal for a renamed file, in three small reads.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string Sample(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(file);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(BitConverter.GetBytes(length));
        var buffer = new byte[SampleBytes];
        foreach (var at in new[] { 0, Math.Max(0, (length - SampleBytes) / 2), Math.Max(0, length - SampleBytes) })
        {
            hash.AppendData(buffer.AsSpan(0, RandomAccess.Read(file, buffer, at)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Size and SHA-256 of the whole file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was set.</exception>
    public static ContentId Content(string path, CancellationToken stop = default)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Open,
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.SequentialScan,
            BufferSize = 0,
        });
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        var length = 0L;
        int read;
        while ((read = file.Read(buffer)) > 0)
        {
            stop.ThrowIfCancellationRequested();
            hash.AppendData(buffer.AsSpan(0, read));
            length += read;
        }

        return new ContentId(length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
