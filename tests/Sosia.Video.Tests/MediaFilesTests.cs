namespace Sosia.Video.Tests;

public sealed class MediaFilesTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("sosia-walk-").FullName;

    [Fact]
    public void Videos_come_in_a_stable_order_and_other_files_do_not()
    {
        Make("b.mp4", "a.MKV", "notes.txt", "sub/c.webm", ".hidden.mp4", ".sosia/d.mp4", "Z.mov");
        Directory.CreateDirectory(Path.Combine(root, "folder.mp4"));
        Make("folder.mp4/inside.avi");
        Assert.Equal(["Z.mov", "a.MKV", "b.mp4", "folder.mp4/inside.avi", "sub/c.webm"], Found());
    }

    [Fact]
    public void A_file_that_is_named_itself_is_always_taken()
    {
        Make("film.bin", "other.bin");
        Assert.Equal(["film.bin"], Names(MediaFiles.Find([At("film.bin")])));
    }

    [Fact]
    public void One_file_with_many_names_is_one()
    {
        Make("a.mp4");
        File.CreateSymbolicLink(At("b.mp4"), At("a.mp4"));
        File.CreateSymbolicLink(At("around"), root);
        using (var link = ChildProcess.Start("ln", [At("a.mp4"), At("c.mp4")]))
        {
            Assert.Equal(0, link.Wait().ExitCode);
        }

        var found = MediaFiles.Find([root, At("a.mp4"), root]);
        Assert.Equal(["a.mp4"], Names(found));
        Assert.Equal([At("b.mp4"), At("c.mp4")], found.Files[0].OtherNames);
        Assert.Empty(found.Failures);
    }

    [Fact]
    public void The_file_itself_stands_for_a_link_that_was_met_before_it()
    {
        Make("z.mp4");
        File.CreateSymbolicLink(At("a.mp4"), At("z.mp4"));

        var file = Assert.Single(MediaFiles.Find([root]).Files);

        Assert.Equal(At("z.mp4"), file.Path);
        Assert.Equal([At("a.mp4")], file.OtherNames);
    }

    [Fact]
    public void What_cannot_be_read_is_a_failure_and_stops_nothing()
    {
        Make("good.mp4");
        File.CreateSymbolicLink(At("loop.mp4"), At("loop.mp4"));
        using (var copy = ChildProcess.Start("sh", ["-c", "touch \"$1/$(printf 'x\\377.mp4')\"; mkfifo \"$1/pipe.mp4\"", "sh", root]))
        {
            copy.Wait();
        }

        var found = MediaFiles.Find([At("missing.mp4"), root]);
        Assert.Equal(["good.mp4"], Names(found));
        Assert.Equal(
            [VideoFault.NotFound, VideoFault.BrokenLink, VideoFault.NoAccess, VideoFault.UnreadableName],
            found.Failures.Select(failure => failure.Fault));
        using var clean = ChildProcess.Start("sh", ["-c", "rm \"$1\"/x*", "sh", root]); // .NET cannot name it
        clean.Wait();
    }

    [Fact]
    public void A_folder_whose_name_is_no_text_is_not_passed_over_silently()
    {
        Make("good.mp4");
        using (var make = ChildProcess.Start("sh", ["-c", "d=\"$1/$(printf 'x\\377')\"; mkdir \"$d\"; touch \"$d/film.mp4\"", "sh", root]))
        {
            make.Wait();
        }

        var found = MediaFiles.Find([root]);
        using var clean = ChildProcess.Start("sh", ["-c", "rm -r \"$1\"/x*", "sh", root]); // .NET cannot name it
        clean.Wait();
        Assert.Equal(["good.mp4"], Names(found));
        Assert.Equal(VideoFault.UnreadableName, Assert.Single(found.Failures).Fault);
    }

    [Fact]
    public void Excluded_names_and_folders_are_left_out()
    {
        Make("a.mp4", "a.part.mp4", "cache/b.mp4", "keep/b.mp4", "keep/c.mp4");
        Assert.Equal(["a.mp4", "keep/b.mp4"], Names(MediaFiles.Find([root], ["*.part.*", "cache", At("keep/c.*")])));
    }

    [Fact]
    public void Typescript_is_no_transport_stream()
    {
        File.WriteAllText(At("code.ts"), "export const x = 1;\n");
        File.WriteAllBytes(At("film.ts"), [0x47, 0x40, 0x11, 0x10, 0x00]);
        Assert.Equal(["film.ts"], Found());
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private string At(string name) => Path.Combine(root, name);

    private List<string> Found() => Names(MediaFiles.Find([root]));

    private List<string> Names(MediaFileList found) => [.. found.Files.Select(file => Path.GetRelativePath(root, file.Path))];

    private void Make(params string[] names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
            File.WriteAllText(At(name), name);
        }
    }
}
