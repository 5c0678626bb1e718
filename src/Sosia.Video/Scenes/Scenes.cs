namespace Sosia.Video;

/// <summary>A synthetic video: shots of two to five seconds, cut together, the same for the same seed.</summary>
public sealed class Scene
{
    private const double ShortestShot = 2;
    private const double LongestShot = 5;

    private readonly List<Shot> shots = [];

    /// <summary>Draws a scene.</summary>
    /// <param name="seed">Another seed gives another scene.</param>
    /// <param name="seconds">Its length.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    public Scene(int seed, double seconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seconds);
        Seconds = seconds;
        var random = new Random(seed);
        var backdrop = -1;
        for (var start = 0.0; start < seconds;)
        {
            shots.Add(Shot.Draw(random, start, ref backdrop));
            var length = ShortestShot + ((LongestShot - ShortestShot) * random.NextDouble());
            start += length;
            start = seconds - start < ShortestShot ? seconds : start; // no sliver of a shot at the end
        }
    }

    /// <summary>Length.</summary>
    public double Seconds { get; }

    /// <summary>Seconds at which each shot begins; the first is 0.</summary>
    public IReadOnlyList<double> Cuts => [.. shots.Select(static shot => shot.Start)];

    /// <summary>Renders the frame shown at a time.</summary>
    /// <param name="time">Seconds; before 0 and after the end the first and last shot go on.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="rgb">Height x width x 3; filled.</param>
    /// <exception cref="ArgumentException">The buffer does not have that size.</exception>
    public void RenderFrame(double time, int width, int height, Span<byte> rgb)
    {
        if (width <= 0 || height <= 0 || rgb.Length != 3L * width * height)
        {
            throw new ArgumentException($"{rgb.Length} bytes are no RGB picture of {width} x {height}", nameof(rgb));
        }

        var shot = shots.FindLast(one => one.Start <= time) ?? shots[0];
        shot.Render((float)(time - shot.Start), width, height, rgb);
    }
}

/// <summary>The seeded renderer of synthetic videos: landscapes, rooms and streets with moving things, filmed by a moving camera.</summary>
public static class Scenes
{
    /// <summary>Renders a whole video frame by frame.</summary>
    /// <param name="seed">Another seed gives another video.</param>
    /// <param name="seconds">Its length.</param>
    /// <param name="rate">Frames a second.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <returns>Frames of height x width x 3 bytes, each valid until the next is taken.</returns>
    public static IEnumerable<byte[]> Render(int seed, double seconds, double rate, int width, int height)
    {
        var scene = new Scene(seed, seconds);
        var rgb = new byte[3 * width * height];
        var frames = (int)Math.Round(seconds * rate);
        for (var frame = 0; frame < frames; frame++)
        {
            scene.RenderFrame(frame / rate, width, height, rgb);
            yield return rgb;
        }
    }
}
