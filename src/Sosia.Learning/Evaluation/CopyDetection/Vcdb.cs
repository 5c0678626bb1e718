namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>A stretch that two videos share.</summary>
/// <param name="Topic">Of the file that names it.</param>
/// <param name="A">First video.</param>
/// <param name="B">Second video.</param>
/// <param name="Segment">Where, in A and in B; seconds.</param>
public sealed record VcdbCopy(string Topic, string A, string B, SegmentPair Segment);

/// <summary>A stretch that is said to be shared.</summary>
/// <param name="A">A video.</param>
/// <param name="B">Another one; which is first does not matter.</param>
/// <param name="Segment">Where, in A and in B; seconds.</param>
/// <param name="Score">Larger is surer.</param>
public sealed record VcdbDetection(string A, string B, SegmentPair Segment, double Score);

/// <summary>Figures at a threshold.</summary>
/// <param name="Threshold">Detections of this score or more are taken.</param>
/// <param name="Precision">Correct detections over detections.</param>
/// <param name="Recall">Copies that some detection overlaps, over copies.</param>
/// <param name="F1">Harmonic mean of both.</param>
public readonly record struct ThresholdFigures(double Threshold, double Precision, double Recall, double F1);

/// <summary>What VCDB's segments give.</summary>
/// <param name="Curve">At each score, falling.</param>
/// <param name="Missing">Copies in videos without any detection stay among those that ought to be found; the videos are named.</param>
public sealed record VcdbFigures(IReadOnlyList<ThresholdFigures> Curve, Missing Missing)
{
    /// <summary>The figures of the best F1, at the highest such threshold; all zero without detections.</summary>
    public ThresholdFigures Best => Curve.DefaultIfEmpty().MaxBy(point => point.F1);
}

/// <summary>The core set of VCDB (Jiang, Jiang and Wang 2014).</summary>
/// <param name="Copies">In the order of the files.</param>
/// <param name="Dropped">Lines that the set-up of LAMV removes as faulty.</param>
public sealed record Vcdb(IReadOnlyList<VcdbCopy> Copies, IReadOnlyList<string> Dropped)
{
    // The set-up script of LAMV (Baraldi et al. 2018) deletes these, by topic and line.
    private static readonly HashSet<(string, string)> Faulty =
    [
        ("mr_and_mrs_smith_tango", "38f11a4162d8e94227ac644f117f942735b9a504.mp4,bf582249cfc79d691195a8681961029cc5149a76.flv,00:02:35,00:03:15,00:01:04,00:03:18"),
        ("obama_kicks_door", "14c262ea09b4ca66feb7e88cf57e0faaeacc301f.mp4,f150e062960b477adcac3f12ef4543337f5a91a4.flv,00:00:19,00:00:33,00:00:00,00:00:14"),
        ("run_forrest_fun", "067fb2aa9623905a42a2b0b286de1386e45c5bf8.flv,8f19329946455ae5c2c7b788ea6f6513bf5e1c9a.flv,00:01:06,00:02:18,00:00:05,00:01:17"),
    ];

    /// <summary>Videos that share a stretch with another one, or with themselves: the queries.</summary>
    public IReadOnlySet<string> Videos => Copies.SelectMany(copy => new[] { copy.A, copy.B }).ToHashSet(StringComparer.Ordinal);

    /// <summary>Reads a folder of <c>topic.txt</c>, lines <c>a.flv,b.mp4,hh:mm:ss,hh:mm:ss,hh:mm:ss,hh:mm:ss</c>: start and end in a, then in b.</summary>
    /// <exception cref="AnnotationException">There are none, or one is something else.</exception>
    public static Vcdb Read(string folder)
    {
        var (copies, dropped) = (new List<VcdbCopy>(), new List<string>());
        foreach (var line in AnnotationFile.Files(folder, "*.txt").SelectMany(AnnotationFile.Lines))
        {
            var topic = Path.GetFileNameWithoutExtension(line.File);
            if (Faulty.Contains((topic, line.Text)))
            {
                dropped.Add(line.Text);
                continue;
            }

            var parts = line.Parts(6, ',');
            if (parts[0].Length == 0 || parts[1].Length == 0)
            {
                throw line.Wrong("a video has no name");
            }

            copies.Add(new VcdbCopy(topic, parts[0], parts[1], new SegmentPair(Span(line, parts[2], parts[3]), Span(line, parts[4], parts[5]))));
        }

        return new Vcdb(copies, dropped);
    }

