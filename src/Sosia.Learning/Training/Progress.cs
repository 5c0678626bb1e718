namespace Sosia.Learning.Training;

/// <summary>Where the training of a stage stands.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Of the whole stage.</param>
/// <param name="Epoch">Passes over the data that are over.</param>
public readonly record struct Progress(long Step, long Steps, int Epoch)
{
    /// <summary>0 at the start, 1 at the end.</summary>
    public double Share => Steps == 0 ? 1 : (double)Step / Steps;
}
