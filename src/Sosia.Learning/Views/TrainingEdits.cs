namespace Sosia.Learning.Views;

/// <summary>One edit of clips.</summary>
/// <param name="Name">As in the table of edits of videos (<c>Sosia.Video.Edits</c>).</param>
/// <param name="Probability">How likely it is.</param>
/// <param name="Add">Draws it and adds it to what is done to a clip.</param>
public sealed record TrainingEdit(string Name, Func<EditOptions, double> Probability, Func<EditedClip, EditDraw, EditedClip> Add);

/// <summary>
/// The edits of clips in training: one table, in the order in which they are drawn and, within a group, done. Ranges are ours, about those of the
/// edits of videos.
/// </summary>
public static class TrainingEdits
{
    /// <summary>Every edit.</summary>
    public static IReadOnlyList<TrainingEdit> All { get; } =
    [
        new("crop", static options => options.Crop, GeometryEdits.Crop),
        new("zoom", static options => options.Zoom, GeometryEdits.Zoom),
        new("aspect", static options => options.Aspect, GeometryEdits.Aspect),
        new("mirror", static options => options.Mirror, static (clip, _) => clip.With(new WarpStage(Projection.Mirror))),
        new("rot3", static options => options.Rot3, GeometryEdits.Turn),
        new("letterbox", static options => options.Letterbox, GeometryEdits.Letterbox),
        new("pillarbox", static options => options.Pillarbox, GeometryEdits.Pillarbox),
        new("frame", static options => options.Frame, GeometryEdits.Frame),
        new("rot90", static options => options.Rot90, GeometryEdits.QuarterTurn),
        new("rot180", static options => options.Rot180, static (clip, _) => clip.With(new WarpStage(Projection.HalfTurn))),
        new("screen", static options => options.Screen, GeometryEdits.Screen),

        new("colour", static options => options.Colour, ColourEdits.HueAndSaturation),
        new("grey", static options => options.Grey, static (clip, _) => clip.With(ColourMatrix.Grey)),
        new("sepia", static options => options.Sepia, static (clip, _) => clip.With(ColourMatrix.Sepia)),
        new("tint", static options => options.Tint, ColourEdits.Tint),
        new("invert", static options => options.Invert, static (clip, _) => clip.With(ColourMatrix.Negative)),
        new("contrast", static options => options.Contrast, ColourEdits.Contrast),
        new("brightness", static options => options.Brightness, ColourEdits.Brightness),
        new("gamma", static options => options.Gamma, ColourEdits.Gamma),

        new("blur", static options => options.Blur, EncodingEdits.Blur),
        new("sharpen", static options => options.Sharpen, EncodingEdits.Sharpen),
        new("logo", static options => options.Logo, OverlayEdits.Logo),
        new("text", static options => options.Text, OverlayEdits.Text),
        new("emoji", static options => options.Emoji, OverlayEdits.Emoji),
        new("noise", static options => options.Noise, EncodingEdits.Noise),

        new("drop", static options => options.Drop, TimeEdits.Drop),
        new("freeze", static options => options.Freeze, TimeEdits.Freeze),
        new("reverse", static options => options.Reverse, static (clip, _) => clip with { Time = (clip.Time ?? new()) with { Reversed = true } }),
        new("pip-in", static options => options.PipIn, MixEdits.PipIn),
        new("pip-over", static options => options.PipOver, MixEdits.PipOver),
        new("scale", static options => options.Scale, EncodingEdits.Scale),
        new("fade", static options => options.Fade, TimeEdits.Fade),
        new("reencode", static options => options.Reencode, EncodingEdits.Reencode),
        new("lowrate", static options => options.Lowrate, EncodingEdits.Lowrate),
    ];

    /// <summary>Edits of videos that are none of a clip's, and what stands for them in training.</summary>
    public static IReadOnlyDictionary<string, string> Elsewhere { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["trim"] = "clips are parts of videos",
        ["speed"] = "the distance of the frames that are read",
        ["fps"] = "the distance of the frames that are read",
        ["splice"] = "ShotMix",
        ["chain"] = "several edits are drawn for a clip",
    };

    /// <summary>The edit of that name.</summary>
    /// <exception cref="ArgumentException">There is none; lists those there are.</exception>
    public static TrainingEdit Named(string name) =>
        All.FirstOrDefault(edit => edit.Name == name)
        ?? throw new ArgumentException($"no edit of clips is named '{name}'; there are {string.Join(", ", All.Select(static edit => edit.Name))}", nameof(name));
}
