namespace Sosia.Learning.Views;

/// <summary>Two windows of a video at different times, as FAME and MoCo on video train (Ding et al. 2022, code, moco/loader.py).</summary>
/// <param name="First">Where the first window begins, frames.</param>
/// <param name="Second">Where the second does.</param>
public readonly record struct ClipPair(int First, int Second)
{
    /// <summary>How many windows a video has: one begins at every frame from which it is complete.</summary>
    /// <param name="frames">Of the video.</param>
    /// <param name="span">Frames of a window.</param>
    public static int Windows(int frames, int span) => Math.Max(0, frames - span + 1);

    /// <summary>The first two windows of an order; the only one twice; null of a video without any.</summary>
    /// <param name="windows">How many there are.</param>
    /// <param name="order">Their numbers in a random order, of which two are needed.</param>
    public static ClipPair? Of(int windows, ReadOnlySpan<int> order) => windows switch
    {
        <= 0 => null,
        1 => new ClipPair(0, 0),
        _ => new ClipPair(order[0], order[1]),
    };

    /// <summary>Two windows, different ones where there are two.</summary>
    /// <param name="windows">How many there are.</param>
    /// <param name="random">The same numbers for both clips of a sample.</param>
    public static ClipPair? Draw(int windows, SampleRandom random)
    {
        if (windows < 2)
        {
            return Of(windows, []);
        }

        var first = random.Below(windows);
        var second = random.Below(windows - 1);
        return Of(windows, [first, second < first ? second : second + 1]);
    }

    /// <summary>The clips <c>first</c> and <c>second</c> of a sample; a video without a whole window gives its last frame for what it lacks.</summary>
    /// <param name="frames">Of a clip.</param>
    /// <param name="stride">Frames of the video from one to the next.</param>
    /// <param name="side">Pixels.</param>
    /// <param name="leastArea">Least share of the picture that a clip shows.</param>
    /// <param name="mirror">How likely a clip is mirrored.</param>
    public static ViewPlan Plan(int frames, int stride, int side, double leastArea, double mirror)
    {
        return new ViewPlan(Clip("first", pair => pair.First), Clip("second", pair => pair.Second));

        ClipPlan Clip(string name, Func<ClipPair, int> start) => new(name, frames, [1], side)
        {
            Times = (length, _, sample) => Frames(start(Draw(Windows(length, frames * stride), sample.For(0)) ?? default), frames, stride),
            Crop = (width, height, random) => AreaCrop.Draw(width, height, (leastArea, 1), random),
            Mirror = mirror,
        };
    }

    /// <summary>The frames of a clip: every <paramref name="stride"/>-th of its window.</summary>
    /// <param name="start">Of the window.</param>
    /// <param name="count">Frames of the clip.</param>
    /// <param name="stride">Frames of the video from one to the next.</param>
    public static int[] Frames(int start, int count, int stride) => [.. Enumerable.Range(0, count).Select(i => start + (i * stride))];
}
