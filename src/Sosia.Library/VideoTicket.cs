namespace Sosia.Library;

/// <summary>A video that is being added: its id is taken, and nobody sees it before it is completed and flushed.</summary>
public sealed class VideoTicket
{
    internal VideoTicket(long id, ushort plan, ClipBuffer buffer)
    {
        Id = id;
        Plan = plan;
        Buffer = buffer;
    }

    /// <summary>The id that the video will have.</summary>
    public long Id { get; }

    /// <summary>Clips appended so far.</summary>
    public int Clips { get; internal set; }

    internal ushort Plan { get; }

    internal double LastStart { get; set; }

    /// <summary>Clips that are in no file yet.</summary>
    internal ClipBuffer Buffer { get; set; }

    /// <summary>Files of this video alone, that the catalogue does not name yet.</summary>
    internal List<SegmentEntry> Sealed { get; } = [];
}
