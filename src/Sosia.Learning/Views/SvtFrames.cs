namespace Sosia.Learning.Views;

/// <summary>
/// Which frames of a window each view of SVT has (Ranasinghe et al. 2022, code): the global ones nearly all of it, spread out, the local ones an eighth.
/// Numbers are from the window's start; a window that is too short repeats frames.
/// </summary>
public static class SvtFrames
{
    private const int Margin = 5; // frames that a global view leaves out at one end
    private const int LocalShare = 8;

    /// <summary>A window at a random place in a video, or all of it.</summary>
    /// <param name="frames">Of the video; at least one.</param>
    /// <param name="rate">Of them a second; NaN for a photograph.</param>
    /// <param name="seconds">Of the window.</param>
    /// <param name="random">The same numbers for all views.</param>
    public static (int Start, int Count) Window(int frames, double rate, double seconds, SampleRandom random)
    {
        var count = double.IsNaN(rate) ? frames : (int)Math.Clamp(Math.Round(seconds * rate), 1, frames);
        return (random.Below(frames - count + 1), count);
    }

    /// <summary>The first global view: from the window's start until five frames before its end.</summary>
    /// <param name="window">Frames of the window; at least one.</param>
    /// <param name="count">Frames that are kept.</param>
    public static int[] FirstGlobal(int window, int count) => Spread(0, window - Margin, window, count);

    /// <summary>The second global view: from five frames after the window's start to its end.</summary>
    /// <inheritdoc cref="FirstGlobal"/>
    public static int[] SecondGlobal(int window, int count) => Spread(Margin, window, window, count);

    /// <summary>A local view.</summary>
    /// <param name="window">Frames of the window; at least one.</param>
    /// <param name="start">Its first frame, as <see cref="LocalStart"/> draws it.</param>
    /// <param name="count">Frames that are kept.</param>
    public static int[] Local(int window, int start, int count) => Spread(start, start + (window / LocalShare), window, count);

    /// <summary>Uniform over the starts of local views.</summary>
    /// <param name="window">Frames of the window; at least one.</param>
    /// <param name="random">Draws it.</param>
    public static int LocalStart(int window, SampleRandom random) => random.Below(window - (window / LocalShare));

    // PyTorch's linspace in single precision, both halves from their own end; clamped to the window, truncated.
    private static int[] Spread(float start, float end, int window, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(window);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (count == 1)
        {
            return [Number(start)];
        }

        var step = (end - start) / (count - 1);
        return [.. Enumerable.Range(0, count).Select(i => Number(i < count / 2 ? start + (step * i) : end - (step * (count - 1 - i))))];

        int Number(float place) => (int)Math.Clamp(place, 0, window - 1);
    }
}
