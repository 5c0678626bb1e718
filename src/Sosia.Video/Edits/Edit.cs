using System.Globalization;

namespace Sosia.Video;

/// <summary>A video that is to be edited.</summary>
/// <param name="Width">Pixels as shown: rotation and sample aspect applied.</param>
/// <param name="Height">Pixels as shown.</param>
/// <param name="Seconds">Duration.</param>
public sealed record EditSource(int Width, int Height, double Seconds);

/// <summary>One way to change a video, drawn at random by a seed: the same seed gives the same copy.</summary>
public sealed class Edit
{
    private readonly Func<Random, Cut, Cut, EditPlan> plan;

    private Edit(string name, string what, bool takesTwo, Func<Random, Cut, Cut, EditPlan> plan)
    {
        Name = name;
        What = what;
        TakesTwo = takesTwo;
        this.plan = plan;
    }

    /// <summary>Short name, lower case.</summary>
    public string Name { get; }

    /// <summary>What it does, in a few words.</summary>
    public string What { get; }

    /// <summary>Whether it mixes the video with another one.</summary>
    public bool TakesTwo { get; }

    /// <summary>What to give to ffmpeg, and what the copy will then hold.</summary>
    /// <param name="seed">Decides every parameter.</param>
    /// <param name="source">The video that is copied.</param>
    /// <param name="other">The video that it is mixed with; needed where <see cref="TakesTwo"/>.</param>
    /// <exception cref="ArgumentException">A source has no size or length, or the other one is missing or shorter than a second.</exception>
    public EditPlan Plan(int seed, EditSource source, EditSource? other = null)
    {
        if (TakesTwo && other is not { Seconds: >= 1 })
        {
            throw new ArgumentException($"the edit {Name} needs another video of at least 1 s", nameof(other));
        }

        return plan(new Random(seed), Cut.Whole(source), Cut.Whole(other ?? source));
    }

    /// <summary>This edit, and then another one on its result; what changes the length (trim, speed) comes before a fade.</summary>
    /// <exception cref="ArgumentException">One of them takes two videos.</exception>
    public Edit Then(Edit next)
    {
        if (TakesTwo || next.TakesTwo)
        {
            throw new ArgumentException($"{Name} and {next.Name} cannot be chained: one mixes two videos", nameof(next));
        }

        return new Edit($"{Name}+{next.Name}", $"{What}; {next.What}", takesTwo: false, (random, source, other) =>
            next.plan(random, plan(random, source, other).Cut, other));
    }

    internal static Edit One(string name, string what, Func<Random, Cut, Cut> change) =>
        new(name, what, takesTwo: false, (random, source, _) => EditPlan.Of(change(random, source)));

    internal static Edit Two(string name, string what, Func<Random, Cut, Cut, EditPlan> mix) => new(name, what, takesTwo: true, mix);
}

/// <summary>A stretch of a video and what has been done to it so far.</summary>
/// <param name="Width">Pixels, even, after the filters.</param>
/// <param name="Height">Pixels, even, after the filters.</param>
/// <param name="From">Where it begins in its source, seconds.</param>
/// <param name="Seconds">How long it is in its source.</param>
/// <param name="Filters">ffmpeg filters, comma-separated.</param>
/// <param name="Speed">Seconds of the source that one second of the copy shows.</param>
/// <param name="Mirrored">Whether left and right are exchanged.</param>
/// <param name="Crf">Constant rate factor of the encoder: lower is better.</param>
public sealed record Cut(int Width, int Height, double From, double Seconds, string Filters, double Speed = 1, bool Mirrored = false, int Crf = 23)
{
    /// <summary>Seconds in the copy.</summary>
    public double CopySeconds => Seconds / Speed;

    internal static Cut Whole(EditSource source)
    {
        if (source.Width < 2 || source.Height < 2 || !(source.Seconds > 0))
        {
            throw new ArgumentException($"nothing to edit in a video of {source.Width} x {source.Height} and {source.Seconds} s", nameof(source));
        }

        // Square pixels and even sides first, so that the filters work on sizes that are known.
        var (width, height) = (source.Width & ~1, source.Height & ~1);
        return new Cut(width, height, 0, source.Seconds, $"scale={width}:{height},setsar=1");
    }

