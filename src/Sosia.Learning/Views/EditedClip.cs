namespace Sosia.Learning.Views;

/// <summary>What is done to one clip, as <see cref="CopyEdits.Draw"/> draws it; in the order in which it is done.</summary>
public sealed record EditedClip
{
    /// <summary>Nothing is done; a start for <c>with</c>.</summary>
    public static readonly EditedClip None = new();

    /// <summary>The edits' names, as in <see cref="TrainingEdits.All"/>.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Which frames are shown.</summary>
    public TimeChange? Time { get; init; }

    /// <summary>Where the picture comes to lie; done one after the other, in one resampling.</summary>
    public IReadOnlyList<WarpStage> Warp { get; init; } = [];

    /// <summary>Light on a screen that is filmed; what lies over the picture is then filmed with it.</summary>
    public ScreenLight? Screen { get; init; }

    /// <summary>Colours.</summary>
    public ColourMatrix? Colour { get; init; }

    /// <summary>Power to which every value is raised after that.</summary>
    public double Gamma { get; init; } = 1;

    /// <summary>Blur.</summary>
    public Blur? Blur { get; init; }

    /// <summary>Sharpening.</summary>
    public Sharpening? Sharpening { get; init; }

    /// <summary>Captions and logos.</summary>
    public IReadOnlyList<Overlay> Boxes { get; init; } = [];

    /// <summary>Shapes.</summary>
    public IReadOnlyList<Sticker> Stickers { get; init; } = [];

    /// <summary>Noise.</summary>
    public Noise? Noise { get; init; }

    /// <summary>Pictures in pictures.</summary>
    public IReadOnlyList<Inset> Insets { get; init; } = [];

    /// <summary>To which share of its sides the picture is shrunk before it is enlarged again.</summary>
    public double Resolution { get; init; } = 1;

    /// <summary>Fading.</summary>
    public Fade? Fade { get; init; }

    /// <summary>JPEG's losses.</summary>
    public Quantisation? Quantisation { get; init; }

    /// <summary>With one more change of place.</summary>
    internal EditedClip With(WarpStage stage) => this with { Warp = [.. Warp, stage] };

    /// <summary>With one more change of colour.</summary>
    internal EditedClip With(ColourMatrix colour) => this with { Colour = Colour is null ? colour : Colour.Then(colour) };
}
