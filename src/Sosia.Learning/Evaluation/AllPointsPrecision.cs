using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Learning.Evaluation;

/// <summary>Average precision of detections (PASCAL VOC from 2010 on, AVA).</summary>
public static class AllPointsPrecision
{
    /// <summary>
    /// Area under precision over recall, precision at a recall being the largest at it or beyond; at all points. Equal scores keep the order of the
    /// list (ours).
    /// </summary>
    /// <param name="detections">Score, and whether an object was hit; in any order.</param>
    /// <param name="objects">That there are, hit or not. 0 gives NaN.</param>
    /// <exception cref="ArgumentException">A score is NaN, or more are hit than there are.</exception>
    public static double Of(IReadOnlyList<Judged> detections, int objects)
    {
        if (detections.Any(one => double.IsNaN(one.Score)) || detections.Count(one => one.Relevant) > objects)
        {
            throw new ArgumentException("a score is no number, or more objects are hit than there are", nameof(detections));
        }

        var hits = detections.OrderByDescending(one => one.Score).Select((one, rank) => (one.Relevant, Rank: rank + 1)).Where(one => one.Relevant);
        var precisions = hits.Select((hit, before) => (before + 1.0) / hit.Rank).ToArray(); // after each hit; recall rises there alone
        for (var i = precisions.Length - 2; i >= 0; i--)
        {
            precisions[i] = Math.Max(precisions[i], precisions[i + 1]);
        }

        return objects == 0 ? double.NaN : precisions.Sum() / objects;
    }
}
