namespace Sosia.Learning.Views;

/// <summary>What one sample is made of: clips of one video.</summary>
/// <param name="Clips">Each is drawn on its own.</param>
public sealed record ViewPlan(params IReadOnlyList<ClipPlan> Clips);

/// <summary>How a clip is taken from a video: its start, interval, scale and window are drawn once for all its frames.</summary>
/// <param name="Name">Under which the method finds it in the batch.</param>
/// <param name="Frames">How many.</param>
/// <param name="Intervals">Seconds from frame to frame, one of them is drawn; in a video too short for it the frames move together.</param>
/// <param name="Side">Pixels of the square window.</param>
public sealed record ClipPlan(string Name, int Frames, IReadOnlyList<double> Intervals, int Side)
{
    /// <summary>Short side of the picture that the window is cut from, over the window's: drawn between these.</summary>
    public (double Least, double Most) Scale { get; init; } = (1, 1);

    /// <summary>Whether the window lies anywhere, and not in the middle.</summary>
    public bool AnyPlace { get; init; }

    /// <summary>Whether the window is the whole picture, squeezed into the square.</summary>
    public bool Whole { get; init; }

    /// <summary>How likely the clip is mirrored.</summary>
    public double Mirror { get; init; }
}
