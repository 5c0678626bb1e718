using Microsoft.Data.Sqlite;
using Xunit;

namespace Sosia.Tests.Commands;

/// <summary>Files may have any name: it is neither misread nor does it act in the terminal.</summary>
[Collection("videos")]
public sealed class NameTests(TestVideos videos) : IDisposable
{
    private const string Hostile = "a\nb\e[31m\e]0;title\a\u202egpj\u009b1m.mp4";
    private const string Shown = @"a\nb\e[31m\e]0;title\u0007\u202egpj\u009b1m.mp4";

    private readonly Shelf shelf = new();

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void NothingActsInTheTerminal()
    {
        shelf.Put(videos.Short(0), Hostile);
        shelf.Put(videos.Short(0), "twin.mp4");
        shelf.Write("bad" + Hostile, "no video");
        Assert.Contains("bad" + Shown, Clean(1, "add", "--model", "pdq", ".").Error);
        Assert.Contains(Shown, Clean(0, "list").Out);
        Assert.Contains("bad" + Shown, Clean(0, "status").Out);
        Assert.Contains(Shown, Clean(0, "find", "twin.mp4").Out);
        Assert.Contains("twin.mp4", Clean(0, "find", Hostile).Out);
        Assert.Contains(Shown, Clean(0, "duplicates", "--html", Hostile + ".html", "--csv", Hostile + ".csv").Out);
        Assert.Contains(Shown, Clean(0, "explain", Hostile, "twin.mp4").Out);
        Assert.Contains(Shown, Clean(0, "export", "--hashes", Hostile + ".hashes").Out);
        Assert.Contains(Shown, Clean(1, "demo", ".", "--output", "demo").Out);
        Assert.Equal(shelf.At(Hostile), Shell.Run(shelf.Folder, "find", "twin.mp4", "--json").Json.GetProperty("matches")[0].GetProperty("video").GetProperty("path").GetString());
        Assert.DoesNotContain('\e', Shell.Run(shelf.Folder, "list", "--json").Out);
        Clean(0, "remove", Hostile);
    }

    [Fact]
    public void NothingActsInAnError()
    {
        string[][] wrong =
        [
            ["list", Hostile], [Hostile], ["list", "--" + Hostile], ["list", "--threads", Hostile], ["list", "--library", Hostile],
            ["add", ".", "--model", Hostile], ["find", Hostile, "--from", Hostile, "--library", videos.Library],
            ["remove", Hostile, "--library", videos.Library], ["export", "--hashes", Hostile, Hostile, "--library", videos.Library],
        ];
        Assert.All(wrong, arguments => Clean(2, arguments));
        Clean(1, "find", Hostile, "--library", videos.Library);
        Clean(1, "find", "--hashes", Hostile, "--library", videos.Library);
        Clean(1, "explain", Hostile, "1", "--library", videos.Library);
        Clean(4, "duplicates", "--html", $"nowhere/{Hostile}", "--library", videos.Library);
        Assert.Contains("   at ", Clean(4, "duplicates", "--html", $"nowhere/{Hostile}", "--library", videos.Library, "--verbose").Error);
    }

    // A library may come from anywhere.
    [Fact]
    public void NothingInALibraryActsInTheTerminal()
    {
        shelf.Put(videos.Short(0), "a.mp4");
        shelf.Add();
        Change("UPDATE videos SET codec = @text");
        Assert.Contains(Shown, Clean(0, "list", "--library", shelf.Library).Out);
        Change("UPDATE library SET embedder = @text");
        Assert.Contains(Shown, Clean(0, "status", "--library", shelf.Library).Out);
        Assert.Contains(Shown, Clean(2, "add", "--model", "pdq", ".", "--library", shelf.Library).Error);
    }

    private void Change(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(shelf.Library, "catalogue.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.Parameters.AddWithValue("@text", Hostile);
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    [Fact]
    public void AnyNameIsAFile()
    {
        string[] names =
        [
            "-rf.mp4", "--json", "@list.mp4", "quote'\" $(touch x) `touch x`.mp4", "%d.mp4", "concat:a|b.mp4", "http:__example.org.mp4", " [x].mp4 ", "été 日本.mp4",
        ];
        foreach (var (i, name) in names.Index()) shelf.Put(videos.Short(i), name);
        foreach (var i in Enumerable.Range(0, names.Length)) shelf.Put(videos.Short(i), $"twins/{i}.mp4");
        Assert.Contains("9 added", Clean(0, ["add", "--model", "pdq", "--", .. names]).Out);
        Assert.Contains("9 byte for byte", Clean(0, "add", "--model", "pdq", "twins").Out);
        foreach (var (i, name) in names.Index()) Assert.Contains(shelf.At($"twins/{i}.mp4"), Clean(0, "find", "--", name).Out);
        var listed = Shell.Run(shelf.Folder, "list", "--json").Json.GetProperty("videos").EnumerateArray().SelectMany(v => v.GetProperty("paths").EnumerateArray());
        Assert.Equal(names.Order(StringComparer.Ordinal), listed.Select(p => Path.GetRelativePath(shelf.Folder, p.GetString()!)).Where(p => !p.StartsWith("twins", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains("0 videos and 9 files", Clean(0, ["remove", "--", .. names]).Out);
        Assert.False(File.Exists(shelf.At("x")));
    }

    [Fact]
    public void ANameWithAtIsNoListOfArguments()
    {
        shelf.Write("list.txt", "--version");
        Assert.Contains("@list.txt: no such file", Clean(1, "find", "@list.txt", "--library", videos.Library).Error);
    }

    [Fact]
    public void AFolderOfVideosBringsNoPrograms()
    {
        shelf.Put(videos.Short(0), "a.mp4");
        foreach (var tool in new[] { "ffmpeg", "ffprobe" })
        {
            File.SetUnixFileMode(shelf.Write(tool, $"#!/bin/sh\ntouch '{shelf.At("hijacked")}'\n"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        Assert.Contains("1 added", Clean(0, "add", "--model", "pdq", ".").Out);
        Assert.False(File.Exists(shelf.At("hijacked")));
    }

    private Answer Clean(int code, params string[] arguments)
    {
        var answer = Shell.Run(shelf.Folder, arguments);
        Assert.True(answer.Code == code, $"{string.Join(' ', arguments)}: {answer}");
        foreach (var text in new[] { answer.Out, answer.Error })
        {
            Assert.DoesNotContain(text, c => (char.IsControl(c) && c != '\n') || c == '\u202e');
            Assert.DoesNotContain("a\nb", text);
        }

        return answer;
    }
}
