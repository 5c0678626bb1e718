using System.Globalization;

namespace Sosia.Video;

/// <summary>A stretch of a video and what has been done to it so far.</summary>
/// <param name="Width">Pixels, even, after the filters.</param>
/// <param name="Height">Pixels, even, after the filters.</param>
/// <param name="From">Where it begins in its source, seconds.</param>
/// <param name="Seconds">How long it is in its source.</param>
/// <param name="Filters">ffmpeg filters, comma-separated.</param>
/// <param name="Speed">Seconds of the source that one second of the copy shows.</param>
/// <param name="Mirrored">Whether left and right are exchanged.</param>
/// <param name="Crf">Constant rate factor of the encoder: lower is better.</param>
/// <param name="Reversed">Whether it runs backwards.</param>
public sealed record Cut(
    int Width, int Height, double From, double Seconds, string Filters, double Speed = 1, bool Mirrored = false, int Crf = 23, bool Reversed = false)
{
    /// <summary>Seconds in the copy.</summary>
    public double CopySeconds => Seconds / Speed;

    internal static Cut Whole(EditSource source)
    {
        if (source.Width < 2 || source.Height < 2 || !(source.Seconds > 0) || !(source.From >= 0))
        {
            throw new ArgumentException(
                $"nothing to edit in a video of {source.Width} x {source.Height} and {source.Seconds} s from {source.From} s on", nameof(source));
        }

        // Square pixels and even sides first, so that the filters work on sizes that are known.
        var (width, height) = (source.Width & ~1, source.Height & ~1);
        return new Cut(width, height, source.From, source.Seconds, $"scale={width}:{height},setsar=1");
    }

    /// <summary>With one more filter; numbers are written with a decimal point.</summary>
    internal Cut Filter(FormattableString filter) => this with { Filters = $"{Filters},{filter.ToString(CultureInfo.InvariantCulture)}" };

    /// <summary>With one more filter that changes the size.</summary>
    internal Cut Resize(int width, int height, FormattableString filter) => Filter(filter) with { Width = width, Height = height };

    /// <summary>With a picture laid on it, its corner at a place.</summary>
    /// <param name="picture">ffmpeg sources and filters that give it, with transparency; its last frame stays.</param>
    internal Cut Over(string picture, int x, int y) => this with { Filters = $"{Filters},null[below];{picture}[above];[below][above]overlay={x}:{y}" };

    /// <summary>As it is seen in a copy from a given second on.</summary>
    internal CopiedStretch Shown(int input, double copyStart) => Reversed
        ? new(input, copyStart, copyStart + CopySeconds, From + Seconds, From, -Speed, Mirrored)
        : new(input, copyStart, copyStart + CopySeconds, From, From + Seconds, Speed, Mirrored);
}
