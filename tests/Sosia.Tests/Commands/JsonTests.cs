using System.Text.Json;
using Sosia.Tests.House;
using Xunit;

namespace Sosia.Tests.Commands;

/// <summary>`--json` of every command is one document of a documented schema, on standard output alone.</summary>
[Collection("videos")]
public sealed class JsonTests(TestVideos videos) : IDisposable
{
    private readonly Shelf shelf = new();

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void EveryCommandAnswersInItsSchema()
    {
        shelf.Put(videos.Short(0), "a.mp4");
        shelf.Put(videos.Short(0), "twin.mp4");
        shelf.Put(videos.Sound, "sound.mp4");
        var added = Json("sosia.added/1", 1, "add", "--model", "pdq", ".");
        Assert.Equal((1, 1), (added.GetProperty("added").GetInt32(), added.GetProperty("same_content").GetInt32()));
        Assert.Equal(shelf.At("sound.mp4"), added.GetProperty("failures")[0].GetProperty("path").GetString());
        Assert.Equal(2, Json("sosia.list/1", 0, "list").GetProperty("videos")[0].GetProperty("paths").GetArrayLength());
        Assert.Equal(1, Json("sosia.status/1", 0, "status").GetProperty("videos").GetInt32());
        Assert.Equal(shelf.At("twin.mp4"), Json("sosia.matches/1", 0, "find", "a.mp4").GetProperty("matches")[0].GetProperty("video").GetProperty("path").GetString());
        Assert.Equal(1, Json("sosia.duplicates/1", 0, "duplicates").GetProperty("groups").GetArrayLength());
        Assert.NotEqual(0, Json("sosia.explanation/1", 0, "explain", "1", "twin.mp4").GetProperty("checks").GetArrayLength());
        var written = Json("sosia.exported/1", 0, "export", "--hashes", "hashes").GetProperty("files");
        Assert.True(File.Exists(Assert.Single(written.EnumerateArray()).GetString()));
        Assert.Equal("copies", Json("sosia.models/1", 0, "models").GetProperty("models")[0].GetProperty("name").GetString());
        Assert.True(Json("sosia.doctor/1", 0, "doctor").GetProperty("findings")[0].GetProperty("ok").GetBoolean());
        Assert.Equal(1, Json("sosia.duplicates/1", 1, "demo", ".", "--output", "demo").GetProperty("groups").GetArrayLength());
        Assert.Equal(2, Json("sosia.removed/1", 0, "remove", "1").GetProperty("files").GetInt32());
    }

    [Fact]
    public void AnErrorLeavesStandardOutputEmpty()
    {
        Assert.Equal("", Shell.Run(shelf.Folder, "list", "--json").Out);
        Assert.Equal("", Shell.Run(shelf.Folder, "find", "nowhere.mp4", "--json", "--library", videos.Library).Out);
    }

    private JsonElement Json(string schema, int code, params string[] arguments)
    {
        Assert.Contains($"`{schema}`", Repository.At("docs/formats/json.md").Text);
        var answer = Shell.Run(shelf.Folder, [.. arguments, "--json"]);
        Assert.True(answer.Code == code, answer.ToString());
        Assert.Equal(schema, answer.Json.EnumerateObject().First() is { Name: "schema", Value: var value } ? value.GetString() : "no schema");
        return answer.Json;
    }
}
