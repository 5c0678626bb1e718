using Sosia.Library;
using Sosia.Matching;
using Sosia.Video;

namespace Sosia;

/// <summary>What turns a video into clips that can be compared. A library is made with one, and keeps to it.</summary>
public interface IEmbedder
{
    /// <summary>What a user calls it: <c>pdq</c>.</summary>
    string Model { get; }

    /// <summary>Name, kind and version: two embedders with the same identity give comparable rows.</summary>
    EmbedderIdentity Identity { get; }

    /// <summary>One line for people.</summary>
    string Description { get; }

    /// <summary>The thresholds that were measured for its rows.</summary>
    MatchingOptions Matching { get; }

    /// <summary>The variants of a query that it can make beside the plain one.</summary>
    IReadOnlyList<QueryVariant> Variants => [QueryVariant.Mirrored];

    /// <summary>Makes ready what the first video will need: installs and loads a network's library, and says so.</summary>
    /// <exception cref="EnvironmentException">Something is missing and could not be installed.</exception>
    void Prepare();

    /// <summary>Reads a video once and hands over its clips in the order of their times, a batch at a time: memory stays bounded however long it is.</summary>
    /// <param name="video">What <see cref="Probe"/> found.</param>
    /// <param name="request">Which part, and in which variants too.</param>
    /// <param name="onClips">Called on the calling thread with each batch.</param>
    /// <param name="stop">Ends the decoder and throws <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="VideoException">Nothing could be decoded.</exception>
    EmbedOutcome Embed(VideoInfo video, EmbedRequest request, Action<ClipBatch> onClips, CancellationToken stop = default);

    /// <summary>The rows that the mirrored pictures would have, computed from the plain ones; null where only decoding again can tell.</summary>
    /// <param name="plain">N rows of this embedder.</param>
    VectorRows? Mirror(VectorRows plain);
}

/// <summary>What to embed.</summary>
/// <param name="From">Seconds from the first shown frame.</param>
/// <param name="To">Seconds, or null for the end.</param>
/// <param name="Threads">Threads that the decoder may use.</param>
public sealed record EmbedRequest(double From = 0, double? To = null, int Threads = 1)
{
    /// <summary>What the batches carry beside the plain clips; of those that the embedder can make.</summary>
    public IReadOnlyList<QueryVariant> Variants { get; init; } = [];
}

/// <summary>Some clips of a video.</summary>
/// <param name="Rows">N rows.</param>
/// <param name="Spans">N spans.</param>
/// <param name="Variants">N clips of each variant that was asked for, in that order.</param>
public sealed record ClipBatch(VectorRows Rows, ReadOnlyMemory<ClipSpan> Spans, IReadOnlyList<ClipSequence> Variants);

/// <summary>What reading a video to its end told.</summary>
/// <param name="Duration">Seconds from the first shown frame to the end of the last.</param>
/// <param name="Frames">Frames that were looked at.</param>
/// <param name="Damage">Null, or what was broken: the clips are those that decoded.</param>
public sealed record EmbedOutcome(double Duration, long Frames, string? Damage);

/// <summary>A whole video, embedded.</summary>
/// <param name="Clips">Its clips.</param>
/// <param name="Variants">The clips of each variant that was asked for, in that order.</param>
/// <param name="Outcome">Duration and damage.</param>
public sealed record EmbeddedVideo(ClipSequence Clips, IReadOnlyList<VariantClips> Variants, EmbedOutcome Outcome);
