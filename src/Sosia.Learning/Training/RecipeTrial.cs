using Sosia.Learning.Methods;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Training;

/// <summary>Makes every method of a recipe once, so that a fault of the last stage does not show when the first one is trained.</summary>
public static class RecipeTrial
{
    /// <summary>Tries.</summary>
    /// <param name="recipe">All its stages.</param>
    /// <returns>What a sample of each stage is made of.</returns>
    /// <exception cref="RecipeException">A stage's options cannot be, or do not fit the encoder.</exception>
    public static IReadOnlyList<ViewPlan> Views(Recipe recipe) => [.. recipe.Stages.Select(stage => Views(recipe, stage))];

    private static ViewPlan Views(Recipe recipe, Stage stage)
    {
        using var scope = TensorScope.Enter();
        using var generator = new Generator((ulong)recipe.Seed);
        try
        {
            using Method method = stage.Method.Build(recipe.Encoder.Build(generator, checkpointing: false), World.Single);
            return method.Views;
        }
        catch (ArgumentException error)
        {
            throw new RecipeException($"stage {stage.Name}: {error.Message}", error);
        }
    }
}
