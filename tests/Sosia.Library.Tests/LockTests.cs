using System.Runtime.Versioning;

namespace Sosia.Library.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class LockTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    public LockTests()
    {
        using var library = VideoLibrary.Create(temporary.Library, Sample.Bits);
        library.Add(1);
        library.Flush();
    }

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void ASecondWriterHearsWhoWritesAndTheLockDiesWithItsOwner()
    {
        using var child = Child.Start("hold", temporary.Library);
        Assert.Equal("held", child.StandardOutput.ReadLine());

        var refused = Assert.Throws<LibraryException>(() => VideoLibrary.OpenWrite(temporary.Library));
        Assert.Equal(LibraryFault.Locked, refused.Fault);
        Assert.Contains($"process {child.Id} on {Environment.MachineName} since 20", refused.Message, StringComparison.Ordinal);
        using (var reader = VideoLibrary.OpenRead(temporary.Library))
        {
            reader.AssertWhole();
        }

        child.Kill();
        child.WaitForExit();
        using var writer = VideoLibrary.OpenWrite(temporary.Library);
        writer.Add(2);
        writer.Flush();
        writer.AssertWhole();
    }

    [Fact]
    public void OneProcessHasOneWriterToo()
    {
        using (VideoLibrary.OpenWrite(temporary.Library))
        {
            var refused = Assert.Throws<LibraryException>(() => VideoLibrary.OpenWrite(temporary.Library));
            Assert.Equal(LibraryFault.Locked, refused.Fault);
            Assert.Contains($"process {Environment.ProcessId} ", refused.Message, StringComparison.Ordinal);
        }

        VideoLibrary.OpenWrite(temporary.Library).Dispose();
    }

    [Fact]
    public void AReaderMayNotWrite()
    {
        using var reader = VideoLibrary.OpenRead(temporary.Library);
        Assert.Throws<InvalidOperationException>(() => reader.BeginVideo());
        Assert.Throws<InvalidOperationException>(() => reader.RemoveVideo(1));
        Assert.Throws<InvalidOperationException>(reader.Flush);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AFolderThatCannotBeWrittenIsRead(bool afterACrash)
    {
        var expected = "1";
        if (afterACrash)
        {
            using var writer = Child.Start("write", temporary.Library, "10", nameof(WriteStep.Committed), "1");
            writer.WaitForExit();
            Assert.True(new FileInfo(Path.Combine(temporary.Library, "catalogue.db-wal")).Length > 0);
            expected = "1 10 11 12 13 14";
        }

        Permit(write: false);
        try
        {
            using var child = Child.Start("list", temporary.Library);
            Assert.Equal(expected, child.StandardOutput.ReadToEnd().Trim());
            child.WaitForExit();
            Assert.Equal(0, child.ExitCode);
        }
        finally
        {
            Permit(write: true);
        }
    }

    [Theory]
    [InlineData("nfs4", true)]
    [InlineData("CIFS", true)]
    [InlineData("fuse.sshfs", true)]
    [InlineData("ext4", false)]
    [InlineData("tmpfs", false)]
    [InlineData("fuseblk", false)]
    [InlineData("overlay", false)]
    public void NetworkFileSystemsAreTold(string format, bool network) => Assert.Equal(network, NetworkFileSystem.IsNetwork(format));

    private void Permit(bool write)
    {
        const UnixFileMode writers = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        foreach (var path in Directory.GetFileSystemEntries(temporary.Library, "*", SearchOption.AllDirectories).Append(temporary.Library))
        {
            var mode = File.GetUnixFileMode(path) & ~writers;
            File.SetUnixFileMode(path, write ? mode | UnixFileMode.UserWrite : mode);
        }
    }
}
