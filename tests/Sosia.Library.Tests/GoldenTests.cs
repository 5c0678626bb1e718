namespace Sosia.Library.Tests;

/// <summary>Files that version 1 wrote: they are read for ever, and version 1 still writes them byte by byte.</summary>
public sealed class GoldenTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    private static string Golden => Path.Combine(AppContext.BaseDirectory, "golden");

    public void Dispose() => temporary.Dispose();

    /// <summary>Writes the files anew: <c>dotnet run --project tests/Sosia.Library.Tests golden FOLDER</c>, for a new version only.</summary>
    internal static void Make(string folder)
    {
        foreach (var kind in new[] { "bits", "numbers" })
        {
            using var library = VideoLibrary.Create(Path.Combine(folder, kind), Sample.Embedder(kind));
            library.Add(3, clips: 5);
            var second = library.BeginVideo(plan: 258);
            library.Append(second, Sample.Rows(library.Embedder, 4, 2), Sample.Spans(4, 2));
            library.Complete(second, Sample.Facts(4), Sample.File(4));
            library.Flush();
        }
    }

    [Theory]
    [MemberData(nameof(Sample.Kinds), MemberType = typeof(Sample))]
    public void ALibraryOfVersion1IsReadAndWrittenOn(string kind)
    {
        Directory.CreateDirectory(Path.Combine(temporary.Library, "segments"));
        File.Copy(Path.Combine(Golden, $"{kind}-1.seg"), temporary.Segment(1));
        File.Copy(Path.Combine(Golden, $"{kind}-1.db"), Path.Combine(temporary.Library, "catalogue.db"));
        using (var reader = VideoLibrary.OpenRead(temporary.Library))
        {
            Check(reader, kind);
        }

        using var writer = VideoLibrary.OpenWrite(temporary.Library);
        Check(writer, kind);
        Assert.Equal(3, writer.Add(5));
        writer.Flush();
        writer.AssertWhole();
    }

    [Theory]
    [MemberData(nameof(Sample.Kinds), MemberType = typeof(Sample))]
    public void ASegmentOfVersion1IsWrittenAsEver(string kind)
    {
        Make(temporary.Path);
        var written = Path.Combine(temporary.Path, kind, "segments", "000001.seg");
        Assert.Equal(File.ReadAllBytes(Path.Combine(Golden, $"{kind}-1.seg")), File.ReadAllBytes(written));
    }

    [Fact]
    public void TheBytesAreThoseOfTheDocument()
    {
        var file = File.ReadAllBytes(Path.Combine(Golden, "bits-1.seg"));
        Assert.Equal("SOSIASEG"u8.ToArray(), file[..8]);
        Assert.Equal([1, 0, 1, 0, 0, 1, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0], file[8..24]);
        Assert.Equal(file.Length, BitConverter.ToInt64(file, 24));
        Assert.Equal("pdq-64@2\u00001"u8.ToArray(), Part(file, 1));
        Assert.Equal(Sample.Rows(Sample.Bits, 3, 5).Bits.ToArray(), Part(file, 2)[..160]);
        Assert.Equal([1, 1, 1, 1, 1, 2, 2], Enumerable.Range(0, 7).Select(i => BitConverter.ToInt64(Part(file, 16), 8 * i)));
        Assert.Equal([0u, 500, 1000, 1500, 2000, 0, 500], Enumerable.Range(0, 7).Select(i => BitConverter.ToUInt32(Part(file, 17), 4 * i)));
        Assert.Equal([500u, 1000, 1500, 2000, 2500, 500, 1000], Enumerable.Range(0, 7).Select(i => BitConverter.ToUInt32(Part(file, 18), 4 * i)));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1], Part(file, 19));
        Assert.Equal([3, 4, 5, 6, 7, 4, 5], Part(file, 20));
        Assert.Equal(new byte[14], Part(file, 21));
    }

    private static byte[] Part(byte[] file, uint id)
    {
        for (var entry = 64; ; entry += 32)
        {
            if (BitConverter.ToUInt32(file, entry) == id)
            {
                var offset = (int)BitConverter.ToInt64(file, entry + 8);
                Assert.Equal(0, offset % 64);
                return file[offset..(offset + (int)BitConverter.ToInt64(file, entry + 16))];
            }
        }
    }

    private static void Check(VideoLibrary library, string kind)
    {
        Assert.Equal(Sample.Embedder(kind), library.Embedder);
        Assert.Equal([(1L, 3, 5), (2L, 4, 2)], library.Videos().Select(video => (video.Id, video.Seed(), video.Clips)));
        Assert.Equal(Sample.File(4), Assert.Single(library.Video(2)!.Files).Stamp);
        library.AssertWhole();
    }
}
