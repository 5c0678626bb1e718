using System.Globalization;

namespace Sosia.Video;

/// <summary>The edits that mix a video with another one.</summary>
internal static class Mixes
{
    private const double Rate = 25;
    private const double LongestOther = 30;

    private static readonly (string X, string Y)[] Corners = [("8", "8"), ("W-w-8", "8"), ("8", "H-h-8"), ("W-w-8", "H-h-8")];

    /// <summary>A part of the video within the other: other, part, other.</summary>
    public static EditPlan Splice(Random random, Cut source, Cut other) => Within(random, TimeEdits.Trim(random, source), other);

    /// <summary>All of a cut, with what was done to it, within the other: other, cut, other.</summary>
    public static EditPlan Within(Random random, Cut cut, Cut other)
    {
        var part = OnFrames(cut);
        var around = OnFrames(other with { Seconds = Math.Min(other.Seconds, LongestOther) });
        var before = around with { Seconds = WholeFrames(around.Seconds * Draw.Between(random, 0.25, 0.75)) };
        var after = around with { From = before.From + before.Seconds, Seconds = around.Seconds - before.Seconds };
        string Fitted(Cut one) => $"{one.Filters},{Fit(other.Width, other.Height)},{Lasting(one.CopySeconds)}";
        var graph = $"[0:V:0]{Fitted(before)}[a];[1:V:0]{Fitted(part)}[b];[2:V:0]{Fitted(after)}[c];[a][b][c]concat=n=3:v=1:a=0[v]";
        return new EditPlan(
            part,
            [Input(1, before), Input(0, part), Input(1, after)],
            graph,
            [part.Shown(0, before.Seconds), before.Shown(1, 0), after.Shown(1, before.Seconds + part.CopySeconds)]);
    }

    /// <summary>The video small within the other.</summary>
    public static EditPlan Inset(Random random, Cut source, Cut other) =>
        PictureInPicture(random, large: (1, other), small: (0, source), Draw.Between(random, 0.3, 0.5), [.. Corners, ("(W-w)/2", "(H-h)/2")]);

    /// <summary>The other small upon the video.</summary>
    public static EditPlan Covered(Random random, Cut source, Cut other) =>
        PictureInPicture(random, large: (0, source), small: (1, other), Draw.Between(random, 0.2, 0.38), Corners);

    private static EditPlan PictureInPicture(
        Random random, (int Source, Cut Cut) large, (int Source, Cut Cut) small, double size, (string X, string Y)[] places)
    {
        var seconds = WholeFrames(Math.Min(Math.Min(large.Cut.Seconds, small.Cut.Seconds), LongestOther));
        var back = TimeEdits.Part(random, large.Cut, seconds);
        var front = TimeEdits.Part(random, small.Cut, seconds);
        var (width, height) = (Draw.Even(back.Width * size), Draw.Even(back.Height * size));
        var (x, y) = Draw.Pick(random, places);
        var graph = $"[0:V:0]{back.Filters},{Fit(back.Width, back.Height)}[a];"
            + $"[1:V:0]{front.Filters},scale={width}:{height}:force_original_aspect_ratio=decrease,setsar=1,fps={Text(Rate)}[b];"
            + $"[a][b]overlay={x}:{y}:shortest=1,format=yuv420p[v]";
        var edited = large.Source == 0 ? back : front;
        return new EditPlan(
            edited,
            [Input(large.Source, back), Input(small.Source, front)],
            graph,
            [back.Shown(large.Source, 0), front.Shown(small.Source, 0)]);
    }

    private static EditInput Input(int source, Cut cut) => new(source, cut.From, cut.Seconds);

    // Parts last whole frames of the copy, so that what follows them begins when the truth says.
    private static Cut OnFrames(Cut cut) => cut with { Seconds = WholeFrames(cut.CopySeconds) * cut.Speed };

    private static double WholeFrames(double seconds) => Math.Max(1, Math.Floor((seconds * Rate) + 1e-6)) / Rate;

    // One size, rate and format for all, bars where the shape differs.
    private static string Fit(int width, int height) =>
        $"scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:(ow-iw)/2:(oh-ih)/2,"
        + $"setsar=1,fps={Text(Rate)},format=yuv420p";

    // How long a last frame is shown, decoders tell in different ways.
    private static string Lasting(double seconds) => $"tpad=stop_mode=clone:stop_duration=1,trim=end={Text(Math.Round(seconds, 6))}";

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