    /// <summary>With one more filter; numbers are written with a decimal point.</summary>
    internal Cut Filter(FormattableString filter) => this with { Filters = $"{Filters},{filter.ToString(CultureInfo.InvariantCulture)}" };

    /// <summary>With one more filter that changes the size.</summary>
    internal Cut Resize(int width, int height, FormattableString filter) => Filter(filter) with { Width = width, Height = height };

    /// <summary>As it is seen in a copy from a given second on.</summary>
    internal CopiedStretch Shown(int input, double copyStart) =>
        new(input, copyStart, copyStart + CopySeconds, From, From + Seconds, Speed, Mirrored);
}

/// <summary>What a copy holds: the truth that a finder is judged by.</summary>
/// <param name="Source">0 for the edited video, 1 for the one that it is mixed with.</param>
/// <param name="CopyStart">Seconds of the copy.</param>
/// <param name="CopyEnd">Seconds of the copy.</param>
/// <param name="SourceStart">Seconds of the source, shown at <paramref name="CopyStart"/>.</param>
/// <param name="SourceEnd">Seconds of the source, shown at <paramref name="CopyEnd"/>.</param>
/// <param name="Speed">Seconds of the source that one second of the copy shows.</param>
/// <param name="Mirrored">Whether left and right are exchanged.</param>
public sealed record CopiedStretch(
    int Source, double CopyStart, double CopyEnd, double SourceStart, double SourceEnd, double Speed, bool Mirrored);

/// <summary>A stretch of an input as ffmpeg opens it.</summary>
/// <param name="Source">0 for the edited video, 1 for the one that it is mixed with.</param>
/// <param name="From">Seconds.</param>
/// <param name="Seconds">Length.</param>
public sealed record EditInput(int Source, double From, double Seconds);

/// <summary>An edit with its parameters drawn: a filter graph and the truth about its result.</summary>
/// <param name="Cut">The edited video.</param>
/// <param name="Inputs">What is opened, in order.</param>
/// <param name="Graph">ffmpeg filter graph from <c>[0:V:0]</c>, <c>[1:V:0]</c> ... to <c>[v]</c>.</param>
/// <param name="Truth">Which seconds of the copy show which seconds of what.</param>
public sealed record EditPlan(Cut Cut, IReadOnlyList<EditInput> Inputs, string Graph, IReadOnlyList<CopiedStretch> Truth)
{
    /// <summary>Arguments for ffmpeg: H.264 without sound and metadata, one thread, so that a plan always gives the same file.</summary>
    /// <param name="source">The video that is copied.</param>
    /// <param name="other">The one that it is mixed with, where the edit takes two.</param>
    /// <param name="output">The copy, overwritten; its name says the container.</param>
    /// <exception cref="ArgumentNullException">The plan needs the other video.</exception>
    public IReadOnlyList<string> Arguments(string source, string? other, string output)
    {
        var arguments = new List<string> { "-nostdin", "-hide_banner", "-v", "error" };
        foreach (var input in Inputs)
        {
            var path = input.Source == 0 ? source : other ?? throw new ArgumentNullException(nameof(other));
            arguments.AddRange(["-ss", Seconds(input.From), "-t", Seconds(input.Seconds), "-i", $"file:{path}"]);
        }

        arguments.AddRange(["-filter_complex", Graph, "-map", "[v]", "-map_metadata", "-1", "-map_chapters", "-1"]);

        // Frames keep their times: at a constant rate, a change of speed would be rounded to the old frames.
        arguments.AddRange(["-c:v", "libx264", "-preset", "veryfast", "-threads", "1", "-fps_mode", "vfr", "-enc_time_base", "1:90000"]);
        arguments.AddRange(["-crf", Cut.Crf.ToString(CultureInfo.InvariantCulture), "-y", $"file:{output}"]);
        return arguments;
    }

    internal static EditPlan Of(Cut cut) =>
        new(cut, [new EditInput(0, cut.From, cut.Seconds)], $"[0:V:0]{cut.Filters},format=yuv420p[v]", [cut.Shown(0, 0)]);

    private static string Seconds(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
