using System.Globalization;

namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>One of the 24 sets of CC_WEB_VIDEO.</summary>
/// <param name="Query">Number of its query video, which is one of its positives.</param>
/// <param name="Labels">E (exact), S (similar), V (version), M (major change), L (long version) or X (none of these), for each annotated video.</param>
/// <param name="Excluded">Videos that the clean form does not know.</param>
public sealed record CcWebSet(string Query, IReadOnlyDictionary<string, char> Labels, IReadOnlySet<string> Excluded)
{
    private const string PositiveLabels = "ESVML";

    /// <summary>Labelled E, S, V, M or L.</summary>
    public IEnumerable<string> Positives => Labels.Where(video => PositiveLabels.Contains(video.Value)).Select(video => video.Key);
}

/// <summary>The four figures of CC_WEB_VIDEO: means over the queries with results; NaN where there are none.</summary>
/// <param name="Plain">CC_WEB: the videos annotated for the query's set are ranked.</param>
/// <param name="Star">CC_WEB*: the whole collection is.</param>
/// <param name="Clean">CC_WEB without the excluded videos.</param>
/// <param name="StarClean">CC_WEB* without the excluded videos.</param>
/// <param name="Ties">Groups of equal scores that hold a positive, in the lists of <paramref name="Star"/>.</param>
/// <param name="Missing">Positives without a result stay among those that ought to be found.</param>
public sealed record CcWebFigures(double Plain, double Star, double Clean, double StarClean, int Ties, Missing Missing);

/// <summary>CC_WEB_VIDEO (Wu, Hauptmann and Ngo 2007).</summary>
/// <param name="Sets">By number, from 1.</param>
/// <param name="Collection">Numbers of all videos, with the names of their files.</param>
public sealed record CcWebVideo(IReadOnlyList<CcWebSet> Sets, IReadOnlyDictionary<string, string> Collection)
{
    /// <summary>
    /// Reads <c>Video_List.txt</c> (number, set, status, file name), <c>Seed.txt</c> (set, number of the query) and <c>GT/GT_1.rst</c> .. (number, label), all
    /// with tabs. Label -1 (the video is gone) is as no label.
    /// </summary>
    /// <param name="folder">The published layout.</param>
    /// <param name="excluded">Lines of a set and the number of an excluded video, with a tab (ours; published as part of ViSiL only); null: none.</param>
    /// <exception cref="AnnotationException">A file cannot be read, or is something else.</exception>
    public static CcWebVideo Read(string folder, string? excluded = null)
    {
        var collection = Collect(Path.Combine(folder, "Video_List.txt"));
        var left = excluded is null
            ? null
            : AnnotationFile.Lines(excluded).Select(line => line.Parts(2, '\t')).ToLookup(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        var sets = new List<CcWebSet>();
        foreach (var line in AnnotationFile.Lines(Path.Combine(folder, "Seed.txt")))
        {
            var parts = line.Text.Split('\t', StringSplitOptions.TrimEntries);
            var number = (sets.Count + 1).ToString(CultureInfo.InvariantCulture);
            if (parts.Length < 2 || parts[0] != number || !collection.ContainsKey(parts[1]))
            {
                throw line.Wrong($"set {number} and the number of a video of Video_List.txt belong here: {AnnotationLine.Shown(line.Text)}");
            }

            var labels = Label(Path.Combine(folder, "GT", $"GT_{number}.rst"));
            sets.Add(new CcWebSet(parts[1], labels, left?[number].ToHashSet(StringComparer.Ordinal) ?? []));
        }

        return sets.Count > 0
            ? new CcWebVideo(sets, collection)
            : throw new AnnotationException(Path.Combine(folder, "Seed.txt"), 0, "it names no query");
    }

    /// <summary>The four figures. The query itself is ranked like any other video.</summary>
    /// <param name="results">For the number of each query, videos by their numbers; equal scores keep this order.</param>
    /// <exception cref="ArgumentException">A video stands twice in a list, or a score is NaN.</exception>
    public CcWebFigures Measure(IReadOnlyDictionary<string, IReadOnlyList<ScoredVideo>> results)
    {
        var sets = Sets.Where(set => results.ContainsKey(set.Query)).ToList();
        var missing = sets.SelectMany(set => set.Positives.Except(results[set.Query].Select(scored => scored.Video), StringComparer.Ordinal));
        return new CcWebFigures(
            Mean(false, false),
            Mean(true, false),
            Mean(false, true),
            Mean(true, true),
            sets.Sum(set => Precision(set, results[set.Query], true, false).Ties),
            new Missing(
                [.. Sets.Select(set => set.Query).Where(query => !results.ContainsKey(query))],
                [.. missing.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                MissingTreatment.NotFound));

        double Mean(bool all, bool clean) => Retrieval.Mean(sets.Select(set => Precision(set, results[set.Query], all, clean).Value));
    }

    private RankedPrecision Precision(CcWebSet set, IReadOnlyList<ScoredVideo> list, bool all, bool clean)
    {
        var positive = set.Positives.Where(Counts).ToHashSet(StringComparer.Ordinal);
        var judged = Retrieval.Judge(
            set.Query, list, video => (set.Labels.ContainsKey(video) || (all && Collection.ContainsKey(video))) && Counts(video), positive.Contains);
        return AveragePrecision.Ranked(judged, positive.Count);

        bool Counts(string video) => !clean || !set.Excluded.Contains(video);
    }

    private static OrderedDictionary<string, string> Collect(string path)
    {
        var collection = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in AnnotationFile.Lines(path))
        {
            var parts = line.Text.Split('\t', StringSplitOptions.TrimEntries);
            if (parts.Length < 4 || !collection.TryAdd(parts[0], parts[3]))
            {
                throw line.Wrong(parts.Length < 4 ? $"{parts.Length} values where 4 belong" : $"video {AnnotationLine.Shown(parts[0])} twice");
            }
        }

        return collection;
    }

    private static Dictionary<string, char> Label(string path)
    {
        var labels = new Dictionary<string, char>(StringComparer.Ordinal);
        foreach (var line in AnnotationFile.Lines(path))
        {
            var parts = line.Parts(2);
            if (parts[1] == "-1")
            {
                continue;
            }

            if (parts[1].Length != 1 || !"ESVMLXx".Contains(parts[1][0]))
            {
                throw line.Wrong($"label {AnnotationLine.Shown(parts[1])} is none of E, S, V, M, L, X and -1");
            }

            if (!labels.TryAdd(parts[0], char.ToUpperInvariant(parts[1][0])))
            {
                throw line.Wrong($"video {AnnotationLine.Shown(parts[0])} twice");
            }
        }

        return labels;
    }
}
