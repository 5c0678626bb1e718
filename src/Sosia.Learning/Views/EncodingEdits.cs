namespace Sosia.Learning.Views;

/// <summary>Draws of what encoders and lenses do.</summary>
internal static class EncodingEdits
{
    private const double NoBlur = 0.0005; // of the short side: far below a pixel

    public static EditedClip Blur(EditedClip clip, EditDraw draw) => clip with { Blur = new Blur(draw.From(NoBlur, 0.005, 0.02)) };

    public static EditedClip Sharpen(EditedClip clip, EditDraw draw) => clip with { Sharpening = new Sharpening(draw.From(0, 0.5, 2), new Blur(0.01)) };

    public static EditedClip Noise(EditedClip clip, EditDraw draw) => clip with { Noise = new Noise(draw.From(0, 0.03, 0.12), draw.Random.NextBits()) };

    public static EditedClip Scale(EditedClip clip, EditDraw draw) => clip with { Resolution = draw.From(1, 0.25, 0.7) };

    public static EditedClip Reencode(EditedClip clip, EditDraw draw) => clip with { Quantisation = new((int)draw.From(100, 35, 75)) };

    public static EditedClip Lowrate(EditedClip clip, EditDraw draw) => clip with { Quantisation = new((int)draw.From(100, 5, 25)) };
}
