using Sosia.Learning.Training;

namespace Sosia.Reports;

/// <summary>The curves of trainings side by side, as one HTML file that needs nothing else.</summary>
public static class RunsPage
{
    /// <summary>Writes the page in UTF-8.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="runs">The newest first.</param>
    public static void Write(Stream output, IReadOnlyList<Run> runs) => throw new NotSupportedException($"{runs.Count} {output}");
}
