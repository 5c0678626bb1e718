using Xunit;

namespace Sosia.Tests.Commands;

/// <summary>`train`, `runs` and `methods` as a user types them.</summary>
public sealed class TrainTests(TrainTests.Scenes scenes) : IClassFixture<TrainTests.Scenes>, IDisposable
{
    private static readonly string[] Small =
    [
        "--size", "tiny", "--threads", "1", "--set", "encoder.width=16", "--set", "encoder.heads=2", "--set", "stages.predmae.batch=4", "--set", "stages.similarity.batch=4", "--set", "data.holdout=0.3",
    ];

    private readonly Shelf shelf = new();

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void BothStagesAreTrainedAndTheRunIsListedAndDrawn()
    {
        var trained = Shell.Run(shelf.Folder, [.. Train(6), "--json"]);
        Good(trained);
        Assert.Equal("sosia.train/1", trained.Json.GetProperty("schema").GetString());
        Assert.InRange(trained.Json.GetProperty("trained").GetProperty("mean_reciprocal_rank").GetDouble(), 0.01, 1);
        Assert.Contains("similarity 6/6", trained.Error);
        var folder = shelf.At("runs/3d-csl-tiny-1");
        foreach (var file in new[] { "recipe.json", "run.json", "metrics.jsonl", "checkpoint.safetensors", "predmae.safetensors", "similarity.safetensors", "encoder.safetensors", "result.json" })
        {
            Assert.True(File.Exists(Path.Combine(folder, file)), file);
        }

        Assert.Equal(12, File.ReadAllLines(Path.Combine(folder, "metrics.jsonl")).Length);
        var runs = Shell.Run(shelf.Folder, "runs", "--html", "runs.html");
        Good(runs);
        Assert.Contains("runs/3d-csl-tiny-1", runs.Out);
        Assert.Contains("done, similarity 6/6", runs.Out);
        Assert.Contains("3d-csl-tiny-1", File.ReadAllText(shelf.At("runs.html")));

        // The recipe of a run is a recipe.
        Good(Shell.Run(shelf.Folder, "train", "--recipe", "runs/3d-csl-tiny-1/recipe.json", "--data", scenes.Pack, "--threads", "1", "--run", "again"));
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "encoder.safetensors")), File.ReadAllBytes(shelf.At("again/encoder.safetensors")));
    }

    [Fact]
    public void ItIsStoppedWithACheckpointAndGoesOn()
    {
        Good(Shell.Run(shelf.Folder, [.. Train(200), "--run", "whole"]));
        using (var shell = Shell.Start(shelf.Folder, [], [.. Train(200), "--run", "parts"]))
        {
            Assert.True(SpinWait.SpinUntil(() => File.Exists(shelf.At("parts/metrics.jsonl")) && File.ReadAllText(shelf.At("parts/metrics.jsonl")).Contains('\n', StringComparison.Ordinal), TimeSpan.FromSeconds(60)), "it never began");
            shell.Send("INT");
            var stopped = shell.Wait();
            Assert.True(stopped.Code == 130, stopped.ToString());
            Assert.Contains("go on with: sosia train --resume", stopped.Error);
        }

        Assert.False(File.Exists(shelf.At("parts/result.json")));
        Good(Shell.Run(shelf.Folder, "train", "--resume", "parts", "--threads", "1"));
        Assert.Equal(File.ReadAllBytes(shelf.At("whole/encoder.safetensors")), File.ReadAllBytes(shelf.At("parts/encoder.safetensors")));
        Assert.Equal(File.ReadAllText(shelf.At("whole/result.json")), File.ReadAllText(shelf.At("parts/result.json")));
    }

    [Theory]
    [InlineData("there is no stages.similarity.bach in the recipe: in place of bach there may stand name, method, ", "3d-csl", "--data", "scenes", "--set", "stages.similarity.bach=3")]
    [InlineData("--set seed: write PATH=VALUE", "3d-csl", "--data", "scenes", "--set", "seed")]
    [InlineData("there is no recipe 4d-csl", "4d-csl", "--data", "scenes")]
    [InlineData("there is no size huge", "3d-csl", "--size", "huge", "--data", "scenes")]
    [InlineData("--data FOLDER", "3d-csl")]
    [InlineData("no such folder: nowhere", "3d-csl", "--data", "nowhere")]
    [InlineData("say how to train", "--data", "scenes")]
    [InlineData("there is no run in nowhere", "--resume", "nowhere")]
    [InlineData("leave out the method", "3d-csl", "--resume", "nowhere")]
    [InlineData("--device takes cpu or cuda, not tpu", "3d-csl", "--data", "scenes", "--device", "tpu")]
    [InlineData("data.holdout is 2, and may be 0 to 0.9", "3d-csl", "--data", "scenes", "--set", "data.holdout=2")]
    [InlineData("shotMix a probability", "3d-csl", "--size", "tiny", "--data", "scenes", "--set", "stages.similarity.method.shotMix=3")]
    [InlineData("4 heads cannot share a width of 65", "3d-csl", "--size", "tiny", "--data", "scenes", "--set", "encoder.width=65")]
    [InlineData("stages.similarity.method: a memory of 40 cannot hold the three clips each of 16 videos", "3d-csl", "--size", "tiny", "--data", "scenes", "--set", "stages.similarity.batch=16", "--set", "stages.similarity.method.memory=40")]
    [InlineData("cannot be computed in 3 equal parts", "3d-csl", "--size", "tiny", "--data", "scenes", "--set", "stages.similarity.accumulate=3")]
    public void WhatIsWrongIsSaid(string expected, params string[] arguments)
    {
        var answer = Shell.Run(shelf.Folder, ["train", .. arguments.Select(word => word == "scenes" ? scenes.Pack : word)]);
        Assert.True(answer.Code == 2, answer.ToString());
        Assert.Contains(expected, answer.Error);
        Assert.DoesNotContain("   at ", answer.Error);
        Assert.False(Directory.Exists(shelf.At("runs")), "a run was begun");
    }

    [Fact]
    public void FoldersOfOneNameAreNotOnePack()
    {
        Directory.CreateDirectory(shelf.At("a/videos"));
        Directory.CreateDirectory(shelf.At("b/videos"));
        var options = new Learning.Training.DataOptions();
        Assert.NotEqual(TrainingData.PackOf(shelf.At("a/videos"), options), TrainingData.PackOf(shelf.At("b/videos"), options));
        Assert.Equal(TrainingData.PackOf(shelf.At("a/videos"), options), TrainingData.PackOf(shelf.At("a/videos/"), options));
        Assert.Equal(scenes.Pack, TrainingData.PackOf(scenes.Pack, options));
    }

    [Fact]
    public void AFolderOfARunIsNotTakenTwice()
    {
        Good(Shell.Run(shelf.Folder, [.. Train(1), "--run", "mine"]));
        var again = Shell.Run(shelf.Folder, [.. Train(1), "--run", "mine"]);
        Assert.Equal(2, again.Code);
        Assert.Contains("mine holds a run already: go on with it by --resume mine", again.Error);
    }

    [Fact]
    public void ABrokenRunStopsNoListing()
    {
        Good(Shell.Run(shelf.Folder, [.. Train(1), "--run", "runs/good"]));
        Directory.CreateDirectory(shelf.At("runs/bad"));
        shelf.Write("runs/bad/run.json", "{");
        var listed = Shell.Run(shelf.Folder, "runs");
        Good(listed);
        Assert.Contains("runs/good", listed.Out);
        Assert.Contains("left out: ", listed.Error);
    }

    [Fact]
    public void ATrainedEncoderMakesALibraryThatFindsWhenItsFolderIsGone()
    {
        Good(Shell.Run(shelf.Folder, [.. Train(2), "--run", "runs/mine"]));
        using var drawn = new Embedding.Drawn();
        var video = drawn.Moving("scene.mp4", 8);
        (string, string)[] home = [("XDG_DATA_HOME", shelf.At("data"))];
        var added = Shell.Run(shelf.Folder, home, "add", video, "--model", "runs/mine", "--library", "library");
        Good(added);
        var model = Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(shelf.At("data/sosia/models"))));
        Assert.Matches("^mine-[0-9a-f]{8}$", model);
        Assert.Contains($"{model}@", added.Out, StringComparison.Ordinal);
        Good(Shell.Run(shelf.Folder, home, "add", video, "--model", "runs/mine", "--library", "library")); // it is there already
        Directory.Delete(shelf.At("runs/mine"), recursive: true);
        var copy = shelf.Put(video, "copy.mp4");
        var found = Shell.Run(shelf.Folder, home, "find", copy, "--library", "library");
        Good(found);
        Assert.Contains("scene.mp4", found.Out, StringComparison.Ordinal);
        Assert.Contains($"{model,-14}  the encoder of the training mine", Shell.Run(shelf.Folder, home, "models").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void ATrainingThatIsNotFinishedIsNoModel()
    {
        Good(Shell.Run(shelf.Folder, [.. Train(1), "--run", "runs/half"]));
        File.Delete(shelf.At("runs/half/encoder.safetensors"));
        var refused = Shell.Run(shelf.Folder, "add", shelf.Folder, "--model", "runs/half", "--library", "library");
        Assert.Equal(2, refused.Code);
        Assert.Contains("the run runs/half is not finished: go on with `sosia train --resume runs/half`", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(shelf.At("library")));
    }

    [Fact]
    public void TheMethodsAreListed()
    {
        var listed = Shell.Run(shelf.Folder, "methods");
        Good(listed);
        Assert.Equal(20, listed.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        var shown = Shell.Run(shelf.Folder, "methods", "show", "3d-csl");
        Good(shown);
        Assert.Contains("stages.similarity.optimiser.rate", shown.Out);
        Assert.Contains("inference", shown.Out);
    }

    private string[] Train(int steps) => ["train", "3d-csl", .. Small, "--data", scenes.Pack, "--set", $"stages.predmae.steps={steps}", "--set", $"stages.similarity.steps={steps}"];

    private static void Good(Answer answer) => Assert.True(answer.Code == 0, answer.ToString());

    /// <summary>A pack for all tests.</summary>
    public sealed class Scenes : IDisposable
    {
        private readonly Shelf shelf = new();

        public Scenes() => Good(Shell.Run(shelf.Folder, "pack", "--scenes", "16", "--scene-seconds", "4", "--side", "40", "--format", "raw", "--out", "scenes"));

        public string Pack => shelf.At("scenes");

        public void Dispose() => shelf.Dispose();
    }
}
