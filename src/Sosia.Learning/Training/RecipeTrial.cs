using Sosia.Torch;

namespace Sosia.Learning.Training;

/// <summary>Makes every method of a recipe once, so that a fault of the last stage does not show when the first one is trained.</summary>
public static class RecipeTrial
{
    /// <summary>Tries.</summary>
    /// <param name="recipe">All its stages.</param>
    /// <param name="world">The processes that are to train together.</param>
    /// <exception cref="RecipeException">A stage's options cannot be, do not fit the encoder, or its batch cannot be shared out.</exception>
    public static void Make(Recipe recipe, World world)
    {
        RecipeCheck.Sharing(recipe, world.Size);
        foreach (var stage in recipe.Stages)
        {
            Make(recipe, stage);
        }
    }

    private static void Make(Recipe recipe, Stage stage)
    {
        using var scope = TensorScope.Enter();
        using var generator = new Generator((ulong)recipe.Seed);
        try
        {
            using var method = stage.Method.Build(() => recipe.Encoder.Build(generator, checkpointing: false), World.Single);
        }
        catch (ArgumentException error)
        {
            throw new RecipeException($"stage {stage.Name}: {error.Message}", error);
        }
    }
}
