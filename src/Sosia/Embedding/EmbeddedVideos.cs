using Sosia.Matching;
using Sosia.Video;

namespace Sosia;

/// <summary>Embeds a whole video into memory: for queries. Ingesting streams instead.</summary>
public static class EmbeddedVideos
{
    /// <summary>Embeds a video or a part of it.</summary>
    /// <exception cref="VideoException">Nothing could be decoded.</exception>
    /// <exception cref="UsageException">The embedder cannot make a variant.</exception>
    public static EmbeddedVideo Read(IEmbedder embedder, VideoInfo video, EmbedRequest request, CancellationToken stop = default)
    {
        VariantChoice.Require(embedder, request.Variants);
        var batches = new List<ClipBatch>();
        var outcome = embedder.Embed(video, request, batches.Add, stop);
        return new EmbeddedVideo(
            Joined(embedder, batches.Select(b => new ClipSequence(b.Rows, b.Spans))),
            [.. request.Variants.Select((variant, i) => new VariantClips(variant, Joined(embedder, batches.Select(b => b.Variants[i]))))],
            outcome);
    }

    private static ClipSequence Joined(IEmbedder embedder, IEnumerable<ClipSequence> batches)
    {
        ClipSequence[] all = [.. batches];
        var rows = VectorRows.Join(embedder.Identity.Kind, embedder.Identity.Dimension, [.. all.Select(b => b.Rows)]);
        return new ClipSequence(rows, all.SelectMany(b => b.Spans.ToArray()).ToArray());
    }
}
