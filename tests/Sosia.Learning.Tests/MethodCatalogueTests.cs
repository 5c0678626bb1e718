using Sosia.Learning.Encoders;
using Sosia.Learning.Methods;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class MethodCatalogueTests
{
    [Fact]
    public void Twenty_methods_each_with_its_paper()
    {
        Assert.Equal(20, MethodCatalogue.All.Count);
        Assert.Equal(20, MethodCatalogue.All.Select(card => card.Id).Distinct().Count());
        Assert.Equal(20, MethodCatalogue.All.Select(card => card.Arxiv).Distinct().Count());
        Assert.All(MethodCatalogue.All, card => Assert.Matches("^[0-9]{4}[.][0-9]{5}$", card.Arxiv));
        Assert.All(MethodCatalogue.All, card => Assert.Matches("20(21|22|23)$", card.Venue));
        Assert.All(MethodCatalogue.All, card => Assert.False(string.IsNullOrWhiteSpace(card.Authors) || string.IsNullOrWhiteSpace(card.Title)));
        Assert.All(MethodCatalogue.All, card => Assert.EndsWith(".", card.Purpose, StringComparison.Ordinal));
        Assert.Equal("3d-csl", MethodCatalogue.Find("3D-CSL")?.Id);
        Assert.Null(MethodCatalogue.Find("4d-csl"));
    }

    [Fact]
    public void What_is_whole_has_a_recipe_and_says_what_is_ours()
    {
        foreach (var card in MethodCatalogue.All.Where(card => card.State == MethodState.Whole))
        {
            Assert.Contains(card.Id, RecipeFile.Names);
            Assert.NotNull(card.Reconstruction);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("tiny")]
    [InlineData("small")]
    public void Every_value_of_3D_CSL_has_a_source(string? size)
    {
        var recipe = RecipeFile.Named("3d-csl", size);
        var values = RecipeFile.Values(recipe);
        Assert.True(values.Count > 60);
        string[] titles = ["name", "stages.predmae.name", "stages.similarity.name"];
        Assert.Empty(values.Where(value => value.Source is null && !titles.Contains(value.Path)).Select(value => value.Path));

        // A source for a value that is not there says nothing.
        Assert.All(recipe.Sources!.Keys, path => Assert.Contains(values, value => value.Path == path || value.Path.StartsWith(path + ".", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_recipe_is_that_of_the_specification()
    {
        var stage = RecipeFile.Named("3d-csl").Stages[1];
        var options = Assert.IsType<ThreeDCslOptions>(stage.Method);
        Assert.Equal((128, 100, 40.0), (stage.Batch, stage.Epochs, stage.ClipNorm));
        Assert.Equal(7.5e-5, stage.Optimiser.Rate * stage.Batch / stage.Optimiser.RateBatch!.Value, 1e-12);
        Assert.Equal((1e-4, 20.0, 1e-3, 1e-6), (stage.Optimiser.WeightDecay, stage.Schedule!.WarmupEpochs, stage.Schedule.WarmupFactor, stage.Schedule.Floor));
        Assert.Equal(new AugmentationOptions(), options.Augmentation);
        Assert.Equal((1024, 0.3, 1.0, 0.1, 0.5), (options.Memory, options.MinerEpsilon, options.FcsWeight, options.Margin, options.ShotMix));
    }

    [Fact]
    public void The_published_network_is_built()
    {
        using var scope = TensorScope.Enter();
        using var skip = SkipInit.Enter();
        using var small = RecipeFile.Named("3d-csl", "small").Encoder.Build(new Generator(1), checkpointing: false);
        Assert.Equal(30_548_352, small.CountParameters());
    }

    [Fact]
    public void Both_stages_of_the_tiny_recipe_can_be_built()
    {
        using var scope = TensorScope.Enter();
        var recipe = RecipeFile.Named("3d-csl", "tiny");
        foreach (var stage in recipe.Stages)
        {
            using var method = stage.Method.Build(() => recipe.Encoder.Build(new Generator(1), checkpointing: false), World.Single);
            Assert.IsType<VideoTransformer>(method.Encoder);
            Assert.Equal("clip", Assert.Single(method.Views.Clips).Name);
        }
    }
}
