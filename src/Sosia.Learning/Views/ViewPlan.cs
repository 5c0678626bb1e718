namespace Sosia.Learning.Views;

/// <summary>What one sample is made of: clips of one video, or of others that the method names.</summary>
/// <param name="Clips">Each is drawn on its own, unless its choices say otherwise.</param>
public sealed record ViewPlan(params IReadOnlyList<ClipPlan> Clips);

/// <summary>How a clip is taken from a video: its frames and its window are drawn once, the window for all frames alike.</summary>
/// <param name="Name">Under which the method finds it in the batch.</param>
/// <param name="Frames">How many.</param>
/// <param name="Intervals">Seconds from frame to frame, one or more, of which one is drawn; in a video too short for it the frames move together.</param>
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

    /// <summary>Which frames, where an interval does not say it.</summary>
    public FrameChoice? Times { get; init; }

    /// <summary>Which part of the picture, where <see cref="Scale"/> does not say it.</summary>
    public WindowChoice? Crop { get; init; }

    /// <summary>Which video, where it is not that of the sample.</summary>
    public VideoChoice? From { get; init; }
}

/// <summary>Draws the frames of a clip.</summary>
/// <param name="length">Frames of the video, 1 or more.</param>
/// <param name="rate">Of them a second; NaN for a photograph.</param>
/// <param name="sample">The same numbers for all clips of a sample, so that one clip can depend on another: a choice takes its own by <see cref="SampleRandom.For"/>.</param>
/// <returns>As many numbers as the clip has frames; one that is below 0 or beyond the video stands for a frame that is not there, and shows the nearest that is.</returns>
public delegate int[] FrameChoice(int length, double rate, SampleRandom sample);

/// <summary>Draws the window of a clip.</summary>
/// <param name="width">Of the picture, pixels.</param>
/// <param name="height">Of the picture, pixels.</param>
/// <param name="random">Of this clip.</param>
/// <returns>What is cut out and scaled to the square.</returns>
public delegate Window WindowChoice(int width, int height, SampleRandom random);

/// <summary>Draws the video of a clip.</summary>
/// <param name="video">Number of the sample's own.</param>
/// <param name="sample">The same numbers for all clips of a sample.</param>
/// <returns>Number of a video that is trained on.</returns>
public delegate long VideoChoice(long video, SampleRandom sample);
