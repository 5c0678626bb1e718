using Xunit;

namespace Sosia.Tests.Commands;

/// <summary>A published checkpoint becomes a model; anything else is refused in one line, and leaves nothing.</summary>
[Collection("videos")]
public sealed class ImportTests(TestVideos videos) : IDisposable
{
    private readonly Shelf shelf = new();

    private string Models => shelf.At("data/sosia/models");

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void AnImportedModelMakesALibraryThatFinds()
    {
        var answer = Said(0, "import", Checkpoint("tiny-3d-csl"), "--as", "3d-csl", "--name", "my-own");
        Assert.Contains("my-own: 27 entries, in ", answer.Out);
        Assert.Contains("not used: head.weight, head.bias", answer.Error);
        Assert.Equal([Path.Combine(Models, "my-own.safetensors")], Directory.GetFiles(Models));
        Assert.Contains("my-own          the transformer of 3D-CSL from tiny-3d-csl.pth; thresholds not measured", Said(0, "models").Out);

        var copy = shelf.Put(videos.Copy("reencode", videos.Harbour).Path, "query/copy.mp4");
        shelf.Put(videos.Harbour, "library/harbour.mp4");
        Assert.Contains("1 added", Said(0, "add", "library", "--model", "my-own").Out);
        Assert.Contains("harbour.mp4", Said(0, "find", copy).Out); // by the library's own model
        Assert.Contains("my-own@8s", Said(0, "status").Out);

        // Again is no harm; another one of the same name would leave the library without its model.
        Said(0, "import", Checkpoint("tiny-3d-csl"), "--as", "3d-csl", "--name", "my-own");
        Assert.Contains("another model called my-own", Refused(2, "import", Checkpoint("other-weights"), "--as", "3d-csl", "--name", "my-own"));
        Assert.Single(Directory.GetFiles(Models));
        var json = Shell.Run(shelf.Folder, Environment, "import", Checkpoint("other-weights"), "--as", "3d-csl", "--json").Json;
        Assert.Equal(("sosia.imported/1", "other-weights", 27), (json.GetProperty("schema").GetString(), json.GetProperty("model").GetString(), json.GetProperty("loaded").GetInt32()));
        Assert.Equal(2, json.GetProperty("left_out").GetArrayLength());

        // A model that is damaged is none; one that is gone makes its library unreadable, and that is said.
        File.WriteAllBytes(Path.Combine(Models, "my-own.safetensors"), [1, 2, 3]);
        Assert.DoesNotContain("my-own", Said(0, "models").Out);
        Assert.Contains("my-own@8s", Refused(2, "find", copy));
    }

    [Fact]
    public void UnrelatedVideosWhitenAModelAndTellItsThresholds()
    {
        Assert.Contains("is no pack: make one", Refused(2, "import", Checkpoint("tiny-3d-csl"), "--as", "3d-csl", "--background", "scenes"));
        Said(0, "pack", "--scenes", "3", "--scene-seconds", "2", "--side", "224", "--rate", "2", "--out", "few");
        Assert.Contains("too few", Refused(2, "import", Checkpoint("tiny-3d-csl"), "--as", "3d-csl", "--background", "few"));
        Said(0, "pack", "--scenes", "12", "--scene-seconds", "20", "--side", "224", "--rate", "2", "--out", "scenes");
        Said(0, "import", Checkpoint("tiny-3d-csl"), "--as", "3d-csl", "--name", "white", "--background", "scenes");
        Said(0, "import", Checkpoint("tiny-3d-csl"), "--as", "3d-csl", "--name", "plain");
        var models = Said(0, "models").Out;
        Assert.Contains("white           the transformer of 3D-CSL from tiny-3d-csl.pth; thresholds by the videos of its background", models);
        Assert.Contains("plain           the transformer of 3D-CSL from tiny-3d-csl.pth; thresholds not measured", models);

        var copy = shelf.Put(videos.Copy("reencode", videos.Harbour).Path, "query/copy.mp4");
        shelf.Put(videos.Harbour, "library/harbour.mp4");
        Said(0, "add", "library", "--model", "white");
        Assert.Contains("harbour.mp4", Said(0, "find", copy).Out);

        // With another background it would be another model.
        Said(0, "pack", "--scenes", "14", "--scene-seconds", "20", "--side", "224", "--rate", "2", "--out", "others");
        Assert.Contains("another model called white", Refused(2, "import", Checkpoint("tiny-3d-csl"), "--as", "3d-csl", "--name", "white", "--background", "others"));
    }

    [Theory]
    [InlineData(1, "there is no such file", "nowhere")]
    [InlineData(1, "it is a folder", ".")]
    [InlineData(1, "legacy format (before 1.6); save it again", "legacy")]
    [InlineData(1, "this is no TimeSformer: patch_embed.proj.weight is missing", "another-network")]
    [InlineData(1, "2 entries are missing (blocks.0.mlp.fc2.weight, blocks.0.mlp.fc2.bias)", "incomplete")]
    [InlineData(1, "of its 2 blocks number 1 is missing", "many-blocks")]
    [InlineData(1, "system", "malicious")]
    [InlineData(2, "cannot be imported as moco: one of 3d-csl, fame, svt", "tiny-3d-csl", "--as", "moco")]
    [InlineData(2, "cannot be called PDQ, there is one already", "tiny-3d-csl", "--as", "3d-csl", "--name", "PDQ")]
    [InlineData(2, "cannot be called ../evil", "tiny-3d-csl", "--as", "3d-csl", "--name", "../evil")]
    [InlineData(2, "cannot be called .hidden", "tiny-3d-csl", "--as", "3d-csl", "--name", ".hidden")]
    [InlineData(2, "cannot be called my model", "tiny-3d-csl", "--as", "3d-csl", "--name", "my model")]
    [InlineData(2, "Option '--as' is required", "tiny-3d-csl", "--name", "x")]
    public void WhatIsNoneIsRefused(int code, string message, string name, params string[] options)
    {
        var file = name == "." ? "." : Checkpoint(name);
        Assert.Contains(message, Refused(code, ["import", file, .. options.Length > 0 ? options : ["--as", "3d-csl", "--name", "x"]]));
        Assert.False(Directory.Exists(shelf.At("data")));
        Assert.Empty(Directory.GetFiles(shelf.Folder, "*", SearchOption.AllDirectories));
    }

    private static string Checkpoint(string name) => Path.Combine(AppContext.BaseDirectory, "files", $"{name}.pth");

    private (string, string)[] Environment => [("XDG_DATA_HOME", shelf.At("data"))];

    private string Refused(int code, params string[] arguments)
    {
        var answer = Said(code, arguments);
        Assert.Empty(answer.Out);
        Assert.True(answer.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => !line.StartsWith('`')) == 1, answer.ToString());
        Assert.StartsWith("sosia: ", answer.Error);
        Assert.DoesNotContain("(Parameter", answer.Error);
        return answer.Error;
    }

    private Answer Said(int code, params string[] arguments)
    {
        var answer = Shell.Run(shelf.Folder, Environment, arguments);
        Assert.True(answer.Code == code, $"{string.Join(' ', arguments)}: {answer}");
        Assert.DoesNotContain("   at ", answer.Error);
        Assert.DoesNotContain("internal error", answer.Error);
        return answer;
    }
}
