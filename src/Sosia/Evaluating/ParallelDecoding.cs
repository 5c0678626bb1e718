using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>Reads some videos at a time.</summary>
internal static class ParallelDecoding
{
    /// <summary>What was read of each video, in their order, or why it could not be.</summary>
    /// <exception cref="VideoException">There is no decoder.</exception>
    public static (TVideo Video, T? Read, VideoException? Failure)[] Of<TVideo, T>(IEnumerable<TVideo> videos, int threads, Func<TVideo, T?> read, CancellationToken stop)
        where T : class
    {
        (TVideo Video, T? Read, VideoException? Failure)[] decoded = [.. videos.AsParallel().AsOrdered().WithDegreeOfParallelism(threads).WithCancellation(stop).Select(One)];
        return Array.Find(decoded, one => one.Failure?.Fault == VideoFault.ToolMissing).Failure is { } missing ? throw missing : decoded;

        (TVideo Video, T? Read, VideoException? Failure) One(TVideo video)
        {
            try
            {
                return (video, read(video), null);
            }
            catch (VideoException error)
            {
                return (video, null, error);
            }
        }
    }
}
