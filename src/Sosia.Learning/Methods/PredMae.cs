using Sosia.Learning.Encoders;
using Sosia.Learning.Training;

namespace Sosia.Learning.Methods;

/// <summary>Stage 1 of 3D-CSL.</summary>
public sealed record PredMaeOptions : MethodOptions
{
    /// <inheritdoc/>
    public override Method Build(Encoder encoder, World world) => throw new RecipeException("not yet");
}
