namespace Sosia.Learning.Views;

/// <summary>A part of a picture, in pixels.</summary>
/// <param name="Left">First column.</param>
/// <param name="Top">First row.</param>
/// <param name="Right">The column after the last.</param>
/// <param name="Bottom">The row after the last.</param>
public readonly record struct PixelBox(int Left, int Top, int Right, int Bottom)
{
    /// <summary>All of a square picture.</summary>
    public static PixelBox All(int side) => new(0, 0, side, side);
}

/// <summary>Constant borders of a picture: letter- and pillar-boxes, frames (ours).</summary>
public static class Borders
{
    private const float FlatDeviation = 2; // mean absolute deviation of a line from its mean, grey levels, largest channel
    private const float SameColour = 6; // of a line's mean from that of the outermost line
    private const float EdgeStep = 8; // by which a pixel just inside differs from the border's colour
    private const float EdgeShare = 0.35f; // of such pixels: a dark sky fades, a bar ends
    private const int EdgeDepth = 3; // lines inside at which that is asked: scaling blurs the edge itself
    private const float LeastLeft = 0.3f; // of a side: less is no picture in a frame but something else
    private const int Rounds = 2; // bars beside bars

    /// <summary>The part inside constant borders; the whole picture where there are none, where it is all flat, or where little would be left.</summary>
    /// <param name="rgb">side x side x 3 bytes.</param>
    /// <param name="side">Pixels.</param>
    public static PixelBox Inside(ReadOnlySpan<byte> rgb, int side)
    {
        var box = PixelBox.All(side);
        for (var round = 0; round < Rounds; round++)
        {
            var before = box;
            var top = Cut(new Lines(rgb, side, box, Edge.Top));
            if (top == box.Bottom - box.Top)
            {
                return PixelBox.All(side); // all flat
            }

            var bottom = Cut(new Lines(rgb, side, box, Edge.Bottom));
            box = box with { Top = box.Top + top, Bottom = box.Bottom - bottom };
            var left = Cut(new Lines(rgb, side, box, Edge.Left));
            if (left == box.Right - box.Left)
            {
                return PixelBox.All(side);
            }

            var right = Cut(new Lines(rgb, side, box, Edge.Right));
            box = box with { Left = box.Left + left, Right = box.Right - right };
            if (box == before)
            {
                break;
            }
        }

        var least = LeastLeft * side;
        return box.Bottom - box.Top < least || box.Right - box.Left < least ? PixelBox.All(side) : box;
    }

    private enum Edge
    {
        Top,
        Bottom,
        Left,
        Right,
    }

    // Lines to cut off at one edge.
    private static int Cut(Lines lines)
    {
        Span<float> outermost = stackalloc float[3];
        Span<float> mean = stackalloc float[3];
        Span<float> colour = stackalloc float[3];
        colour.Clear();
        lines.Mean(0, outermost);
        var flat = 0;
        while (flat < lines.Count && lines.IsFlat(flat, outermost, mean))
        {
            for (var c = 0; c < 3; c++)
            {
                colour[c] += mean[c];
            }

            flat++;
        }

        if (flat == 0 || flat == lines.Count)
        {
            return flat;
        }

        for (var c = 0; c < 3; c++)
        {
            colour[c] /= flat;
        }

        return lines.ShareUnlike(Math.Min(flat + EdgeDepth, lines.Count - 1), colour) >= EdgeShare ? flat : 0;
    }

    // The rows or columns of a box from one of its edges inwards.
    private readonly ref struct Lines
    {
        private readonly ReadOnlySpan<byte> rgb;
        private readonly int first; // pixel at the beginning of line 0
        private readonly int across; // pixels from a line to the next
        private readonly int along; // pixels from a pixel of a line to the next
        private readonly int length;

        public Lines(ReadOnlySpan<byte> rgb, int side, PixelBox box, Edge edge)
        {
            this.rgb = rgb;
            var (width, height) = (box.Right - box.Left, box.Bottom - box.Top);
            var isRow = edge is Edge.Top or Edge.Bottom;
            (Count, length, along) = isRow ? (height, width, 1) : (width, height, side);
            (first, across) = edge switch
            {
                Edge.Top => ((box.Top * side) + box.Left, side),
                Edge.Bottom => (((box.Bottom - 1) * side) + box.Left, -side),
                Edge.Left => ((box.Top * side) + box.Left, 1),
                _ => ((box.Top * side) + box.Right - 1, -1),
            };
        }

        public int Count { get; }

        public void Mean(int line, Span<float> mean)
        {
            Span<int> sum = stackalloc int[3];
            sum.Clear();
            for (var i = 0; i < length; i++)
            {
                var pixel = Pixel(line, i);
                for (var c = 0; c < 3; c++)
                {
                    sum[c] += pixel[c];
                }
            }

            for (var c = 0; c < 3; c++)
            {
                mean[c] = (float)sum[c] / length;
            }
        }

        public bool IsFlat(int line, ReadOnlySpan<float> outermost, Span<float> mean)
        {
            Mean(line, mean);
            for (var c = 0; c < 3; c++)
            {
                if (MathF.Abs(mean[c] - outermost[c]) > SameColour || Deviation(line, c, mean[c]) > FlatDeviation)
                {
                    return false;
                }
            }

            return true;
        }

        public float ShareUnlike(int line, ReadOnlySpan<float> colour)
        {
            var unlike = 0;
            for (var i = 0; i < length; i++)
            {
                var pixel = Pixel(line, i);
                var most = MathF.Max(MathF.Abs(pixel[0] - colour[0]), MathF.Max(MathF.Abs(pixel[1] - colour[1]), MathF.Abs(pixel[2] - colour[2])));
                unlike += most > EdgeStep ? 1 : 0;
            }

            return (float)unlike / length;
        }

        private float Deviation(int line, int channel, float mean)
        {
            var sum = 0f;
            for (var i = 0; i < length; i++)
            {
                sum += MathF.Abs(Pixel(line, i)[channel] - mean);
            }

            return sum / length;
        }

        private ReadOnlySpan<byte> Pixel(int line, int at) => rgb.Slice(3 * (first + (line * across) + (at * along)), 3);
    }
}
