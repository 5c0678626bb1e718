using Sosia.Learning.Evaluation;
using Sosia.Learning.Training;

namespace Sosia.Learning.Tests;

public sealed class RunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sosia-runs-").FullName;

    private static RunStart Start(int day = 1) => new(["/packs/a", "/packs/b"], new DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero), 2, "cpu", "1.13.1");

    [Fact]
    public void What_was_begun_is_found_again()
    {
        var recipe = RecipeFile.Set(RecipeFile.Named("3d-csl.tiny"), ["seed=5", "stages.similarity.batch=8"]);
        var made = Run.Create(At("a"), recipe, Start());
        var found = Run.Open(At("a"));
        Assert.Equal(RecipeFile.Text(recipe), RecipeFile.Text(found.Recipe));
        Assert.Equal(RecipeFile.Values(recipe), RecipeFile.Values(found.Recipe));
        Assert.Equal((made.Folder, made.Start.Started, 2, "cpu", "1.13.1"), (found.Folder, found.Start.Started, found.Start.Threads, found.Start.Device, found.Start.Torch));
        Assert.Equal(["/packs/a", "/packs/b"], found.Start.Data);
        Assert.Null(found.Result);
        Assert.Empty(found.Metrics());
    }

    [Fact]
    public void What_came_out_is_kept()
    {
        var run = Run.Create(At("a"), RecipeFile.Named("3d-csl.tiny"), Start());
        var result = new RunResult(new CopyRetrievalResult(0.5, 0.25, double.NaN, 1, 9), new CopyRetrievalResult(0.1, 0, 0.2, 0, 9));
        run.Finish(result, background: null);
        Assert.Equal(result, Run.Open(At("a")).Result);
    }

    [Fact]
    public void A_folder_takes_one_run()
    {
        Run.Create(At("a"), RecipeFile.Named("3d-csl.tiny"), Start());
        var error = Assert.Throws<RecipeException>(() => Run.Create(At("a"), RecipeFile.Named("3d-csl.tiny"), Start()));
        Assert.Contains("--resume", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_there_is_none_it_is_an_error()
    {
        Assert.False(Run.Is(folder));
        Assert.Contains($"no run in {folder}", Assert.Throws<RecipeException>(() => Run.Open(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_file_is_named()
    {
        Run.Create(At("a"), RecipeFile.Named("3d-csl.tiny"), Start());
        File.WriteAllText(Path.Combine(At("a"), "run.json"), "{");
        Assert.Contains("run.json is broken", Assert.Throws<RecipeException>(() => Run.Open(At("a"))).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(At("a"), "recipe.json"), "{");
        Assert.Contains("recipe.json", Assert.Throws<RecipeException>(() => Run.Open(At("a"))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string At(string name) => Path.Combine(folder, name);
}