    /// <summary>
    /// Precision and recall of segments over thresholds (LAMV's criterion on lists of detections; ours): a detection is correct when it overlaps a copy of its
    /// pair on both sides.
    /// </summary>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public VcdbFigures Segments(IReadOnlyList<VcdbDetection> detections)
    {
        if (detections.Any(detection => double.IsNaN(detection.Score)))
        {
            throw new ArgumentException("a score is no number", nameof(detections));
        }

        var truth = Copies.ToLookup(copy => Pair(copy.A, copy.B), copy => copy.A == Pair(copy.A, copy.B).First ? copy.Segment : copy.Segment.Swapped);
        var open = truth.ToDictionary(pair => pair.Key, pair => pair.ToList());
        var (curve, taken, correct, found) = (new List<ThresholdFigures>(), 0, 0, 0);
        foreach (var group in detections.GroupBy(detection => detection.Score).OrderByDescending(group => group.Key))
        {
            foreach (var detection in group)
            {
                var pair = Pair(detection.A, detection.B);
                var segment = detection.A == pair.First ? detection.Segment : detection.Segment.Swapped;
                taken++;
                correct += truth[pair].Any(segment.Overlaps) ? 1 : 0;
                found += open.TryGetValue(pair, out var left) ? left.RemoveAll(segment.Overlaps) : 0;
            }

            curve.Add(At(group.Key, (double)correct / taken, Copies.Count == 0 ? 0 : (double)found / Copies.Count));
        }

        var detected = detections.SelectMany(detection => new[] { detection.A, detection.B }).ToHashSet(StringComparer.Ordinal);
        return new VcdbFigures(curve, new Missing([], [.. Videos.Where(video => !detected.Contains(video)).Order(StringComparer.Ordinal)], MissingTreatment.NotFound));
    }

    /// <summary>Retrieval of whole videos (s2vs): positives of a core video are those that share a stretch with it. Mean and micro average precision.</summary>
    /// <param name="results">For each core video its list.</param>
    /// <param name="videos">The core videos, and for VCDB-DIST the distractors.</param>
    /// <exception cref="ArgumentException">A video stands twice in a list, or a score is NaN.</exception>
    public RetrievalFigures Retrieve(IReadOnlyDictionary<string, IReadOnlyList<ScoredVideo>> results, VideoSet videos)
    {
        var positives = Copies
            .SelectMany(copy => new[] { (Query: copy.A, Video: copy.B), (Query: copy.B, Video: copy.A) })
            .ToLookup(pair => pair.Query, pair => pair.Video, StringComparer.Ordinal);
        return Retrieval.Measure(
            "VCDB", positives.Select(query => KeyValuePair.Create(query.Key, (IReadOnlySet<string>)query.ToHashSet(StringComparer.Ordinal))), results, videos);
    }

    private static (string First, string Second) Pair(string a, string b) => string.CompareOrdinal(a, b) <= 0 ? (a, b) : (b, a);

    private static ThresholdFigures At(double threshold, double precision, double recall) =>
        new(threshold, precision, recall, precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall));

    private static Interval Span(AnnotationLine line, string start, string end)
    {
        var span = new Interval(Seconds(line, start), Seconds(line, end));
        return span.Length >= 0 ? span : throw line.Wrong($"{start} to {end}: the end is before the start");
    }

    private static double Seconds(AnnotationLine line, string time)
    {
        var parts = time.Split(':');
        return parts.Length == 3 && parts.All(part => part.Length is > 0 and <= 4 && part.All(char.IsAsciiDigit))
            ? parts.Aggregate(0, (seconds, part) => (60 * seconds) + int.Parse(part))
            : throw line.Wrong($"{AnnotationLine.Shown(time)} is no time hh:mm:ss");
    }
}
