using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Learning.Views;

namespace Sosia.Learning.Evaluation.Datasets;

/// <summary>A video whose frames belong to phases.</summary>
/// <param name="Name">Its path in the folder of videos.</param>
/// <param name="IsTraining">Whether models are fitted to its frames; otherwise they are measured on them.</param>
/// <param name="Labels">The phase of each frame from the first on, from 0; -1: none.</param>
public sealed record PhasedVideo(string Name, bool IsTraining, IReadOnlyList<int> Labels);

/// <summary>Videos with phases, as the tasks of CARL take them (Pouring, PennAction).</summary>
/// <param name="Phases">How many: one more than the largest number.</param>
/// <param name="Videos">In the order of the file.</param>
/// <param name="IsDrawn">Whether the file does not say which are for training.</param>
public sealed record FramePhases(int Phases, IReadOnlyList<PhasedVideo> Videos, bool IsDrawn)
{
    private const string Split = "split";
    private const double DrawnShare = 2.0 / 3; // of videos that are trained on where the file does not say it (ours)
    private const int MostFrames = 1 << 20;

    /// <summary>
    /// Reads comma-separated values under the header <c>video,frame,phase</c>, and <c>split</c> where it is known: <c>train</c> or <c>val</c>. Without it the
    /// videos for training are drawn, two thirds of them, so that two are left wherever there are three or more.
    /// </summary>
    /// <param name="path">Frames count from 0; phases too, and a phase below 0 is none.</param>
    /// <param name="seed">Of the draw.</param>
    /// <exception cref="AnnotationException">It cannot be read, a value is none, or a frame or a video is given twice, differently.</exception>
    public static FramePhases Read(string path, int seed = 0)
    {
        var rows = AnnotationTable.Rows(path, "video", "frame", "phase").ToList();
        var isDrawn = rows.Count == 0 || !rows[0].Columns.ContainsKey(Split);
        var groups = rows.GroupBy(row => row.Text("video"), StringComparer.Ordinal).ToList();
        var trained = isDrawn ? Drawn(groups.Count, seed) : [];
        var videos = groups.Select((rows, i) => new PhasedVideo(rows.Key, isDrawn ? trained.Contains(i) : IsTraining(rows), Labels(rows))).ToList();
        return new FramePhases(videos.SelectMany(video => video.Labels).DefaultIfEmpty(-1).Max() + 1, videos, isDrawn);
    }

    private static HashSet<long> Drawn(int count, int seed) =>
        [.. new SampleRandom(seed, 0, 0).Order(count).Take(Math.Max(1, Math.Min((int)Math.Round(DrawnShare * count), count - 2)))];

    private static bool IsTraining(IEnumerable<AnnotationRow> rows)
    {
        var first = rows.First().Text(Split);
        foreach (var row in rows)
        {
            var split = row.Text(Split);
            if (split is not ("train" or "val") || split != first)
            {
                throw row.Line.Wrong(split == first ? $"{Split} is train or val, not {AnnotationLine.Shown(split)}" : $"a video is {first} or {AnnotationLine.Shown(split)}, not both");
            }
        }

        return first == "train";
    }

    private static int[] Labels(IEnumerable<AnnotationRow> rows)
    {
        var labels = new SortedDictionary<int, int>();
        foreach (var row in rows)
        {
            var (frame, phase) = (Whole(row, "frame"), Whole(row, "phase"));
            if (frame is < 0 or > MostFrames || !labels.TryAdd(frame, Math.Max(phase, -1)))
            {
                throw row.Line.Wrong(frame is < 0 or > MostFrames ? $"a frame counts from 0 to {MostFrames}" : $"frame {frame} twice");
            }
        }

        return [.. Enumerable.Range(0, labels.Keys.Last() + 1).Select(frame => labels.GetValueOrDefault(frame, -1))];
    }

    private static int Whole(AnnotationRow row, string column) => row.Number(column) is var number && number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue
        ? (int)number
        : throw row.Line.Wrong($"{column} is no whole number");
}
