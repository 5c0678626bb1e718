using System.Numerics;

namespace Sosia.Video;

/// <summary>How a shot is filmed.</summary>
/// <param name="Speed">Pan, picture heights a second.</param>
/// <param name="Zoom">At first; 1 shows the whole backdrop.</param>
/// <param name="ZoomSpeed">Growth a second.</param>
/// <param name="Roll">Radians, at first.</param>
/// <param name="RollSpeed">Radians a second.</param>
/// <param name="Shake">Reach of the hand's tremble, in picture heights.</param>
/// <param name="Seed">Of the tremble.</param>
internal sealed record Camera(Vector2 Speed, float Zoom, float ZoomSpeed, float Roll, float RollSpeed, float Shake, uint Seed)
{
    public static Camera Draw(Random random) => new(
        Speed: new Vector2(0.02f + (0.07f * random.NextSingle()), 0.01f * (random.NextSingle() - 0.5f)) * (random.Next(2) == 0 ? 1 : -1),
        Zoom: 0.95f + (0.25f * random.NextSingle()),
        ZoomSpeed: random.Next(3) == 0 ? 0.06f * (random.NextSingle() - 0.3f) : 0,
        Roll: 0.06f * (random.NextSingle() - 0.5f),
        RollSpeed: random.Next(4) == 0 ? 0.06f * (random.NextSingle() - 0.5f) : 0,
        Shake: random.Next(3) == 0 ? 0.012f * random.NextSingle() : 0,
        Seed: (uint)random.Next());

    /// <summary>The view at a time.</summary>
    public View At(float time)
    {
        var roll = Roll + (RollSpeed * time);
        var scale = 1 / (Zoom * (1 + (ZoomSpeed * time)));
        var tremble = new Vector2(ValueNoise.At(5 * time, Seed) - 0.5f, ValueNoise.At(5 * time, Seed + 1) - 0.5f);
        var right = new Vector2(MathF.Cos(roll), MathF.Sin(roll)) * scale;
        return new View(right, Shake * tremble, Speed * time, scale);
    }
}

/// <summary>From points of the picture to points of the world.</summary>
internal readonly record struct View(Vector2 Right, Vector2 Tremble, Vector2 Pan, float Scale)
{
    /// <param name="x">Picture heights to the right of the middle.</param>
    /// <param name="y">Picture heights below it.</param>
    public Vector2 World(float x, float y) => new((Right.X * x) - (Right.Y * y) + Tremble.X, (Right.Y * x) + (Right.X * y) + Tremble.Y);
}
