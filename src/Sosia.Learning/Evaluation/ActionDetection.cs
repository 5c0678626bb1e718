using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Learning.Evaluation;

/// <summary>A part of a picture, from 0 to 1 of its sides.</summary>
public readonly record struct ActionRegion(double Top, double Left, double Bottom, double Right)
{
    /// <summary>Shared area over the area of both together; 0 where both are empty.</summary>
    public double Overlap(ActionRegion other)
    {
        var shared = new ActionRegion(Math.Max(Top, other.Top), Math.Max(Left, other.Left), Math.Min(Bottom, other.Bottom), Math.Min(Right, other.Right)).Area;
        var union = Area + other.Area - shared;
        return union <= 0 ? 0 : shared / union;
    }

    private double Area => Math.Max(0, Bottom - Top) * Math.Max(0, Right - Left);
}

/// <summary>Somebody who does something in a picture.</summary>
/// <param name="Image">Which picture.</param>
/// <param name="Action">The class.</param>
/// <param name="Region">Where.</param>
/// <param name="Score">Of a detection.</param>
public readonly record struct ActionBox(string Image, int Action, ActionRegion Region, double Score = 1);

/// <summary>What frame mAP is made of.</summary>
/// <param name="Hits">Of each detection whether it hit a true box.</param>
/// <param name="Precisions">Average precision of each class that has a true box.</param>
public sealed record ActionDetectionFigures(IReadOnlyList<bool> Hits, IReadOnlyDictionary<int, double> Precisions)
{
    /// <summary>Frame mAP, 0 to 1; NaN where there is no true box.</summary>
    public double MeanAveragePrecision => Precisions.Values.DefaultIfEmpty(double.NaN).Average();
}

/// <summary>Detection of actions in single frames (AVA, Gu et al. 2018; the official evaluation).</summary>
public static class ActionDetection
{
    /// <summary>
    /// Frame mAP. In each picture and class, by falling score, a detection takes the true box of largest overlap if that overlap is enough and the box
    /// is still free; otherwise it is false, even where another true box would do.
    /// </summary>
    /// <param name="truth">True boxes.</param>
    /// <param name="detections">Equal scores keep this order (ours).</param>
    /// <param name="overlap">Enough.</param>
    /// <param name="classes">Those that are measured, 60 of AVA's 80; null: all.</param>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public static ActionDetectionFigures Measure(
        IReadOnlyList<ActionBox> truth, IReadOnlyList<ActionBox> detections, double overlap = 0.5, IReadOnlySet<int>? classes = null)
    {
        var boxes = truth.Where(box => classes?.Contains(box.Action) ?? true).ToLookup(box => (box.Image, box.Action), box => box.Region);
        var hits = new bool[detections.Count];
        foreach (var group in detections.Index().GroupBy(one => (one.Item.Image, one.Item.Action)))
        {
            Match(group.OrderByDescending(one => one.Item.Score), [.. boxes[group.Key]]);
        }

        var judged = detections.Zip(hits).ToLookup(one => one.First.Action, one => new Judged(one.First.Score, one.Second));
        var counts = boxes.GroupBy(group => group.Key.Action, group => group.Count());
        return new ActionDetectionFigures(
            hits, counts.OrderBy(action => action.Key).ToDictionary(action => action.Key, action => AllPointsPrecision.Of([.. judged[action.Key]], action.Sum())));

        void Match(IEnumerable<(int Index, ActionBox Item)> falling, ActionRegion[] wanted)
        {
            var taken = new bool[wanted.Length];
            foreach (var (index, detection) in falling.Where(_ => wanted.Length > 0))
            {
                var (nearest, region) = wanted.Index().MaxBy(box => box.Item.Overlap(detection.Region));
                hits[index] = !taken[nearest] && region.Overlap(detection.Region) >= overlap;
                taken[nearest] |= hits[index];
            }
        }
    }
}
