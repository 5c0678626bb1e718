namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>What the matching track gives.</summary>
/// <param name="SegmentAveragePrecision">Over covered time; steps of recall may be negative, as in the challenge's code.</param>
/// <param name="Pairs">The descriptor track's measure of the predicted pairs, blind to where.</param>
/// <param name="Missing">Videos of true pairs in no prediction; they stay among those that ought to be found.</param>
public sealed record VscMatchingFigures(double SegmentAveragePrecision, VscDescriptorFigures Pairs, Missing Missing);

/// <summary>The matching track of VSC2022.</summary>
public static class VscMatchingTrack
{
    private const int Axes = 2;

    /// <summary>
    /// Takes predictions by falling score, equal ones together. Precision and recall are the geometric means of both axes': shared over covered and over true
    /// length, where a true segment counts as soon as a prediction of its pair overlaps it on both axes.
    /// </summary>
    /// <param name="truth">True matches; none gives 0.</param>
    /// <param name="predictions">In any order.</param>
    /// <exception cref="ArgumentException">A score is not finite.</exception>
    public static VscMatchingFigures Measure(IReadOnlyList<VscMatch> truth, IReadOnlyList<VscMatch> predictions)
    {
        if (predictions.FirstOrDefault(prediction => !double.IsFinite(prediction.Score)) is { } wrong)
        {
            throw new ArgumentException($"{wrong.Query} and {wrong.Reference}: a score that is not finite", nameof(predictions));
        }

        var pairs = VscDescriptorTrack.Measure(truth, Vsc.Pairs(predictions));
        return new VscMatchingFigures(AveragePrecision(truth, predictions), pairs, pairs.Missing);
    }

    private static double AveragePrecision(IReadOnlyList<VscMatch> truth, IReadOnlyList<VscMatch> predictions)
    {
        var pairs = truth.GroupBy(Key).ToDictionary(pair => pair.Key, pair => new VideoPair([.. pair.Select(match => match.Segment)]));
        var total = Enumerable.Range(0, Axes).Select(axis => pairs.Values.Sum(pair => pair.TruthLength(axis))).ToArray();
        var (shared, covered, recall, sum) = (new double[Axes], new double[Axes], 0.0, 0.0);
        foreach (var group in predictions.GroupBy(prediction => prediction.Score).OrderByDescending(group => group.Key))
        {
            foreach (var added in group.GroupBy(Key, prediction => prediction.Segment))
            {
                var pair = pairs.TryGetValue(added.Key, out var found) ? found : pairs[added.Key] = new VideoPair([]);
                pair.Add(added, shared, covered);
            }

            var next = GeometricMean(shared, total);
            sum += GeometricMean(shared, covered) * (next - recall);
            recall = next;
        }

        return sum;

        static (string, string) Key(VscMatch match) => (match.Query, match.Reference);
    }

    // Nothing shared is 0, whatever it is a part of; differences of sums may miss 0 by a little.
    private static double GeometricMean(double[] parts, double[] wholes) =>
        Math.Sqrt(Enumerable.Range(0, Axes).Aggregate(1.0, (product, axis) => product * (parts[axis] <= 0 || wholes[axis] <= 0 ? 0 : parts[axis] / wholes[axis])));

    // What a pair of videos has covered so far.
    private sealed class VideoPair(SegmentPair[] truth)
    {
        private readonly List<SegmentPair> predictions = [];
        private readonly double[] shared = new double[Axes];
        private readonly double[] covered = new double[Axes];

        public double TruthLength(int axis) => Interval.Union(truth.Select(segment => Side(segment, axis)));

        // Adds what changes to the sums over all pairs.
        public void Add(IEnumerable<SegmentPair> added, double[] sharedInAll, double[] coveredInAll)
        {
            predictions.AddRange(added);
            var considered = truth.Where(segment => predictions.Exists(segment.Overlaps)).ToList();
            for (var axis = 0; axis < Axes; axis++)
            {
                var sides = predictions.ConvertAll(segment => Side(segment, axis));
                var (both, all) = (Interval.Shared(sides, considered.ConvertAll(segment => Side(segment, axis))), Interval.Union(sides));
                sharedInAll[axis] += both - shared[axis];
                coveredInAll[axis] += all - covered[axis];
                (shared[axis], covered[axis]) = (both, all);
            }
        }

        private static Interval Side(SegmentPair segment, int axis) => axis == 0 ? segment.Query : segment.Reference;
    }
}
