namespace Sosia.Library;

/// <summary>A video is its content: the same bytes under any name are the same video.</summary>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Sha256">SHA-256 of the whole file, 64 lower-case hexadecimal digits.</param>
public readonly record struct ContentId(long Bytes, string Sha256);

/// <summary>What a look at a file gives without reading it whole: enough to see that it is the one known before.</summary>
/// <param name="Path">Where the file lies; stored as text, so a name that is not UTF-8 has no stamp.</param>
/// <param name="Bytes">Size.</param>
/// <param name="ModifiedNanoseconds">Time of the last change, nanoseconds since 1970 (UTC).</param>
/// <param name="Device">Device of the file; with <paramref name="Inode"/> it tells hard links.</param>
/// <param name="Inode">Number of the file on its device.</param>
/// <param name="SampledHash">Hash of a few samples of the content: recognises a moved file, proves nothing.</param>
public sealed record FileStamp(string Path, long Bytes, long ModifiedNanoseconds, long Device, long Inode, string SampledHash);

/// <summary>What is known of a video once it was decoded.</summary>
/// <param name="Content">Its identity.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="Width">Pixels as shown.</param>
/// <param name="Height">Pixels as shown.</param>
/// <param name="FrameRate">Frames a second.</param>
/// <param name="Codec">Name of the video codec.</param>
/// <param name="Container">Name of the container.</param>
/// <param name="Damage">What could not be decoded, or null.</param>
public sealed record VideoFacts(
    ContentId Content, double Duration, int Width, int Height, double FrameRate, string Codec, string Container, string? Damage);

/// <summary>A video of the library.</summary>
/// <param name="Id">Never used for another video, also after removal.</param>
/// <param name="Content">Its identity.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="Width">Pixels as shown.</param>
/// <param name="Height">Pixels as shown.</param>
/// <param name="FrameRate">Frames a second.</param>
/// <param name="Codec">Name of the video codec.</param>
/// <param name="Container">Name of the container.</param>
/// <param name="Clips">Number of its rows.</param>
/// <param name="Damage">What could not be decoded, or null.</param>
/// <param name="AddedUtc">When it became part of the library.</param>
/// <param name="Files">Where its content was seen, by id; may be empty.</param>
public sealed record StoredVideo(
    long Id, ContentId Content, double Duration, int Width, int Height, double FrameRate, string Codec, string Container, int Clips, string? Damage,
    DateTime AddedUtc, IReadOnlyList<StoredFile> Files);

/// <summary>A place where a video's content was seen.</summary>
/// <param name="Id">Never used for another file.</param>
/// <param name="VideoId">The video that it holds.</param>
/// <param name="Stamp">How it looked when it was last seen.</param>
/// <param name="Missing">It was gone, or could not be read any more, at the last look.</param>
public sealed record StoredFile(long Id, long VideoId, FileStamp Stamp, bool Missing);

/// <summary>A file that gave no video, kept for the user and so that it is not tried again until it changes.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Bytes">Size then; -1 where the content is not to blame: it is tried again each time.</param>
/// <param name="ModifiedNanoseconds">Time of its last change then, nanoseconds since 1970 (UTC).</param>
/// <param name="Reason">What was wrong with it.</param>
/// <param name="AtUtc">When it was tried; kept to the millisecond.</param>
public sealed record StoredFailure(string Path, long Bytes, long ModifiedNanoseconds, string Reason, DateTime AtUtc);

/// <summary>What a library holds.</summary>
/// <param name="Embedder">What made its vectors.</param>
/// <param name="Videos">Number of videos.</param>
/// <param name="Files">Number of files that hold them, missing ones too.</param>
/// <param name="MissingFiles">Files that were gone at the last look.</param>
/// <param name="Clips">Rows that can be found.</param>
/// <param name="Seconds">Duration of all videos together.</param>
/// <param name="Bytes">Size of the library on disk.</param>
/// <param name="Segments">Number of segment files.</param>
/// <param name="RemovedVideos">Videos taken out whose rows still lie in segments.</param>
/// <param name="RemovedClips">Rows of these.</param>
/// <param name="Failures">Files that gave no video.</param>
public sealed record LibraryStatus(
    EmbedderIdentity Embedder, int Videos, int Files, int MissingFiles, long Clips, double Seconds, long Bytes, int Segments, int RemovedVideos,
    long RemovedClips, int Failures);

/// <summary>Something that <see cref="VideoLibrary.Verify"/> found wrong.</summary>
/// <param name="File">The file of the library, relative to its folder.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record LibraryFinding(string File, string Problem);
