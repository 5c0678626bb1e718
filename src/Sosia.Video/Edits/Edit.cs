namespace Sosia.Video;

/// <summary>A video that is to be edited, or an excerpt of one.</summary>
/// <param name="Width">Pixels of the copy before the edit: as shown, rotation and sample aspect applied, or fewer.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Seconds">Duration.</param>
/// <param name="From">Where an excerpt begins.</param>
public sealed record EditSource(int Width, int Height, double Seconds, double From = 0);

/// <summary>What an edit changes.</summary>
public enum EditGroup
{
    /// <summary>The quality of the picture.</summary>
    Encoding,
    /// <summary>Where pixels are.</summary>
    Geometry,
    /// <summary>Every pixel's colour by one rule.</summary>
    Colour,
    /// <summary>What lies over the picture.</summary>
    Overlay,
    /// <summary>Which seconds are shown, and when.</summary>
    Time,
    /// <summary>Two videos become one.</summary>
    Mix,
    /// <summary>Several of these.</summary>
    Several,
}

/// <summary>One way to change a video, drawn at random by a seed: the same seed gives the same copy.</summary>
public sealed class Edit
{
    private readonly Func<Random, Cut, Cut, EditPlan> plan;

    private Edit(string name, EditGroup group, string what, string range, Func<Random, Cut, Cut, EditPlan> plan)
    {
        Name = name;
        Group = group;
        What = what;
        Range = range;
        this.plan = plan;
    }

    /// <summary>Short name, lower case.</summary>
    public string Name { get; }

    /// <summary>What it changes.</summary>
    public EditGroup Group { get; }

    /// <summary>What it does, in a few words.</summary>
    public string What { get; }

    /// <summary>From what its parameters are drawn, in words.</summary>
    public string Range { get; }

    /// <summary>Whether it mixes the video with another one.</summary>
    public bool TakesTwo { get; private init; }

    /// <summary>Whether it may be part of a chain: it takes one video, and is no chain itself.</summary>
    internal bool IsLink { get; private init; }

    /// <summary>Its place in a chain: 0 changes the length, 2 counts from the end.</summary>
    internal int Turn { get; private init; }

    /// <summary>What to give to ffmpeg, and what the copy will then hold.</summary>
    /// <param name="seed">Decides every parameter.</param>
    /// <param name="source">The video that is copied.</param>
    /// <param name="other">The video that it is mixed with; needed where <see cref="TakesTwo"/>.</param>
    /// <exception cref="ArgumentException">A source has no size or length, or the other one is missing or shorter than a second.</exception>
    public EditPlan Plan(int seed, EditSource source, EditSource? other = null)
    {
        if (TakesTwo)
        {
            RequireOther(other);
        }

        return Named(plan(new Random(seed), Cut.Whole(source), Cut.Whole(other ?? source)));
    }

    /// <summary>All of a video, edited, between two parts of another one.</summary>
    /// <param name="seed">Decides every parameter.</param>
    /// <param name="source">What is copied: a stretch of whole frames at 25 a second keeps its length exactly.</param>
    /// <param name="other">What is around it: up to 30 s.</param>
    /// <exception cref="ArgumentException">As for <see cref="Plan"/>, or the edit takes two videos itself.</exception>
    public EditPlan PlanWithin(int seed, EditSource source, EditSource other)
    {
        RequireOther(other);
        if (TakesTwo)
        {
            throw new ArgumentException($"{Name} mixes two videos already", nameof(other));
        }

        var random = new Random(seed);
        var edited = Named(plan(random, Cut.Whole(source), Cut.Whole(source)));
        return Mixes.Within(random, edited.Cut, Cut.Whole(other)) with { Name = edited.Name };
    }

    /// <summary>This edit, and then another one on its result; what changes the length (trim, speed) comes before a fade.</summary>
    /// <exception cref="ArgumentException">One of them takes two videos.</exception>
    public Edit Then(Edit next)
    {
        if (TakesTwo || next.TakesTwo)
        {
            throw new ArgumentException($"{Name} and {next.Name} cannot be chained: one mixes two videos", nameof(next));
        }

        return Drawn($"{Name}+{next.Name}", EditGroup.Several, $"{What}; {next.What}", $"{Range}; {next.Range}", (random, source) =>
            next.plan(random, Change(random, source), source));
    }

    /// <summary>An edit of one video.</summary>
    /// <param name="turn">Of <see cref="Turn"/>.</param>
    internal static Edit One(string name, EditGroup group, string what, string range, Func<Random, Cut, Cut> change, int turn = 1) =>
        new(name, group, what, range, (random, source, _) => EditPlan.Of(change(random, source))) { IsLink = true, Turn = turn };

    /// <summary>An edit of one video that draws what it does, and says so in the plan's name.</summary>
    internal static Edit Drawn(string name, EditGroup group, string what, string range, Func<Random, Cut, EditPlan> plan) =>
        new(name, group, what, range, (random, source, _) => plan(random, source));

    /// <summary>An edit that mixes two videos.</summary>
    internal static Edit Two(string name, EditGroup group, string what, string range, Func<Random, Cut, Cut, EditPlan> mix) =>
        new(name, group, what, range, mix) { TakesTwo = true };

    /// <summary>Does it to a cut: of those that take one video.</summary>
    internal Cut Change(Random random, Cut cut) => plan(random, cut, cut).Cut;

    private void RequireOther(EditSource? other)
    {
        if (other is not { Seconds: >= 1 })
        {
            throw new ArgumentException($"the edit {Name} needs another video of at least 1 s", nameof(other));
        }
    }

    private EditPlan Named(EditPlan drawn) => drawn.Name.Length > 0 ? drawn : drawn with { Name = Name };
}
