using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>Captions, logos and shapes, laid over a clip at once.</summary>
internal static class Overlays
{
    /// <summary>Lays them over every frame; later ones hide earlier ones.</summary>
    /// <param name="clip">3 x T x H x W in [0, 1].</param>
    /// <param name="boxes">Captions and logos.</param>
    /// <param name="stickers">Shapes.</param>
    public static Tensor Apply(Tensor clip, IReadOnlyList<Overlay> boxes, IReadOnlyList<Sticker> stickers)
    {
        if (boxes.Count + stickers.Count == 0)
        {
            return clip;
        }

        var (height, width) = ((int)clip.Size(2), (int)clip.Size(3));
        var values = new float[4 * height * width];
        var sheet = new Sheet(values, height, width);
        foreach (var box in boxes)
        {
            box.Draw(sheet);
        }

        foreach (var sticker in stickers)
        {
            sticker.Draw(sheet);
        }

        var laid = Tensor.Of(values, 4, 1, height, width).To(clip.Device);
        return clip.Lerp(laid.Narrow(0, 0, 3), laid.Narrow(0, 3, 1));
    }
}
