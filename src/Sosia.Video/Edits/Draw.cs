namespace Sosia.Video;

/// <summary>How parameters of edits are drawn.</summary>
internal static class Draw
{
    /// <summary>Evenly between two bounds.</summary>
    public static double Between(Random random, double low, double high) => low + ((high - low) * random.NextDouble());

    /// <summary>One of some values.</summary>
    public static T Pick<T>(Random random, params ReadOnlySpan<T> values) => values[random.Next(values.Length)];

    /// <summary>Where a part may begin within a whole: never outside, though the part be as large.</summary>
    public static int Place(Random random, int whole, int part) => random.Next(Math.Max(0, whole - part) + 1);

    /// <summary>The next smaller even number of pixels, at least two: what 4:2:0 video can have.</summary>
    public static int Even(double pixels) => Math.Max(2, (int)pixels & ~1);
}
