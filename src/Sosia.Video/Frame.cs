namespace Sosia.Video;

/// <summary>One frame as it is shown.</summary>
/// <param name="time">Seconds from the first shown frame.</param>
/// <param name="rgb">Height x Width x 3.</param>
public readonly ref struct Frame(double time, ReadOnlySpan<byte> rgb)
{
    /// <summary>Seconds from the first shown frame.</summary>
    public double Time { get; } = time;

    /// <summary>Height x Width x 3 bytes: red, green, blue. Valid until the next frame is read.</summary>
    public ReadOnlySpan<byte> Rgb { get; } = rgb;
}
