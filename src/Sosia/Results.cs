using Sosia.Matching;

namespace Sosia;

/// <summary>A video as an answer names it.</summary>
/// <param name="Id">Its number in the library; 0 for a query that is in none.</param>
/// <param name="Path">Absolute.</param>
/// <param name="Duration">Seconds.</param>
public sealed record VideoRef(long Id, string Path, double Duration);

/// <summary>One stretch that was copied.</summary>
/// <param name="Query">Seconds of the query, or of video A of a pair.</param>
/// <param name="Reference">Seconds of the video in the library, or of video B of a pair.</param>
/// <param name="Score">Higher is surer; 1 is the same picture throughout.</param>
/// <param name="Speed">Seconds of the reference shown in one second of the query: 1.25 is a copy that runs a quarter faster.</param>
/// <param name="Variant">How the pictures of the query were looked at.</param>
public sealed record CopiedSegment(Stretch Query, Stretch Reference, double Score, double Speed, QueryVariant Variant)
{
    /// <summary>Left and right are exchanged.</summary>
    public bool Mirrored => Variant == QueryVariant.Mirrored;

    /// <summary>The same told from the reference.</summary>
    public CopiedSegment Turned() => this with { Query = Reference, Reference = Query, Speed = Speed > 0 ? 1 / Speed : 0 };
}

/// <summary>A video of the library that shares stretches with the query.</summary>
/// <param name="Video">The video.</param>
/// <param name="Score">Of the whole match.</param>
/// <param name="Segments">What was copied, best first.</param>
public sealed record Match(VideoRef Video, double Score, IReadOnlyList<CopiedSegment> Segments);

/// <summary>A video of the library that was examined, whether it is shown or not: for benchmarks, which rank all of them.</summary>
/// <param name="Video">The video.</param>
/// <param name="Confidence">Of the surest stretch; answers are ranked by it. See <see cref="Matching.Confidence"/>.</param>
/// <param name="Accepted">Whether Sosia shows it.</param>
/// <param name="Segments">Those that are shown, best first; the surest of the rejected ones where none is.</param>
public sealed record RankedMatch(VideoRef Video, double Confidence, bool Accepted, IReadOnlyList<CopiedSegment> Segments);

/// <summary>The answer to "where else is this video?".</summary>
/// <param name="QueryPath">Absolute.</param>
/// <param name="QueryDuration">Seconds; 0 for a picture.</param>
/// <param name="Matches">Best first; empty when nothing was found.</param>
public sealed record FindResult(string QueryPath, double QueryDuration, IReadOnlyList<Match> Matches);

/// <summary>Two videos of a library that share stretches.</summary>
/// <param name="A">One video; <see cref="CopiedSegment.Query"/> holds its seconds.</param>
/// <param name="B">The other; <see cref="CopiedSegment.Reference"/> holds its seconds.</param>
/// <param name="Score">Of the whole match.</param>
/// <param name="Segments">What was copied, best first.</param>
public sealed record VideoPair(VideoRef A, VideoRef B, double Score, IReadOnlyList<CopiedSegment> Segments)
{
    /// <summary>The same pair with A and B exchanged.</summary>
    public VideoPair Turned() => new(B, A, Score, [.. Segments.Select(s => s.Turned())]);
}

/// <summary>Videos that are copies of one another: a star round its representative.</summary>
/// <param name="Representative">The member that all others are compared with.</param>
/// <param name="Members">All of them, the representative included.</param>
/// <param name="Pairs">What they share, best first.</param>
public sealed record DuplicateGroup(VideoRef Representative, IReadOnlyList<VideoRef> Members, IReadOnlyList<VideoPair> Pairs);

/// <summary>All copies inside a library.</summary>
/// <param name="Groups">Best first; empty when nothing was found.</param>
public sealed record DuplicatesResult(IReadOnlyList<DuplicateGroup> Groups);

/// <summary>One condition that two videos were held to.</summary>
/// <param name="Name">Short: "frames alike".</param>
/// <param name="Passed">Whether it holds.</param>
/// <param name="Value">The number that was measured, where there is one.</param>
/// <param name="Threshold">What it was compared with, where there is one.</param>
/// <param name="Detail">One sentence for a reader.</param>
public sealed record Check(string Name, bool Passed, double? Value, double? Threshold, string Detail);

/// <summary>Why two videos are held for copies, or not.</summary>
/// <param name="A">One video; <see cref="CopiedSegment.Query"/> holds its seconds.</param>
/// <param name="B">The other; <see cref="CopiedSegment.Reference"/> holds its seconds.</param>
/// <param name="Copies">The verdict.</param>
/// <param name="Score">Of the whole match.</param>
/// <param name="Segments">What was copied, best first.</param>
/// <param name="Checks">Every condition in the order in which it was looked at.</param>
/// <param name="Matrix">Similarities of their clips, A down and B across; null where none was made.</param>
public sealed record Explanation(
    VideoRef A, VideoRef B, bool Copies, double Score, IReadOnlyList<CopiedSegment> Segments, IReadOnlyList<Check> Checks, MatrixPicture? Matrix);

/// <summary>A video as <c>sosia list</c> shows it.</summary>
/// <param name="Id">Its number in the library.</param>
/// <param name="Paths">Every file with this content; absolute, those that are there first.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="Width">Pixels, as shown.</param>
/// <param name="Height">Pixels, as shown.</param>
/// <param name="Codec">As ffprobe names it.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Clips">Number of vectors in the library.</param>
/// <param name="Damage">What could not be decoded; null for a whole file.</param>
/// <param name="Added">When it came into the library.</param>
public sealed record ListedVideo(
    long Id,
    IReadOnlyList<string> Paths,
    double Duration,
    int Width,
    int Height,
    string Codec,
    long Bytes,
    int Clips,
    string? Damage,
    DateTimeOffset Added)
{
    /// <summary>Those of <see cref="Paths"/> that were gone, or could not be read any more, at the last look.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];
}

/// <summary>All videos of a library.</summary>
/// <param name="Videos">By id.</param>
public sealed record LibraryListing(IReadOnlyList<ListedVideo> Videos);

/// <summary>A file that could not be taken.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Reason">Plain words.</param>
public sealed record FailedFile(string Path, string Reason);

/// <summary>A library at a glance.</summary>
/// <param name="Folder">Where it lies; absolute.</param>
/// <param name="Embedder">What its vectors were made with.</param>
/// <param name="Videos">Different contents.</param>
/// <param name="Files">Files that hold them.</param>
/// <param name="Missing">Known files that are no longer there.</param>
/// <param name="Failures">Files that could not be taken.</param>
/// <param name="Seconds">Total duration of the videos.</param>
/// <param name="Bytes">Size of the library itself on the disk.</param>
public sealed record LibrarySummary(
    string Folder, string Embedder, int Videos, int Files, int Missing, IReadOnlyList<FailedFile> Failures, double Seconds, long Bytes);
