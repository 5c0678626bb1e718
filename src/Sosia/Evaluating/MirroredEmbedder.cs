using Sosia.Library;
using Sosia.Matching;
using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>Embeds the mirror images of videos, so that those of queries can be kept like any other videos.</summary>
/// <param name="embedder">One that cannot compute them from its rows.</param>
internal sealed class MirroredEmbedder(IEmbedder embedder) : IEmbedder
{
    public string Model => $"{embedder.Model}-mirrored";

    public EmbedderIdentity Identity { get; } =
        embedder.Identity with { Name = $"{embedder.Identity.Name}-mirrored", Fingerprint = $"{embedder.Identity.Fingerprint}/mirrored" };

    public string Description => $"{embedder.Description}; mirrored";

    public MatchingOptions Matching => embedder.Matching;

    public void Prepare() => embedder.Prepare();

    public EmbedOutcome Embed(VideoInfo video, EmbedRequest request, Action<ClipBatch> onClips, CancellationToken stop = default) =>
        embedder.Embed(video, request with { Variants = [QueryVariant.Mirrored] }, batch => onClips(new ClipBatch(batch.Variants[0].Rows, batch.Variants[0].Spans, [])), stop);

    public VectorRows? Mirror(VectorRows plain) => null;
}
