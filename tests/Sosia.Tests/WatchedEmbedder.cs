using System.Collections.Concurrent;
using Sosia.Library;
using Sosia.Matching;
using Sosia.Video;

namespace Sosia.Tests;

/// <summary>PDQ that tells which videos it was given.</summary>
internal sealed class WatchedEmbedder : IEmbedder
{
    private readonly ConcurrentQueue<string> read = new();
    private readonly ConcurrentQueue<int> threads = new();

    public string Model => "watched";

    public EmbedderIdentity Identity { get; init; } = Embedders.Pdq.Identity;

    public string Description => Embedders.Pdq.Description;

    public MatchingOptions Matching => Embedders.Pdq.Matching;

    /// <summary>Names of the videos that were read, in order.</summary>
    public string[] Names => [.. read.Select(path => Path.GetFileName(path))];

    /// <summary>Threads that its decoder was given for each, in order.</summary>
    public int[] Threads => [.. threads];

    /// <summary>Called before a video is read.</summary>
    public Action<string>? Reading { get; set; }

    /// <summary>Called after a video was read.</summary>
    public Action<string>? WasRead { get; set; }

    public void Prepare()
    {
    }

    public EmbedOutcome Embed(VideoInfo video, EmbedRequest request, Action<ClipBatch> onClips, CancellationToken stop = default)
    {
        read.Enqueue(video.Path);
        threads.Enqueue(request.Threads);
        Reading?.Invoke(video.Path);
        var outcome = Embedders.Pdq.Embed(video, request, onClips, stop);
        WasRead?.Invoke(video.Path);
        return outcome;
    }

    public VectorRows? Mirror(VectorRows plain) => Embedders.Pdq.Mirror(plain);
}
