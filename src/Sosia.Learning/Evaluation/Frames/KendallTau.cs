using Sosia.Torch;

namespace Sosia.Learning.Evaluation.Frames;

/// <summary>How well the order of time is kept when each frame of a video goes to its nearest frame of another one (Dwibedi et al. 2019; tau-b as in CARL's code).</summary>
public static class KendallTau
{
    /// <summary>The mean over all ordered pairs of different videos; NaN where none is defined.</summary>
    /// <param name="videos">n x D each.</param>
    /// <param name="stride">Every so many frames are looked at: 5 for Pouring, 2 for PennAction.</param>
    public static double Mean(IReadOnlyList<Tensor> videos, int stride = 1) =>
        Pairs(videos, stride).Where(tau => !double.IsNaN(tau)).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Of each ordered pair of different videos, by query and then candidate; NaN where undefined.</summary>
    /// <param name="videos">n x D each.</param>
    /// <param name="stride">Every so many frames are looked at.</param>
    public static IReadOnlyList<double> Pairs(IReadOnlyList<Tensor> videos, int stride = 1)
    {
        using var scope = TensorScope.Enter();
        var strided = videos.Select(video => video.Slice(0, step: stride)).ToList();
        return [.. strided.SelectMany((query, i) => strided.Where((_, j) => j != i).Select(candidate => Of(Nearest(query, candidate))))];
    }

    /// <summary>For each frame the nearest one of another video, the first of equal ones.</summary>
    /// <param name="query">n x D.</param>
    /// <param name="candidate">m x D.</param>
    public static int[] Nearest(Tensor query, Tensor candidate)
    {
        using var scope = TensorScope.Enter();
        return Array.ConvertAll(FrameDistance.Matrix(query, candidate).ArgMin(1).ToArray<long>(), frame => (int)frame);
    }

    /// <summary>tau-b between the order of time and the frames found: (con - dis) / sqrt(n0 (n0 - ties)), n0 = n (n - 1) / 2. NaN where all are equal.</summary>
    /// <param name="frames">Found for frame 0, 1 ..</param>
    public static double Of(IReadOnlyList<int> frames)
    {
        long order = 0, ties = 0;
        for (var i = 0; i < frames.Count; i++)
        {
            for (var j = i + 1; j < frames.Count; j++)
            {
                order += Math.Sign(frames[j] - frames[i]);
                ties += frames[j] == frames[i] ? 1 : 0;
            }
        }

        var pairs = frames.Count * (frames.Count - 1L) / 2;
        return order / Math.Sqrt((double)pairs * (pairs - ties)); // 0 / 0 is NaN
    }
}
