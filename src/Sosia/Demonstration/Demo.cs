using System.Globalization;
using Sosia.Reports;

namespace Sosia;

/// <summary>Judges the answers about the demo's own videos by what is known of them.</summary>
public static class Demo
{
    private const double Tolerance = 1.0; // seconds, at both ends of a stretch

    // What frame hashes are known not to see; a better model finds more, and then says so.
    private static readonly Dictionary<string, string[]> BeyondEmbedder = new(StringComparer.Ordinal) { ["pdq"] = ["crop", "letterbox"] };

    /// <summary>One line a copy: whether it was found with its original, and with the right seconds.</summary>
    /// <param name="videos">What was made.</param>
    /// <param name="found">What `duplicates` answered.</param>
    /// <param name="embedder">Whose answer it is.</param>
    public static IReadOnlyList<DemoCheck> Checks(DemoVideos videos, DuplicatesResult found, IEmbedder embedder)
    {
        var pairs = found.Groups.SelectMany(g => g.Pairs).ToArray();
        var checks = videos.Copies.Select(copy => Check(copy, pairs, embedder)).ToList();
        checks.AddRange(pairs.Where(p => !AreRelated(p, videos)).Select(p =>
            new DemoCheck("none", Name(p.B.Path), $"nothing of {Name(p.A.Path)}", Times(p.Segments[0]), DemoOutcome.Wrong)));
        return checks;
    }

    private static DemoCheck Check(DemoCopy copy, VideoPair[] pairs, IEmbedder embedder)
    {
        var truth = copy.Truth[0];
        var wanted = $"{Name(truth.Original)} {Range(truth.Stretch.SourceStart, truth.Stretch.SourceEnd)}";
        var pair = pairs.Select(p => Turned(p, copy.Path)).FirstOrDefault(p => p?.B.Path == truth.Original);
        if (pair is null)
        {
            return new DemoCheck(copy.Edit, Name(copy.Path), wanted, "not found", IsBeyond(copy, embedder) ? DemoOutcome.BeyondEmbedder : DemoOutcome.Wrong);
        }

        var segment = pair.Segments.MinBy(s => Error(s, truth.Stretch))!;
        var right = Error(segment, truth.Stretch) <= Tolerance && segment.Mirrored == truth.Stretch.Mirrored;
        return new DemoCheck(copy.Edit, Name(copy.Path), wanted, Times(segment), right ? DemoOutcome.Found : DemoOutcome.Wrong);
    }

    private static bool IsBeyond(DemoCopy copy, IEmbedder embedder) =>
        BeyondEmbedder.TryGetValue(embedder.Model, out var edits) && edits.Contains(copy.Edit, StringComparer.Ordinal);

    // The pair told from the copy.
    private static VideoPair? Turned(VideoPair pair, string copy) =>
        pair.A.Path == copy ? pair : pair.B.Path == copy ? pair.Turned() : null;

    private static double Error(CopiedSegment found, Sosia.Video.CopiedStretch truth) => new[]
    {
        Math.Abs(found.Query.Start - truth.CopyStart), Math.Abs(found.Query.End - truth.CopyEnd),
        Math.Abs(found.Reference.Start - truth.SourceStart), Math.Abs(found.Reference.End - truth.SourceEnd),
    }.Max();

    // Two files share something when an original is in both.
    private static bool AreRelated(VideoPair pair, DemoVideos videos) =>
        OriginalsIn(pair.A.Path, videos).Intersect(OriginalsIn(pair.B.Path, videos), StringComparer.Ordinal).Any();

    private static IEnumerable<string> OriginalsIn(string path, DemoVideos videos) =>
        videos.Copies.FirstOrDefault(c => c.Path == path)?.Truth.Select(t => t.Original) ?? [path];

    private static string Name(string path) => Path.GetFileName(path);

    private static string Times(CopiedSegment s) =>
        $"{Range(s.Query.Start, s.Query.End)} is {Range(s.Reference.Start, s.Reference.End)}"
        + (s.IsSpeedChanged() ? string.Create(CultureInfo.InvariantCulture, $", speed {s.Speed:0.00}") : "")
        + (s.Variant == QueryVariant.Plain ? "" : $", {s.Variant.Name}");

    private static string Range(double start, double end) => string.Create(CultureInfo.InvariantCulture, $"{start:0.0}-{end:0.0} s");
}
