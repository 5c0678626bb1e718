using System.Numerics;

namespace Sosia.Video;

/// <summary>Outline of a moving thing.</summary>
internal enum SpriteShape
{
    Ball,
    Block,
    Star,
    Ring,
    Leaf,
}

/// <summary>A thing that moves before the backdrop: shaded, outlined, with a shadow.</summary>
/// <param name="Shape">Its outline.</param>
/// <param name="Start">Where it is at the beginning of the shot, in picture heights from the middle.</param>
/// <param name="Speed">Picture heights a second.</param>
/// <param name="Swing">Reach of its swaying, in picture heights.</param>
/// <param name="Beat">Sways a second.</param>
/// <param name="Size">Radius, in picture heights.</param>
/// <param name="Spin">Turns a second, in radians.</param>
/// <param name="Depth">How much of the camera's travel it follows.</param>
/// <param name="Body">Main colour.</param>
/// <param name="Band">Colour of its bands.</param>
internal sealed record Sprite(
    SpriteShape Shape, Vector2 Start, Vector2 Speed, Vector2 Swing, float Beat, float Size, float Spin, float Depth, Vector3 Body, Vector3 Band)
{
    private static readonly Vector3 ToLight = Vector3.Normalize(new Vector3(-0.5f, -0.7f, 0.6f));

    public static Sprite Draw(Random random, Palette palette)
    {
        var hue = random.NextSingle();
        return new Sprite(
            (SpriteShape)random.Next(5),
            Start: new Vector2(1.5f * (random.NextSingle() - 0.5f), 0.75f * (random.NextSingle() - 0.5f)),
            Speed: new Vector2(0.14f * (random.NextSingle() - 0.5f), 0.06f * (random.NextSingle() - 0.5f)),
            Swing: new Vector2(0.05f * random.NextSingle(), 0.06f * random.NextSingle()),
            Beat: 0.1f + (0.2f * random.NextSingle()),
            Size: 0.08f + (0.16f * random.NextSingle()),
            Spin: 0.8f * (random.NextSingle() - 0.5f),
            Depth: 0.2f + (0.5f * random.NextSingle()),
            Body: Palette.Hue(hue, 0.7f, 0.9f),
            Band: Vector3.Lerp(palette.Horizon, Palette.Hue(hue + 0.45f, 0.5f, 0.5f), random.NextSingle()));
    }

    /// <summary>The sprite at a time, ready to be asked for many points.</summary>
    public PlacedSprite Place(float time)
    {
        var sway = MathF.Tau * Beat * time;
        var at = Start + (Speed * time) + (Swing * new Vector2(MathF.Sin(sway), MathF.Cos(1.3f * sway)));
        return new PlacedSprite(this, at, MathF.Sin(Spin * time), MathF.Cos(Spin * time));
    }

    /// <summary>Distance to the outline in the sprite's own turned frame, negative inside; in radii.</summary>
    internal float Distance(Vector2 p)
    {
        switch (Shape)
        {
            case SpriteShape.Block:
                var corner = Vector2.Abs(p) - new Vector2(0.75f, 0.5f);
                return Vector2.Max(corner, Vector2.Zero).Length() + MathF.Min(MathF.Max(corner.X, corner.Y), 0) - 0.12f;
            case SpriteShape.Star:
                var fifth = MathF.Tau / 5;
                var angle = MathF.Atan2(p.Y, p.X);
                angle -= fifth * MathF.Round(angle / fifth);
                return (p.Length() * (MathF.Cos(angle) + (1.1f * MathF.Abs(MathF.Sin(angle))))) - 0.85f;
            case SpriteShape.Ring:
                return MathF.Abs(p.Length() - 0.7f) - 0.25f;
            case SpriteShape.Leaf:
                return (new Vector2(MathF.Abs(p.X) + 0.6f, p.Y).Length() - 1.1f) * 0.9f;
            default:
                return p.Length() - 1;
        }
    }

    /// <summary>Shaded surface colour in the sprite's own turned frame.</summary>
    /// <param name="p">Turned with the sprite, in radii.</param>
    /// <param name="upright">Not turned, in radii: light comes from above whatever turns.</param>
    internal Vector3 Surface(Vector2 p, Vector2 upright)
    {
        var colour = Vector3.Lerp(Body, Band, ValueNoise.Step(0.1f, 0.25f, MathF.Sin((5 * p.X) + (2 * p.Y))));
        var normal = new Vector3(upright, MathF.Sqrt(MathF.Max(0.1f, 1 - upright.LengthSquared())));
        var light = MathF.Max(0, Vector3.Dot(Vector3.Normalize(normal), ToLight));
        var gleam = light * light * light * light;
        return (colour * (0.3f + (0.8f * light))) + new Vector3(0.35f * gleam * gleam);
    }
}

/// <summary>A sprite at one time.</summary>
internal readonly record struct PlacedSprite(Sprite Sprite, Vector2 At, float Sine, float Cosine)
{
    private const float OutlineWidth = 0.07f;
    private const float Reach = 1.45f;

    /// <summary>Paints over the colour behind.</summary>
    public Vector3 Over(Vector3 behind, in Sight sight)
    {
        var upright = (sight.Layer(Sprite.Depth) - At) / Sprite.Size;
        if (upright.LengthSquared() > Reach * Reach)
        {
            return behind;
        }

        var shadow = Sprite.Distance(Turn(upright - new Vector2(0.12f, 0.2f)));
        var colour = behind * (1 - (0.45f * ValueNoise.Step(0.15f, -0.15f, shadow)));
        var p = Turn(upright);
        var distance = Sprite.Distance(p);
        var covered = sight.Inside(distance * Sprite.Size);
        if (covered <= 0)
        {
            return colour;
        }

        var inside = sight.Inside((distance + OutlineWidth) * Sprite.Size);
        return Vector3.Lerp(colour, Sprite.Surface(p, upright) * (0.12f + (0.88f * inside)), covered);
    }

    private Vector2 Turn(Vector2 p) => new((Cosine * p.X) + (Sine * p.Y), (Cosine * p.Y) - (Sine * p.X));
}
