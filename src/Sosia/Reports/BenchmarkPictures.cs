using System.Collections.Concurrent;
using Sosia.Matching;
using Sosia.Video;

namespace Sosia.Reports;

/// <summary>Frames of a stretch, left to right.</summary>
/// <param name="Path">The video.</param>
/// <param name="Stretch">Seconds of it.</param>
/// <param name="Backwards">The last first, as a reversed copy shows them.</param>
internal readonly record struct Film(string Path, Stretch Stretch, bool Backwards = false);

/// <summary>A true answer that was missed, or a false one: the stretch of the copy beside that of the original.</summary>
/// <param name="Pair">The pair.</param>
/// <param name="Rank">Its place among all answers of the model, from 1; null where it was not examined.</param>
/// <param name="Copy">What the copy shows.</param>
/// <param name="Original">What the original shows.</param>
internal sealed record BenchmarkCase(BenchmarkPair Pair, int? Rank, Film Copy, Film Original);

/// <summary>The worst answers of a benchmark, and their pictures.</summary>
internal sealed class BenchmarkPictures
{
    /// <summary>The most misses of a model that are shown, and the most false alarms.</summary>
    internal const int MostCases = 12;

    /// <summary>Frames of a film.</summary>
    internal const int Frames = 6;

    private const int FrameWidth = 128; // pixels

    private readonly ConcurrentDictionary<Film, (byte[] Jpeg, double Aspect)> films = new();

    private BenchmarkPictures(IReadOnlyList<(IReadOnlyList<BenchmarkCase> Misses, IReadOnlyList<BenchmarkCase> Alarms)> models) => Models = models;

    /// <summary>In the order of the models; the worst first.</summary>
    internal IReadOnlyList<(IReadOnlyList<BenchmarkCase> Misses, IReadOnlyList<BenchmarkCase> Alarms)> Models { get; }

    /// <summary>The films that could be made, each with the width of its frames over their height.</summary>
    internal IReadOnlyDictionary<Film, (byte[] Jpeg, double Aspect)> Films => films;

    internal static BenchmarkPictures Of(BenchmarkResult result, CancellationToken stop)
    {
        var pictures = new BenchmarkPictures([.. result.Models.Select(m => (Misses(m, result.Set), Alarms(m, result.Set)))]);
        var wanted = pictures.Models.SelectMany(m => m.Misses.Concat(m.Alarms)).SelectMany(c => new[] { c.Copy, c.Original }).Distinct();
        Parallel.ForEach(wanted, new ParallelOptions { MaxDegreeOfParallelism = result.Set.Options.Threads, CancellationToken = stop }, film => pictures.Take(film, stop));
        return pictures;
    }

    // Not even examined, or ranked lowest; what is shown and ranked above the threshold is no miss. Of equally bad ones each kind of edit has its turn.
    private static IReadOnlyList<BenchmarkCase> Misses(BenchmarkedModel model, BenchmarkSet set) =>
    [
        .. model.Pairs.Where(p => p.IsTrue && !(p.IsShown && p.IsFoundAt(model.Scores.Threshold)))
            .GroupBy(p => (p.Kind, Confidence: p.Answer?.Confidence ?? double.NegativeInfinity)).SelectMany(equal => equal.Index(), (equal, p) => (equal.Key.Confidence, Turn: p.Index, Pair: p.Item))
            .OrderBy(p => p.Confidence).ThenBy(p => p.Turn).Take(MostCases)
            .Select(p =>
            {
                var truth = p.Pair.Truth.MaxBy(t => t.Stretch.Length)!;
                return Case(model, p.Pair, set, truth.Stretch, truth.SourceStretch, truth.Reversed);
            }),
    ];

    private static IReadOnlyList<BenchmarkCase> Alarms(BenchmarkedModel model, BenchmarkSet set) =>
    [
        .. model.Pairs.Where(p => !p.IsTrue).OrderByDescending(p => p.Answer!.Confidence).Take(MostCases)
            .Select(p => Case(model, p, set, p.Answer!.Segments[0].Query, p.Answer.Segments[0].Reference, backwards: false)),
    ];

    private static BenchmarkCase Case(BenchmarkedModel model, BenchmarkPair pair, BenchmarkSet set, Stretch copy, Stretch original, bool backwards) => new(
        pair,
        pair.Answer is { } answer ? 1 + model.Pairs.Count(p => p.Answer is { } other && other.Confidence > answer.Confidence) : null,
        new Film(set.CopyPath(pair.Copy), copy),
        new Film(set.OriginalPath(pair.Original), original, backwards));

    // A page does without the pictures of what cannot be read.
    private void Take(Film film, CancellationToken stop)
    {
        try
        {
            var info = Probe.Read(film.Path, stop);
            var times = Enumerable.Range(0, Frames).Select(i => film.Stretch.Start + ((i + 0.5) / Frames * film.Stretch.Length));
            films[film] = (Filmstrip.Jpeg(info, [.. film.Backwards ? times.Reverse() : times], FrameWidth, stop), info.Width / (double)info.Height);
        }
        catch (VideoException)
        {
        }
    }
}
