using Sosia.Video.Packs;

namespace Sosia.Learning.Views;

/// <summary>Takes clips from packs: draws when, where and how large, and decodes just the frames that it needs. One for each thread.</summary>
public sealed class ClipReader
{
    private const double LeastWindow = 0.6; // of a photograph's short side

    private byte[] frame = [];

    /// <summary>Bytes of a clip.</summary>
    public static int Bytes(ClipPlan plan) => checked(plan.Frames * plan.Side * plan.Side * 3);

    /// <summary>A clip.</summary>
    /// <param name="pack">Where the video is.</param>
    /// <param name="video">Which.</param>
    /// <param name="plan">How.</param>
    /// <param name="random">The draws; from clip to clip they go on.</param>
    /// <param name="sample">The draws that the clips of a sample share.</param>
    /// <param name="target">T x side x side x 3.</param>
    /// <returns>T numbers: the frames that were chosen.</returns>
    /// <exception cref="PackException">A frame cannot be read.</exception>
    public int[] Read(Pack pack, PackedVideo video, ClipPlan plan, SampleRandom random, SampleRandom sample, Span<byte> target)
    {
        var path = video.Source == PackSource.Photograph ? Camera(video, plan, random) : Window(video, plan, random);
        var chosen = plan.Times is { } choice ? Chosen(choice(video.Frames, video.Rate, sample), plan) : Times(video, plan, random);
        int[] times = [.. chosen.Select(frame => Math.Clamp(frame, 0, video.Frames - 1))];
        var mirrored = random.Chance(plan.Mirror);
        var size = video.Width * video.Height * 3;
        if (frame.Length < size)
        {
            frame = new byte[size];
        }

        var held = -1;
        for (var t = 0; t < plan.Frames; t++)
        {
            if (times[t] != held)
            {
                pack.ReadFrame(video, held = times[t], frame.AsSpan(0, size));
            }

            var at = plan.Frames == 1 ? 0 : t / (plan.Frames - 1.0);
            PictureWindow.Cut(frame, video.Width, video.Height, path.At(at), target.Slice(t * plan.Side * plan.Side * 3, plan.Side * plan.Side * 3), plan.Side, mirrored);
        }

        return chosen;
    }

    private static int[] Chosen(int[] frames, ClipPlan plan) => frames.Length == plan.Frames
        ? frames
        : throw new InvalidOperationException($"clip {plan.Name} has {plan.Frames} frames, and {frames.Length} were chosen");

    // Which frames: the interval is that of the plan, or less where the video is too short for it.
    private static int[] Times(PackedVideo video, ClipPlan plan, SampleRandom random)
    {
        var interval = plan.Intervals[random.Below(plan.Intervals.Count)] * video.Rate;
        var longest = video.Frames - 1.0;
        var step = plan.Frames == 1 ? 0 : Math.Min(interval, longest / (plan.Frames - 1));
        var start = random.Between(0, longest - (step * (plan.Frames - 1)));
        return [.. Enumerable.Range(0, plan.Frames).Select(t => Math.Clamp((int)Math.Round(start + (t * step)), 0, video.Frames - 1))];
    }

    private static CameraPath Window(PackedVideo video, ClipPlan plan, SampleRandom random)
    {
        if (plan.Crop is { } crop)
        {
            return CameraPath.Still(crop(video.Width, video.Height, random));
        }

        if (plan.Whole)
        {
            return CameraPath.Still(new Window(0, 0, video.Width, video.Height));
        }

        var side = Math.Min(video.Width, video.Height) / random.Between(plan.Scale.Least, plan.Scale.Most);
        var (left, top) = plan.AnyPlace ? (random.Next(), random.Next()) : (0.5, 0.5);
        return CameraPath.Still(new Window(left * (video.Width - side), top * (video.Height - side), side));
    }

    // A photograph becomes a clip by a camera that pans and zooms over it.
    private static CameraPath Camera(PackedVideo photograph, ClipPlan plan, SampleRandom random)
    {
        Window Draw()
        {
            var share = random.Between(LeastWindow, 1);
            var side = Math.Min(photograph.Width, photograph.Height) * share;
            var (width, height) = plan.Whole ? (photograph.Width * share, photograph.Height * share) : (side, side);
            return new Window(random.Next() * (photograph.Width - width), random.Next() * (photograph.Height - height), width, height);
        }

        return new CameraPath(Draw(), Draw());
    }

    private readonly record struct CameraPath(Window From, Window To)
    {
        public static CameraPath Still(Window window) => new(window, window);

        public Window At(double share) => new(Lerp(From.Left, To.Left, share), Lerp(From.Top, To.Top, share), Lerp(From.Width, To.Width, share), Lerp(From.Height, To.Height, share));

        private static double Lerp(double a, double b, double share) => a + ((b - a) * share);
    }
}
