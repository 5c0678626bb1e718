using Sosia.Library;
using Sosia.Matching;
using Sosia.Video;

namespace Sosia.Tests.Evaluating;

/// <summary>PDQ that, as a network, cannot tell the mirror image from its rows.</summary>
internal sealed class OneWayEmbedder : IEmbedder
{
    public string Model => "one-way";

    public EmbedderIdentity Identity { get; init; } = Embedders.Pdq.Identity with { Name = "one-way", Fingerprint = "one-way" };

    public string Description => "for tests";

    public MatchingOptions Matching => Embedders.Pdq.Matching;

    /// <summary>Called after a video was read.</summary>
    public Action? WasRead { get; set; }

    public void Prepare()
    {
    }

    public EmbedOutcome Embed(VideoInfo video, EmbedRequest request, Action<ClipBatch> onClips, CancellationToken stop = default)
    {
        var outcome = Embedders.Pdq.Embed(video, request, onClips, stop);
        WasRead?.Invoke();
        return outcome;
    }

    public VectorRows? Mirror(VectorRows plain) => null;
}
