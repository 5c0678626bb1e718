namespace Sosia.Learning.Views;

/// <summary>Draws of time.</summary>
internal static class TimeEdits
{
    public static EditedClip Drop(EditedClip clip, EditDraw draw) =>
        clip with { Time = (clip.Time ?? new()) with { Dropped = draw.From(0, 0.2, 0.6), Seed = draw.Random.Below(int.MaxValue) } };

    public static EditedClip Freeze(EditedClip clip, EditDraw draw) =>
        clip with { Time = (clip.Time ?? new()) with { Frozen = draw.From(0, 0.3, 0.8), FrozenAt = draw.Random.Next() } };

    public static EditedClip Fade(EditedClip clip, EditDraw draw) =>
        clip with { Fade = new Fade(draw.From(1, 0.1, 0.5), draw.Random.Between(0.3, 1), draw.Random.Chance(0.5)) };
}
