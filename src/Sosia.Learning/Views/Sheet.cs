namespace Sosia.Learning.Views;

/// <summary>What is laid over a frame: red, green, blue, and how much it hides, each height x width.</summary>
internal readonly ref struct Sheet(Span<float> values, int height, int width)
{
    private readonly Span<float> values = values;

    public int Height => height;

    public int Width => width;

    /// <summary>A box; what lies outside the frame is left out.</summary>
    public void Fill(int left, int top, int across, int down, Rgb colour, double opacity)
    {
        var (from, to) = (Math.Clamp(left, 0, width), Math.Clamp(left + across, 0, width));
        for (var y = Math.Max(top, 0); y < Math.Min(top + down, height); y++)
        {
            Row(0, y, from, to).Fill((float)colour.Red);
            Row(1, y, from, to).Fill((float)colour.Green);
            Row(2, y, from, to).Fill((float)colour.Blue);
            Row(3, y, from, to).Fill((float)opacity);
        }
    }

    private Span<float> Row(int plane, int y, int from, int to) => values.Slice((((plane * height) + y) * width) + from, to - from);
}
