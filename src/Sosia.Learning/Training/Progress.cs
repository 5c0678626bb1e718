namespace Sosia.Learning.Training;

/// <summary>Where the training of a stage stands.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Of the whole stage.</param>
/// <param name="EpochSteps">Of a pass over the videos.</param>
public readonly record struct Progress(long Step, long Steps, long EpochSteps)
{
    /// <summary>Passes over the videos that are over.</summary>
    public long Epoch => Step / EpochSteps;

    /// <summary>0 at the start, 1 at the end.</summary>
    public double Share => Steps == 0 ? 1 : (double)Step / Steps;
}
