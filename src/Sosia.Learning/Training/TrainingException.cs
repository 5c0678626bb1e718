namespace Sosia.Learning.Training;

/// <summary>A training that cannot go on; the message says where it stopped, why, and what to do. The last checkpoint stays.</summary>
/// <param name="message">What happened.</param>
public sealed class TrainingException(string message) : Exception(message)
{
    internal static TrainingException NotANumber(Stage stage, long step, LossFigures losses, double norm, string checkpoint)
    {
        var what = double.IsFinite(losses.Total) ? "the gradient is no number" : $"the loss is no number ({string.Join(", ", losses.Terms.Select(term => $"{term.Key} {term.Value:0.###}"))})";
        var from = File.Exists(checkpoint) ? "; what the last checkpoint holds is kept" : "";
        return new TrainingException(
            $"stage {stage.Name}, step {step + 1}: {what}{from}. Lower stages.{stage.Name}.optimiser.rate, set stages.{stage.Name}.clipNorm, or leave such steps out by --set stages.{stage.Name}.onNan=skip (norm of the gradient: {norm:0.###})");
    }
}
