namespace Sosia.Learning.Views;

/// <summary>Which frames of a video a clip of VideoMAE and MVD has (Tong et al. 2022, Wang et al. 2023, code): every so many from a random start.</summary>
public static class MvdFrames
{
    /// <summary>
    /// Numbers from 0. The place moves on only where it then stays below the number of frames: a video that is too short repeats a late frame.
    /// </summary>
    /// <param name="frames">Of the video; at least one.</param>
    /// <param name="start">From 1, as <see cref="Start"/> draws it.</param>
    /// <param name="count">Frames of the clip.</param>
    /// <param name="step">From frame to frame.</param>
    public static int[] Clip(int frames, int start, int count, int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frames);
        ArgumentOutOfRangeException.ThrowIfLessThan(start, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, frames);
        var numbers = new int[count];
        for (var (i, place) = (0, start); i < count; i++)
        {
            numbers[i] = place - 1;
            place = place + step < frames ? place + step : place;
        }

        return numbers;
    }

    /// <summary>Uniform over the starts from which the clip fits; 1 where none does.</summary>
    /// <param name="frames">Of the video.</param>
    /// <param name="count">Frames of the clip.</param>
    /// <param name="step">From frame to frame.</param>
    /// <param name="random">Draws it.</param>
    public static int Start(int frames, int count, int step, SampleRandom random) => 1 + random.Below(Math.Max(0, frames - (count * step)) + 1);
}
