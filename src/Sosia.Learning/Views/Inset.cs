using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>A small picture in a large one. Lengths are shares of the frame's sides.</summary>
/// <param name="Left">Left edge of the small one.</param>
/// <param name="Top">Its upper edge.</param>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
/// <param name="IsOther">Whether the other clip is the small one, and covers a part of the clip.</param>
public sealed record Inset(double Left, double Top, double Width, double Height, bool IsOther)
{
    /// <summary>Mixes two clips.</summary>
    /// <param name="clip">3 x T x H x W.</param>
    /// <param name="other">The same size.</param>
    public Tensor Apply(Tensor clip, Tensor other)
    {
        var (large, small) = IsOther ? (clip, other) : (other, clip);
        var (top, height) = Pixels(Top, Height, clip.Size(2));
        var (left, width) = Pixels(Left, Width, clip.Size(3));
        var mixed = large.Clone();
        _ = mixed.Narrow(2, top, height).Narrow(3, left, width).CopyInPlace(Downscale.Shrunk(small, height, width));
        return mixed;
    }

    // Rounded, and at least one.
    private static (long From, long Length) Pixels(double from, double length, long side)
    {
        var pixels = Math.Clamp((long)Math.Round(length * side), 1, side);
        return (Math.Clamp((long)Math.Round(from * side), 0, side - pixels), pixels);
    }
}
