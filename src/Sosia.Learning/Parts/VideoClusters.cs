namespace Sosia.Learning.Parts;

/// <summary>Which videos belong together, as SLIC's positives and labels need it (Khorasgani et al. 2022): as it is at one time, read by many threads.</summary>
public sealed class VideoClusters
{
    private readonly Dictionary<long, int> clusters = [];
    private readonly Dictionary<int, long[]> members;

    /// <summary>Of numbered videos.</summary>
    /// <param name="videos">Numbers, each once.</param>
    /// <param name="labels">The cluster of each.</param>
    /// <exception cref="ArgumentException">They are not as many, or a video comes twice.</exception>
    public VideoClusters(IReadOnlyList<long> videos, IReadOnlyList<int> labels)
    {
        if (videos.Count != labels.Count)
        {
            throw new ArgumentException($"{videos.Count} videos have {labels.Count} labels", nameof(labels));
        }

        foreach (var (video, label) in videos.Zip(labels))
        {
            clusters.Add(video, label);
        }

        members = clusters.GroupBy(one => one.Value).ToDictionary(group => group.Key, group => group.Select(one => one.Key).Order().ToArray());
    }

    /// <summary>The cluster of a video; a video that is in none is a cluster of its own, below 0.</summary>
    public long Label(long video) => clusters.TryGetValue(video, out var label) ? label : -1 - video;

    /// <summary>The video of the positive: the anchor's own, or another of its cluster; its own where it is alone.</summary>
    /// <param name="video">The anchor's.</param>
    /// <param name="same">p_same: how likely it is the anchor's own.</param>
    /// <param name="type">Uniform in [0, 1): decides that.</param>
    /// <param name="pick">Uniform in [0, 1): which other.</param>
    public long Positive(long video, double same, double type, double pick) => type < same ? video : Another(video, pick);

    /// <summary>Another video of its cluster; its own where it is alone.</summary>
    /// <param name="video">Its number.</param>
    /// <param name="pick">Uniform in [0, 1): which other.</param>
    public long Another(long video, double pick)
    {
        if (!clusters.TryGetValue(video, out var label) || members[label] is not { Length: > 1 } all)
        {
            return video;
        }

        var i = (int)(pick * (all.Length - 1)); // of the others, in rising order
        return all[i] < video ? all[i] : all[i + 1];
    }
}
