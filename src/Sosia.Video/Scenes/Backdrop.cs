using System.Numerics;

namespace Sosia.Video;

/// <summary>A point of a picture as a backdrop sees it.</summary>
/// <param name="At">Picture heights from the middle, y downwards, after zoom, roll and shake.</param>
/// <param name="Pan">Picture heights that the camera has travelled; near things add all of it, far ones a part.</param>
/// <param name="Time">Seconds from the beginning of the shot.</param>
/// <param name="Pixel">Picture heights of one pixel: edges are softened over it.</param>
internal readonly record struct Sight(Vector2 At, Vector2 Pan, float Time, float Pixel)
{
    /// <summary>The point in a layer; depth 0 is infinitely far, 1 is near.</summary>
    public Vector2 Layer(float depth) => At + (Pan * depth);

    /// <summary>1 inside of an edge (negative distance), 0 outside, softened over a pixel.</summary>
    public float Inside(float distance) => Math.Clamp(0.5f - (distance / Pixel), 0, 1);
}

/// <summary>What fills the picture behind the moving things: colour at a point and time.</summary>
internal interface IBackdrop
{
    Vector3 Colour(in Sight sight);
}

/// <summary>The kinds of backdrop.</summary>
internal static class Backdrop
{
    private static readonly Func<uint, Palette, IBackdrop>[] Kinds =
    [
        static (seed, palette) => new Hills(seed, palette),
        static (seed, palette) => new City(seed, palette),
        static (seed, palette) => new Sea(seed, palette),
        static (seed, palette) => new Room(seed, palette),
        static (seed, palette) => new Forest(seed, palette),
        static (seed, palette) => new Mosaic(seed, palette),
        static (seed, palette) => new Rays(seed, palette),
    ];

    /// <summary>A backdrop of another kind than the last one.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="palette">Its colours.</param>
    /// <param name="last">Kind of the shot before, -1 for none; receives this one's.</param>
    public static IBackdrop Draw(Random random, Palette palette, ref int last)
    {
        var kind = last < 0 ? random.Next(Kinds.Length) : (last + 1 + random.Next(Kinds.Length - 1)) % Kinds.Length;
        last = kind;
        return Kinds[kind]((uint)random.Next(), palette);
    }
}
