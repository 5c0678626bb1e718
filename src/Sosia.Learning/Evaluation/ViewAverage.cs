using Sosia.Torch;

namespace Sosia.Learning.Evaluation;

/// <summary>What the scores of a video's views are averaged as; the two rank classes differently.</summary>
public enum ViewMean
{
    /// <summary>Probabilities: the softmax of each view.</summary>
    Probability,

    /// <summary>Logits, as some published code does.</summary>
    Logit,
}

/// <summary>The scores of a video from those of its views: clips, crops, or both.</summary>
public static class ViewAverage
{
    /// <summary>Means over the views of each video.</summary>
    /// <param name="logits">V x classes.</param>
    /// <param name="videos">Of each view the number of its video, from 0; every one has a view.</param>
    /// <param name="mean">Of what.</param>
    /// <returns>Videos x classes.</returns>
    /// <exception cref="ArgumentException">There are not V numbers, or a video has no view.</exception>
    public static Tensor Of(Tensor logits, IReadOnlyList<int> videos, ViewMean mean = ViewMean.Probability)
    {
        if (logits.Rank != 2 || logits.Size(0) != videos.Count || videos.Count == 0)
        {
            throw new ArgumentException($"{videos.Count} numbers of videos for logits of {string.Join(" x ", logits.Shape)}", nameof(videos));
        }

        var views = new long[videos.Max() + 1];
        foreach (var video in videos)
        {
            views[video]++;
        }

        if (Array.IndexOf(views, 0) is >= 0 and var without)
        {
            throw new ArgumentException($"video {without} has no view", nameof(videos));
        }

        using var scope = TensorScope.Enter();
        var scores = mean == ViewMean.Probability ? logits.Softmax(1) : logits;
        var sums = Tensor.Zeros([views.Length, logits.Size(1)], logits.Type, logits.Device)
            .IndexAddInPlace(0, Tensor.Of([.. videos.Select(video => (long)video)], videos.Count).To(logits.Device), scores);
        return scope.Keep(sums / Tensor.Of(views, views.Length, 1).To(logits.Device));
    }
}
