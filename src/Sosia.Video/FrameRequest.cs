namespace Sosia.Video;

/// <summary>Which frames of a video are wanted, and how large.</summary>
/// <param name="Width">Pixels; the whole shown picture is scaled to it.</param>
/// <param name="Height">Pixels.</param>
public sealed record FrameRequest(int Width, int Height)
{
    /// <summary>
    /// Frames a second. Wanted is the first frame at or after each instant k / Rate, with its own time; a frame that is held longer than
    /// a step is given again at the instants in between. 0: all frames, once each.
    /// </summary>
    public double Rate { get; init; }

    /// <summary>Seconds from the first shown frame; frames before are left out.</summary>
    public double From { get; init; }

    /// <summary>Seconds from the first shown frame; frames at it or after are left out. Null: to the end.</summary>
    public double? To { get; init; }

    /// <summary>Threads of the decoder.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Decodes without frames that no other frame needs and without loop filter where the wanted rate is low enough: less work, and times
    /// that are a few frames late; without loop filter pixels drift by 1 to 3 levels of 256 in the mean. Given up by itself where a step is missed.
    /// </summary>
    public bool Sparse { get; init; }

    /// <summary>Larger frames are refused.</summary>
    public long MaxPixels { get; init; } = 1L << 26;

    /// <summary>What the decoder may use.</summary>
    public ChildLimits Limits { get; init; } = new();
}
