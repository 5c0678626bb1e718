using Sosia.Torch;

namespace Sosia.Learning.Evaluation.Frames;

/// <summary>AP@K of CARL (code): whether the nearest frames of other videos are of the same phase. A precision, despite its name.</summary>
public static class FrameRetrieval
{
    /// <summary>The K that are reported.</summary>
    public static IReadOnlyList<int> Published { get; } = [5, 10, 15];

    /// <summary>The mean over videos; NaN of fewer than two.</summary>
    /// <param name="videos">All frames labelled.</param>
    /// <param name="k">More than there are: all.</param>
    /// <param name="stride">Every so many frames are looked at, as query and as candidate.</param>
    public static double Mean(IReadOnlyList<FrameSequence> videos, int k, int stride = 1) => PerVideo(videos, k, stride).DefaultIfEmpty(double.NaN).Average();

    /// <summary>For each video the mean over its frames of the share of equal phases among the K nearest frames of all other videos.</summary>
    /// <param name="videos">All frames labelled.</param>
    /// <param name="k">More than there are: all.</param>
    /// <param name="stride">Every so many frames are looked at, as query and as candidate.</param>
    public static IReadOnlyList<double> PerVideo(IReadOnlyList<FrameSequence> videos, int k, int stride = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        using var scope = TensorScope.Enter();
        var strided = videos.Select(video => video.Every(stride)).ToList();
        return strided.Count < 2 ? [] : [.. strided.Select(query => Precision(query, [.. strided.Where(other => other != query)], k))];
    }

    private static double Precision(FrameSequence query, FrameSequence[] others, int k)
    {
        using var scope = TensorScope.Enter();
        var labels = others.SelectMany(other => other.Labels).ToArray();
        var distances = FrameDistance.Matrix(query.Embeddings, Tensor.Cat([.. others.Select(other => other.Embeddings)]));
        return distances.ToArray<float>().Chunk(labels.Length).Zip(query.Labels, Share).DefaultIfEmpty(double.NaN).Average();

        // Equal distances by number of frame.
        double Share(float[] row, int label) => row.Index().OrderBy(one => one.Item).Take(k).Average(one => labels[one.Index] == label ? 1.0 : 0);
    }
}
