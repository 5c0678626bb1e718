using System.Globalization;
using Sosia.Library;

namespace Sosia.Bench;

/// <summary>
/// What is found of edited copies whose truth is known: micro-AP, recall at 99 and 90 % precision (Pizzi et al. 2022), recall by kind of edit, and how many ends are right.
/// The truth is a CSV of <c>copy_file,copy_start,copy_end,source_file,source_start,source_end,edits</c> beside the copies.
/// </summary>
internal static class CopiesScenario
{
    private const double RightEnd = 1; // second

    private sealed record Truth(string Copy, double Start, double End, string Source, string Edit);

    private sealed record Answer(string Copy, string Source, double Score, CopiedSegment Segment, Truth? Truth);

    /// <param name="embedder">What the originals and the copies are read with.</param>
    /// <param name="copies">Folder of the copies, with truth.csv.</param>
    /// <param name="originals">Folders of originals; the first holds the sources of the copies.</param>
    public static void Run(IEmbedder embedder, string copies, string[] originals)
    {
        var truth = File.ReadLines(Path.Combine(copies, "truth.csv")).Skip(1).Select(Parse).ToArray();
        var place = Directory.CreateTempSubdirectory("sosia-bench-");
        try
        {
            using var library = VideoLibrary.Create(Path.Combine(place.FullName, "library"), embedder.Identity);
            Ingest.Add(library, embedder, originals, new IngestOptions([], Environment.ProcessorCount));
            using var finder = new Finder(library, embedder, Environment.ProcessorCount);
            var answers = truth.Select(t => t.Copy).Distinct(StringComparer.Ordinal).SelectMany(c => Answers(finder, copies, c, truth)).ToArray();
            Print(truth, answers, library);
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    private static Truth Parse(string line)
    {
        var cells = line.Split(',');
        return new Truth(cells[0], Number(cells[1]), Number(cells[2]), cells[3], cells[6].Split(':')[0]);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<Answer> Answers(Finder finder, string folder, string copy, Truth[] truth) =>
        finder.Find(Path.Combine(folder, copy)).Matches.Select(m =>
        {
            var source = Path.GetFileName(m.Video.Path);
            return new Answer(copy, source, m.Score, m.Segments[0], Array.Find(truth, t => t.Copy == copy && t.Source == source));
        });

    private static void Print(Truth[] truth, Answer[] answers, VideoLibrary library)
    {
        var wanted = truth.DistinctBy(t => (t.Copy, t.Source)).ToArray();
        var ranked = answers.OrderByDescending(a => a.Score).ThenBy(a => a.Copy, StringComparer.Ordinal).ToArray();
        var (found, precisionSum, at99, at90) = (0, 0.0, 0, 0);
        for (var i = 0; i < ranked.Length; i++)
        {
            if (ranked[i].Truth is not null)
            {
                found++;
                precisionSum += found / (i + 1.0);
            }

            at99 = found >= 0.99 * (i + 1) ? found : at99;
            at90 = found >= 0.9 * (i + 1) ? found : at90;
        }

        double Share(double value) => value / wanted.Length;
        Console.WriteLine($"{library.Embedder.Name}, {library.Status().Videos} originals, {wanted.Length} true answers");
        Console.WriteLine($"micro-AP {Share(precisionSum):F3}, recall at 99 % precision {Share(at99):F3}, at 90 % {Share(at90):F3}");
        Console.WriteLine($"{found} found, {ranked.Length - found} false; both ends within {RightEnd} s: {answers.Count(HasRightEnds)}");
        foreach (var wrong in ranked.Where(a => a.Truth is null))
        {
            Console.WriteLine($"false: {wrong.Score:F3} {wrong.Copy} {wrong.Source}");
        }

        Console.WriteLine();
        Console.WriteLine("| edit | found |");
        Console.WriteLine("| --- | --- |");
        foreach (var kind in wanted.GroupBy(t => t.Edit, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            Console.WriteLine($"| {kind.Key} | {kind.Count(t => answers.Any(a => a.Copy == t.Copy && a.Source == t.Source))} of {kind.Count()} |");
        }
    }

    private static bool HasRightEnds(Answer answer) =>
        answer.Truth is { } truth
        && Math.Abs(answer.Segment.Query.Start - truth.Start) <= RightEnd
        && Math.Abs(answer.Segment.Query.End - truth.End) <= RightEnd;
}
