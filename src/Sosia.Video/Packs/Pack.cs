namespace Sosia.Video.Packs;

/// <summary>Where the frames of a pack's entry are from.</summary>
public enum PackSource
{
    /// <summary>A file of video.</summary>
    Video,

    /// <summary>A photograph: one frame, larger than the others, so that a camera can move over it.</summary>
    Photograph,

    /// <summary>A rendered scene.</summary>
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
}

/// <summary>Comes.</summary>
public sealed class Pack : IDisposable
{
    /// <summary>Comes.</summary>
    public static bool Is(string folder) => false;
    /// <summary>Comes.</summary>
    public static Pack Open(string folder) => throw new NotSupportedException();
    /// <summary>Comes.</summary>
    public IReadOnlyList<PackedVideo> Videos { get; } = [];
    /// <summary>Comes.</summary>
    public void ReadFrame(PackedVideo video, int frame, Span<byte> rgb) => throw new NotSupportedException();
    /// <summary>Comes.</summary>
    public void Dispose() { }
}
/// <summary>Comes.</summary>
public sealed class PackException(string m) : Exception(m);
