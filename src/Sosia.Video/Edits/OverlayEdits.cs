using static Sosia.Video.Draw;

namespace Sosia.Video;

/// <summary>Edits that lay something over the picture.</summary>
internal static class OverlayEdits
{
    private static readonly string[] Words =
        ["watch", "this", "now", "part", "two", "best", "of", "the", "day", "live", "breaking", "news", "follow", "for", "more", "funny"];

    public static Cut Logo(Random random, Cut cut)
    {
        var size = Between(random, 0.12, 0.25);
        var (width, height) = (Even(cut.Width * size), Even(cut.Height * size * 0.6));
        var margin = Even(cut.Height * 0.03);
        var x = Pick(random, margin, Math.Max(0, cut.Width - width - margin));
        var y = Pick(random, margin, Math.Max(0, cut.Height - height - margin));
        var (back, front) = Pick(random, ("red", "white"), ("blue", "yellow"), ("black", "white"), ("white", "green"));
        return cut
            .Filter($"drawbox={x}:{y}:{width}:{height}:{back}@0.9:fill")
            .Filter($"drawbox={x + (width / 4)}:{y + (height / 4)}:{Even(width / 2.0)}:{Even(height / 2.0)}:{front}@0.9:fill");
    }

    // Without a font file, ffmpeg asks fontconfig for its default.
    public static Cut Text(Random random, Cut cut)
    {
        var words = string.Join(' ', Enumerable.Range(0, random.Next(2, 6)).Select(_ => Words[random.Next(Words.Length)]));
        var size = Math.Max(10, (int)(cut.Height * Between(random, 0.07, 0.13)));
        var y = Pick(random, "h*0.05", "h*0.82", "(h-th)/2");
        return cut.Filter($"drawtext=text='{words}':fontsize={size}:fontcolor=white:borderw=2:bordercolor=black:x=(w-tw)/2:y={y}");
    }

    public static Cut Emoji(Random random, Cut cut)
    {
        for (var left = random.Next(3, 7); left > 0; left--)
        {
            var side = Even(Math.Min(cut.Width, cut.Height) * Between(random, 0.12, 0.25));
            var (x, y) = (Place(random, cut.Width, side), Place(random, cut.Height, side));
            cut = Sticker.All[random.Next(Sticker.All.Count)].On(cut, x, y, side);
        }

        return cut;
    }
}
