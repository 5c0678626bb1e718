namespace Sosia.Learning.Views;

/// <summary>A frame with the part of it that lies inside constant borders.</summary>
/// <param name="Time">Seconds.</param>
/// <param name="Rgb">side x side x 3 bytes, its own.</param>
/// <param name="Box">The part.</param>
public readonly record struct BorderedFrame(double Time, byte[] Rgb, PixelBox Box);

/// <summary>
/// Borders that hold for a while: each side of a frame's box is the median over the frame, the two before and the two after it, so that one
/// dark frame moves nothing, and a splice of bars and no bars moves it at once. Frames come out two later than they go in.
/// </summary>
/// <param name="side">Of the frames, pixels.</param>
public sealed class SteadyBorders(int side)
{
    private const int Reach = 2;

    private readonly List<BorderedFrame> window = []; // own boxes; at most Reach before the one that is next, and Reach after it
    private int next; // in the window

    /// <summary>Takes a frame, copied.</summary>
    /// <returns>The frame that is ready by it, if any.</returns>
    public BorderedFrame? Add(double time, ReadOnlySpan<byte> rgb)
    {
        window.Add(new BorderedFrame(time, rgb.ToArray(), Borders.Inside(rgb, side)));
        return window.Count > next + Reach ? Take() : null;
    }

    /// <summary>The frames that are left, after the last one was added.</summary>
    public IEnumerable<BorderedFrame> Finish()
    {
        while (next < window.Count)
        {
            yield return Take();
        }
    }

    private BorderedFrame Take()
    {
        var frame = window[next] with { Box = new PixelBox(Median(b => b.Left), Median(b => b.Top), Median(b => b.Right), Median(b => b.Bottom)) };
        next++;
        if (next > Reach)
        {
            window.RemoveAt(0);
            next--;
        }

        return frame;
    }

    // Where the video begins or ends, its first or last frame stands for those that are not there.
    private int Median(Func<PixelBox, int> of) =>
        Enumerable.Range(next - Reach, (2 * Reach) + 1).Select(i => of(window[Math.Clamp(i, 0, window.Count - 1)].Box)).Order().ElementAt(Reach);
}
