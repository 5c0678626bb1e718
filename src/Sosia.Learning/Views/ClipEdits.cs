namespace Sosia.Learning.Views;

/// <summary>What is done to one clip, the same to all its frames; null is not done. In the order in which it is done.</summary>
/// <param name="Placement">Crop, bars, turning, mirroring.</param>
/// <param name="Colour">Colours.</param>
/// <param name="Blur">Blur.</param>
/// <param name="Overlay">Caption or logo.</param>
/// <param name="Noise">Noise.</param>
/// <param name="Quantisation">JPEG's losses.</param>
public sealed record ClipEdits(
    Placement? Placement, ColourChange? Colour, Blur? Blur, Overlay? Overlay, Noise? Noise, Quantisation? Quantisation)
{
    /// <summary>Nothing is done; a start for <c>with</c>.</summary>
    public static readonly ClipEdits None = new(null, null, null, null, null, null);

    private const double SmallestLogo = 0.12; // shares of the frame
    private const double LargestLogo = 0.25;
    private const double LogoMargin = 0.03;
    private const double LowestCaption = 0.1;
    private const double HighestCaption = 0.2;

    /// <summary>Draws for a clip. Each kind of edit has numbers of its own: the probability of one does not shift another.</summary>
    /// <param name="options">How likely and how strong.</param>
    /// <param name="random">The clip's; it moves on, so that a second draw differs.</param>
    public static ClipEdits Draw(AugmentationOptions options, SampleRandom random)
    {
        _ = random.NextBits();
        return new ClipEdits(
            DrawPlacement(options, random),
            DrawColour(options, random),
            When(options.Blur, random.For(3), own => new Blur(own.Between(options.LeastBlur, options.MostBlur))),
            When(options.Overlay, random.For(4), DrawOverlay),
            When(options.Noise, random.For(5), own => new Noise(own.Between(0, options.MostNoise), own.NextBits())),
            When(options.Quantisation, random.For(6), own => new Quantisation(options.LeastQuality + own.Below(options.MostQuality - options.LeastQuality + 1))));
    }

    private static Placement? DrawPlacement(AugmentationOptions options, SampleRandom random)
    {
        var framed = When(options.Frame, random.For(7), own => own.Chance(0.5) ? Crop(options, own) : Bars(options, own));
        var turned = When(options.Rotation, random.For(8), own => (framed ?? new()) with { Degrees = own.Between(-options.MostDegrees, options.MostDegrees) });
        return When(options.Mirror, random.For(9), _ => (turned ?? framed ?? new()) with { Mirrored = true }) ?? turned ?? framed;
    }

    private static Placement Crop(AugmentationOptions options, SampleRandom own)
    {
        var area = own.Between(options.LeastArea, 1);
        var width = Math.Clamp(Math.Sqrt(area * Between(own, options.Stretch)), area, 1);
        var height = area / width;
        return new Placement
        {
            Width = width,
            Height = height,
            CentreX = own.Between(width / 2, 1 - (width / 2)),
            CentreY = own.Between(height / 2, 1 - (height / 2)),
        };
    }

    // Above and below, left and right, or all round.
    private static Placement Bars(AugmentationOptions options, SampleRandom own)
    {
        var window = 1 / own.Between(options.LeastArea, 1);
        var (width, height) = own.Below(3) switch
        {
            0 => (1, window),
            1 => (window, 1),
            _ => (Math.Sqrt(window), Math.Sqrt(window)),
        };
        return new Placement { Width = width, Height = height, Outside = Rgb.Draw(own) };
    }

    private static ColourChange? DrawColour(AugmentationOptions options, SampleRandom random)
    {
        var changed = When(options.ColourJitter, random.For(1), own => new ColourChange
        {
            Brightness = 1 + own.Between(-options.Brightness, options.Brightness),
            Contrast = 1 + own.Between(-options.Contrast, options.Contrast),
            Saturation = 1 + own.Between(-options.Saturation, options.Saturation),
            Hue = own.Between(-options.Hue, options.Hue),
        });
        return When(options.Grey, random.For(2), _ => (changed ?? new()) with { Grey = true }) ?? changed;
    }

    private static Overlay DrawOverlay(SampleRandom own)
    {
        var isCaption = own.Chance(0.5);
        var (width, height) = isCaption
            ? (own.Between(0.5, 1), own.Between(LowestCaption, HighestCaption))
            : (own.Between(SmallestLogo, LargestLogo), own.Between(SmallestLogo, LargestLogo));
        var ground = Rgb.Draw(own);
        return new Overlay
        {
            Left = isCaption ? own.Between(0, 1 - width) : Corner(own, width),
            Top = isCaption ? own.Between(0, 1 - height) : Corner(own, height),
            Width = width,
            Height = height,
            Ground = ground,
            Ink = new Rgb(Opposite(ground.Red), Opposite(ground.Green), Opposite(ground.Blue)),
            Opacity = own.Chance(0.25) ? 0 : own.Between(0.5, 1),
            Seed = own.Below(int.MaxValue),
        };
    }

    private static double Corner(SampleRandom own, double length) => own.Chance(0.5) ? LogoMargin : 1 - LogoMargin - length;

    private static double Opposite(double part) => part < 0.5 ? 1 : 0;

    // In 1 / most .. most, as often below 1 as above it.
    private static double Between(SampleRandom own, double most) => Math.Exp(own.Between(-1, 1) * Math.Log(most));

    private static T? When<T>(double probability, SampleRandom own, Func<SampleRandom, T> draw)
        where T : class => own.Chance(probability) ? draw(own) : null;
}
