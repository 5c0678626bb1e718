using Sosia.Matching;
using Sosia.Video;

namespace Sosia;

/// <summary>Embeds a whole video into memory: for queries. Ingesting streams instead.</summary>
public static class EmbeddedVideos
{
    /// <summary>Embeds a video or a part of it.</summary>
    /// <exception cref="VideoException">Nothing could be decoded.</exception>
    public static EmbeddedVideo Read(IEmbedder embedder, VideoInfo video, EmbedRequest request, CancellationToken stop = default)
    {
        var batches = new List<ClipBatch>();
        var outcome = embedder.Embed(video, request, batches.Add, stop);
        var spans = batches.SelectMany(b => b.Spans.ToArray()).ToArray();
        var plain = new ClipSequence(VectorRows.Join(embedder.Identity.Kind, embedder.Identity.Dimension, [.. batches.Select(b => b.Rows)]), spans);
        if (!request.Mirrored)
        {
            return new EmbeddedVideo(plain, null, outcome);
        }

        var mirrored = VectorRows.Join(embedder.Identity.Kind, embedder.Identity.Dimension, [.. batches.Select(b => b.Mirrored!)]);
        return new EmbeddedVideo(plain, new ClipSequence(mirrored, spans), outcome);
    }
}
