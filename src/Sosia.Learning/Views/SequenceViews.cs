namespace Sosia.Learning.Views;

/// <summary>Frames of a long video.</summary>
/// <param name="Block">Length of the stretch that they are drawn from.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Steps">T numbers of frames, in time order; what is masked shows the last frame.</param>
/// <param name="Mask">1 where there is such a frame, else 0.</param>
public sealed record SequenceView(int Block, int Offset, int[] Steps, float[] Mask);

/// <summary>Two overlapping views of a long video (CARL, Chen et al. 2022, section 3.1; code). Of the two rules for blocks in the code it is FineGym's.</summary>
/// <param name="Length">Frames of the video.</param>
/// <param name="Frames">T, of a view.</param>
public sealed record SequenceViews(int Length, int Frames)
{
    /// <summary>A block is up to so many times as long as the frames that are drawn from it.</summary>
    public const double MostRatio = 1.5;

    /// <summary>Share of a view by which the second one overlaps the first at least.</summary>
    public const double Overlap = 0.2;

    /// <summary>V: different frames of a view.</summary>
    public int Drawn => Math.Min(Length, Frames);

    /// <summary>Draws both views.</summary>
    public (SequenceView First, SequenceView Second) Draw(SampleRandom random)
    {
        var first = View(random, FirstOffsets);
        return (first, View(random, block => SecondOffsets(block, first.Steps[0])));
    }

    /// <summary>Frames of the stretch that a view is drawn from.</summary>
    /// <param name="ratio">Uniform in [1, 1.5).</param>
    public int Block(double ratio) => (int)Math.Ceiling(ratio * Drawn);

    /// <summary>Where the first view's block may begin: from Low up to, not including, High.</summary>
    public (int Low, int High) FirstOffsets(int block) => (0, Math.Max(Length - block, 1));

    /// <summary>Where the second one's may begin.</summary>
    /// <param name="block">Its length.</param>
    /// <param name="first">The first frame of the first view.</param>
    public (int Low, int High) SecondOffsets(int block, int first)
    {
        var shift = (int)((1 - Overlap) * Drawn);
        return (Math.Max(0, Math.Min(Length - block, first - shift)), Math.Max(1, Math.Min(Length - block + 1, first + shift + 1)));
    }

    /// <summary>A number of a range.</summary>
    /// <param name="range">From Low up to, not including, High.</param>
    /// <param name="u">Uniform in [0, 1).</param>
    public static int Offset((int Low, int High) range, double u) => (int)Math.Floor(range.Low + (u * (range.High - range.Low)));

    /// <summary>The view whose block and place are known.</summary>
    /// <param name="block">Its length.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="keys">A random number for each of its frames: those with the smallest ones are taken.</param>
    public SequenceView At(int block, int offset, IReadOnlyList<double> keys)
    {
        var places = Enumerable.Range(0, block).OrderBy(place => keys[place]).Take(Drawn).Order();
        int[] steps = [.. places.Select(place => place + offset), .. Enumerable.Repeat(Length, Frames - Drawn)];
        return new SequenceView(block, offset, [.. steps.Select(step => Math.Min(step, Length - 1))], [.. steps.Select(step => step < Length ? 1f : 0)]);
    }

    private SequenceView View(SampleRandom random, Func<int, (int Low, int High)> offsets)
    {
        var block = Block(random.Between(1, MostRatio));
        var offset = Offset(offsets(block), random.Next());
        return At(block, offset, [.. Enumerable.Range(0, block).Select(_ => random.Next())]);
    }
}
