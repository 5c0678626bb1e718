using System.Text.Json.Serialization;

namespace Sosia.Video.Packs;

/// <summary>Where the frames of a pack's entry are from.</summary>
public enum PackSource
{
    /// <summary>A file of video.</summary>
    [JsonStringEnumMemberName("video")]
    Video,

    /// <summary>A photograph: one frame, larger than the others, so that a camera can move over it.</summary>
    [JsonStringEnumMemberName("photograph")]
    Photograph,

    /// <summary>A rendered scene.</summary>
    [JsonStringEnumMemberName("scene")]
    Scene,
}

/// <summary>The frames of one video.</summary>
/// <param name="Name">Its path below the folder that was packed; unique in the pack.</param>
/// <param name="Source">What it is.</param>
/// <param name="Width">Pixels of its frames.</param>
/// <param name="Height">Pixels of its frames.</param>
/// <param name="Rate">Frames a second; 0 of a photograph.</param>
/// <param name="Frames">How many.</param>
public sealed record PackedVideo(string Name, PackSource Source, int Width, int Height, double Rate, int Frames)
{
    /// <summary>Length in seconds.</summary>
    public double Seconds => Rate > 0 ? Frames / Rate : 0;

    /// <summary>Its block in the file of frames.</summary>
    internal PackSlot Slot { get; init; }

    /// <summary>Bytes of one decoded frame: height x width x 3.</summary>
    internal int FrameBytes => Height * Width * 3;
}

/// <summary>A block in the file of frames.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Bytes">Its length, the table of frames included.</param>
/// <param name="Check">XXH3 of the table of frames.</param>
internal readonly record struct PackSlot(long Offset, long Bytes, ulong Check)
{
    public long End => Offset + Bytes;
}
