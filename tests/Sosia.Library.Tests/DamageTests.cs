using System.IO.Hashing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Data.Sqlite;
using Sosia.Matching;
using Xunit.Abstractions;

namespace Sosia.Library.Tests;

/// <summary>Files are hostile: whatever stands in them, there is an error of ours or the right rows.</summary>
public sealed class DamageTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    private string CataloguePath => Path.Combine(temporary.Library, "catalogue.db");

    public void Dispose() => temporary.Dispose();

    [Theory]
    [MemberData(nameof(Sample.Kinds), MemberType = typeof(Sample))]
    public void EveryFlippedByteOfASegmentIsFound(string kind)
    {
        Make(kind);
        var whole = File.ReadAllBytes(temporary.Segment(1));
        var header = Decode(whole);
        using var library = VideoLibrary.OpenRead(temporary.Library);
        for (var at = 0; at < whole.Length; at++)
        {
            var bytes = (byte[])whole.Clone();
            bytes[at] ^= (byte)(1 << (at % 8));
            Replace(bytes);
            var part = header.Parts.FirstOrDefault(part => at >= part.Offset && at < part.Offset + part.Length).Id;
            var inVectors = part is >= PartId.Bits and <= PartId.Residual;
            var betweenParts = part == default && at >= SegmentHeader.HeaderBytes + (header.Parts.Count * SegmentHeader.PartBytes);
            Assert.Equal(inVectors || betweenParts, Opens(library)); // Header, directory, embedder, clip table: refused at once.
            Assert.Equal(betweenParts, library.Verify().Count == 0);
            if (betweenParts)
            {
                library.AssertWhole();
            }
        }
    }

    [Fact]
    public void ATruncatedOrLengthenedSegmentIsAnError()
    {
        Make("numbers");
        var whole = File.ReadAllBytes(temporary.Segment(1));
        using var library = VideoLibrary.OpenRead(temporary.Library);
        for (var length = 0; length < whole.Length; length += 13)
        {
            Replace(whole[..length]);
            Assert.False(Opens(library));
            Assert.NotEmpty(library.Verify());
        }

        Replace([.. whole, 0]);
        Assert.False(Opens(library));
        Replace(whole);
        library.AssertWhole();
    }

    [Fact]
    public void NumbersOfAHeaderWithARightChecksumAreBelievedOnlyWhenTheyFit()
    {
        Make("numbers");
        var whole = File.ReadAllBytes(temporary.Segment(1));
        var header = Decode(whole);
        var numbers = Gen.OneOf(
            Gen.Elements(0L, 1, -1, 63, 64, whole.Length, whole.Length - 64, int.MaxValue, uint.MaxValue, long.MaxValue, long.MinValue),
            Gen.Choose(0, 4096).Select(n => (long)n));
        var damaged = from part in Gen.Choose(0, header.Parts.Count - 1)
                      from field in Gen.Choose(0, 6)
                      from number in numbers
                      select Change(header, part, field, number);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(damaged.ToArbitrary(), changed =>
        {
            var bytes = changed.Encode(out var checksum);
            var file = (byte[])whole.Clone();
            bytes.AsSpan(0, Math.Min(bytes.Length, file.Length)).CopyTo(file);
            Replace(file);
            try
            {
                var entry = new SegmentEntry(1, changed.Rows, file.Length, checksum);
                using var opened = SegmentFile.Open(temporary.Segment(1), entry, Sample.Numbers);
                Assert.Equal(changed.Rows, opened.Rows.Count); // What was accepted can be read to its last byte.
                _ = opened.Rows.Float16.ToArray().Length + opened.Rows.Int8.ToArray().Length + opened.Rows.Residual.ToArray().Length;
            }
            catch (LibraryException problem)
            {
                Assert.Contains(problem.Fault, new[] { LibraryFault.Corrupt, LibraryFault.TooNew });
                Assert.Contains(temporary.Segment(1), problem.Message, StringComparison.Ordinal);
            }
        }));
    }

    [Fact]
    public void AnOldReaderSkipsColumnsThatItDoesNotKnow()
    {
        Make("bits");
        var whole = File.ReadAllBytes(temporary.Segment(1));
        var header = Decode(whole);
        var shift = 64L; // The directory grows by an entry: every part moves up.
        byte[] news = [1, 2, 3, 4, 5];
        var parts = header.Parts.Select(part => part with { Offset = part.Offset + shift }).ToList();
        parts.Insert(3, new Part((PartId)99, (PartType)77, whole.Length + shift, news.Length, XxHash3.HashToUInt64(news)));
        var changed = header with { Parts = parts, FileBytes = whole.Length + shift + news.Length };
        var start = changed.Encode(out var checksum);
        var file = new byte[changed.FileBytes];
        whole.AsSpan((int)header.Parts[0].Offset).CopyTo(file.AsSpan((int)parts[0].Offset));
        start.CopyTo(file, 0);
        news.CopyTo(file, whole.Length + shift);
        Replace(file);
        Sql($"UPDATE segments SET checksum = {(long)checksum}, bytes = {file.Length}");

        using var library = VideoLibrary.OpenRead(temporary.Library);
        library.AssertWhole();
    }

    [Fact]
    public void ASegmentThatIsGoneOrAnothersIsAnError()
    {
        Make("bits");
        using var library = VideoLibrary.OpenRead(temporary.Library);
        File.Move(temporary.Segment(1), temporary.Segment(2));
        var lost = Assert.Throws<LibraryException>(library.Snapshot);
        Assert.Equal(LibraryFault.Corrupt, lost.Fault);
        Assert.Contains("000001.seg is damaged: it is missing; restore it from a backup", lost.Message, StringComparison.Ordinal);

        using (var other = VideoLibrary.Create(Path.Combine(temporary.Path, "other"), Sample.Bits))
        {
            other.Add(9);
            other.Flush();
        }

        File.Copy(Path.Combine(temporary.Path, "other", "segments", "000001.seg"), temporary.Segment(1));
        Assert.Contains("not the file that the catalogue names", Assert.Throws<LibraryException>(library.Snapshot).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AVideoWithoutItsClipsIsAnError()
    {
        Make("bits");
        Sql("UPDATE videos SET clips = clips + 1 WHERE id = 2");
        using var library = VideoLibrary.OpenRead(temporary.Library);
        Assert.Contains("video 2 has ", Assert.Throws<LibraryException>(library.Snapshot).Message, StringComparison.Ordinal);
        Assert.Contains("video 2 has ", Assert.Single(library.Verify()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ADamagedCatalogueIsAnErrorOrRight()
    {
        Make("bits");
        var whole = File.ReadAllBytes(CataloguePath);
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}, {whole.Length} bytes");
        var random = new Random(seed);
        var refused = 0;
        for (var trial = 0; trial < 200; trial++)
        {
            var bytes = trial % 8 == 0 ? whole[..random.Next(whole.Length)] : (byte[])whole.Clone();
            for (var flips = random.Next(1, 6); flips > 0 && bytes.Length > 0; flips--)
            {
                var page = random.Next((bytes.Length + 4095) / 4096) * 4096;
                var at = page + (random.Next(2) == 0 ? random.Next(108) : random.Next(4096)); // Headers of pages more often.
                bytes[Math.Min(at, bytes.Length - 1)] = (byte)random.Next(256);
            }

            refused += UseAll(bytes) ? 0 : 1;
        }

        output.WriteLine($"{refused} of 200 refused");
        Assert.InRange(refused, 25, 200);
    }

    [Theory]
    [InlineData("UPDATE library SET kind = 9", LibraryFault.Corrupt)]
    [InlineData("UPDATE library SET kind = 256 + 1", LibraryFault.Corrupt)]
    [InlineData("UPDATE library SET dimension = 1 << 40", LibraryFault.Corrupt)]
    [InlineData("UPDATE library SET embedder = ''", LibraryFault.Corrupt)]
    [InlineData("DELETE FROM library", LibraryFault.Corrupt)]
    [InlineData("DROP TABLE library", LibraryFault.Corrupt)]
    [InlineData("PRAGMA user_version = 2", LibraryFault.TooNew)]
    [InlineData("PRAGMA user_version = 0", LibraryFault.Corrupt)]
    [InlineData("PRAGMA application_id = 7", LibraryFault.NotALibrary)]
    public void AWrongCatalogueIsRefusedWhenItIsOpened(string sql, LibraryFault expected)
    {
        Make("bits");
        Sql(sql);
        var refused = Assert.Throws<LibraryException>(() => VideoLibrary.OpenRead(temporary.Library));
        Assert.Equal(expected, refused.Fault);
        Assert.Contains(CataloguePath, refused.Message, StringComparison.Ordinal);
        refused = Assert.Throws<LibraryException>(() => VideoLibrary.OpenWrite(temporary.Library));
        Assert.Equal(expected, refused.Fault);
    }

    [Theory]
    [InlineData("UPDATE videos SET width = 1 << 40")]
    [InlineData("UPDATE videos SET added = 9223372036854775807")]
    [InlineData("UPDATE videos SET clips = -1 << 40")]
    [InlineData("DROP TABLE files")]
    public void AWrongRowIsAnErrorWhenItIsRead(string sql)
    {
        Make("bits");
        Sql(sql);
        using var library = VideoLibrary.OpenRead(temporary.Library);
        Assert.Equal(LibraryFault.Corrupt, Assert.Throws<LibraryException>(library.Videos).Fault);
    }

    [Fact]
    public void VerifyNamesWhatIsWrongInTheCatalogue()
    {
        Make("bits");
        Sql("PRAGMA foreign_keys = OFF; UPDATE files SET video = 77 WHERE video = 1");
        using var library = VideoLibrary.OpenRead(temporary.Library);
        Assert.Equal(new LibraryFinding("catalogue.db", "table files names rows that are not there"), Assert.Single(library.Verify()));
    }

    private static SegmentHeader Change(SegmentHeader header, int part, int field, long number)
    {
        var parts = header.Parts.ToList();
        parts[part] = field switch
        {
            0 => parts[part] with { Offset = number },
            1 => parts[part] with { Length = number },
            2 => parts[part] with { Id = (PartId)(uint)number },
            3 => parts[part] with { Type = (PartType)(uint)number },
            _ => parts[part],
        };
        return field switch
        {
            4 => header with { Rows = (int)number },
            5 => header with { Dimension = (int)number },
            6 => header with { Kind = (VectorKind)(byte)number },
            _ => header with { Parts = parts },
        };
    }

    private static SegmentHeader Decode(byte[] file)
    {
        var parts = SegmentHeader.ReadPartCount(file.AsSpan(0, SegmentHeader.HeaderBytes), "test");
        return SegmentHeader.Decode(file.AsSpan(0, SegmentHeader.HeaderBytes + (parts * SegmentHeader.PartBytes)), file.Length, "test", out _);
    }

    private static bool Opens(VideoLibrary library)
    {
        try
        {
            library.Snapshot().Dispose();
            return true;
        }
        catch (LibraryException problem)
        {
            Assert.Contains(problem.Fault, new[] { LibraryFault.Corrupt, LibraryFault.TooNew });
            return false;
        }
    }

    private bool UseAll(byte[] catalogue)
    {
        Array.ForEach(["-wal", "-shm"], suffix => File.Delete(CataloguePath + suffix));
        File.WriteAllBytes(CataloguePath, catalogue);
        try
        {
            using (var library = VideoLibrary.OpenRead(temporary.Library))
            {
                _ = library.Videos();
                _ = library.Failures();
                _ = library.Status();
                library.Snapshot().Dispose();
                _ = library.Verify();
            }

            using var writer = VideoLibrary.OpenWrite(temporary.Library);
            writer.Add(9);
            writer.Flush();
            return true;
        }
        catch (LibraryException)
        {
            return false;
        }
        finally
        {
            RestoreSegment();
        }
    }

    private byte[]? segment;

    private void RestoreSegment() => Replace(segment!); // A writer sweeps away what a damaged catalogue no longer names.

    private void Make(string kind)
    {
        using var library = VideoLibrary.Create(temporary.Library, Sample.Embedder(kind));
        library.Add(1, clips: 4);
        library.Add(2, clips: 3);
        library.Flush();
        segment = File.ReadAllBytes(temporary.Segment(1));
    }

    private void Replace(byte[] bytes)
    {
        File.WriteAllBytes(temporary.Path + "/new", bytes); // Renamed over the old one, which may be mapped.
        File.Move(temporary.Path + "/new", temporary.Segment(1), overwrite: true);
    }

    private void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={CataloguePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
