using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Sosia.Library;
using Sosia.Video;

namespace Sosia;

/// <summary>Measures a model on a benchmark: a library of the originals, every copy looked for in it, and the answers held against the truth.</summary>
public sealed class BenchmarkRun
{
    private readonly BenchmarkSet set;
    private readonly IEmbedder embedder;
    private readonly IReadOnlyList<QueryVariant> variants;
    private readonly IProgress<IngestProgress>? progress;
    private readonly List<FailedFile> failures = [];
    private readonly List<BenchmarkAnswer> answers = [];
    private double readProcessor;
    private double copySeconds;
    private double copyProcessor;
    private double searchSeconds;

    private BenchmarkRun(BenchmarkSet set, IEmbedder embedder, IProgress<IngestProgress>? progress) =>
        (this.set, this.embedder, variants, this.progress) = (set, embedder, set.Options.Variants.For(embedder), progress);

    /// <summary>Measures one model.</summary>
    /// <param name="set">Copies, originals and truth.</param>
    /// <param name="embedder">The model.</param>
    /// <param name="progress">Told after each original and each copy.</param>
    /// <param name="stop">Ends it; a library in the cache keeps what is done.</param>
    /// <exception cref="UsageException">The model cannot make a variant that was asked for.</exception>
    /// <exception cref="LibraryException">A library in the cache cannot be used.</exception>
    /// <exception cref="VideoException">ffmpeg is missing.</exception>
    /// <exception cref="EnvironmentException">What the model needs is missing.</exception>
    public static BenchmarkedModel Of(BenchmarkSet set, IEmbedder embedder, IProgress<IngestProgress>? progress = null, CancellationToken stop = default)
    {
        if (set.Options.Cache is { } cache)
        {
            return new BenchmarkRun(set, embedder, progress).Measure(CachedFolder(set, embedder, cache), stop);
        }

        var place = Directory.CreateTempSubdirectory("sosia-benchmark-");
        try
        {
            return new BenchmarkRun(set, embedder, progress).Measure(Path.Combine(place.FullName, "library"), stop);
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    // One library a model and choice of originals: another choice would find what is not to be found.
    private static string CachedFolder(BenchmarkSet set, IEmbedder embedder, string cache)
    {
        const int digits = 12;
        var folders = string.Join('\n', set.Options.Originals.Select(o => Path.TrimEndingDirectorySeparator(Path.GetFullPath(o))));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{embedder.Identity.Name}\n{folders}")))[..digits];
        return Path.Combine(cache, $"{embedder.Model.Replace('/', '-')}-{hash}");
    }

    private BenchmarkedModel Measure(string folder, CancellationToken stop)
    {
        embedder.Prepare(); // libtorch is loaded before the clock runs; the network itself comes with the first frame
        var read = ReadOriginals(folder, stop);
        using var library = VideoLibrary.OpenRead(folder); // closed in between: a journal that is still open counts as bytes
        SearchCopies(library, stop);
        var names = set.Names(library.Videos());
        var pairs = BenchmarkPair.Of(
            set.Truth.Select(t => t with { Source = names.GetValueOrDefault(set.OriginalPath(t.Source), t.Source) }),
            answers.Where(a => names.ContainsKey(a.Original) && !set.IsCopy(a.Original)).Select(a => a with { Original = names[a.Original] })); // a kept library may hold what is gone
        return new BenchmarkedModel(
            embedder.Model, embedder.Identity.Name, BenchmarkScores.Of(pairs, set.Options.FalseAnswers), Cost(read, library.Status()), pairs, failures)
        {
            Variants = variants,
        };
    }

    private IngestResult ReadOriginals(string folder, CancellationToken stop)
    {
        using var library = VideoLibrary.Exists(folder) ? VideoLibrary.OpenWrite(folder) : VideoLibrary.Create(folder, embedder.Identity);
        var before = ProcessorTime.Seconds();
        var read = Ingest.Add(library, embedder, set.Options.Originals, new IngestOptions([Path.GetFullPath(set.Options.Copies)], set.Options.Threads), progress, stop);
        readProcessor = ProcessorTime.Seconds() - before;
        failures.AddRange(read.Failures.Select(f => new FailedFile(f.Path, f.Reason)));
        return read;
    }

    private void SearchCopies(VideoLibrary library, CancellationToken stop)
    {
        using var finder = new Finder(library, embedder, set.Options.Threads) { Variants = variants };
        string[] copies = [.. set.Copies];
        foreach (var (done, copy) in copies.Index())
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                Search(finder, copy, stop);
            }
            catch (Exception error) when (IngestFailures.IsOfOneFile(error))
            {
                failures.Add(new FailedFile(set.CopyPath(copy), error is VideoException video ? video.Reason : error.Message));
            }

            progress?.Report(new IngestProgress(done + 1, copies.Length, copySeconds));
        }
    }

    private void Search(Finder finder, string copy, CancellationToken stop)
    {
        var before = ProcessorTime.Seconds();
        var query = finder.Read(set.CopyPath(copy), new FindPart(), stop);
        copyProcessor += ProcessorTime.Seconds() - before;
        copySeconds += query.Duration;
        var clock = Stopwatch.StartNew();
        var ranked = finder.Ranked(query, stop);
        searchSeconds += clock.Elapsed.TotalSeconds;
        answers.AddRange(ranked.Select(m => new BenchmarkAnswer(copy, m.Video.Path, m.Confidence, m.Accepted, m.Segments)));
    }

    private BenchmarkCost Cost(IngestResult read, LibraryStatus library) => new()
    {
        Videos = library.Videos,
        LibrarySeconds = library.Seconds,
        LibraryBytes = library.Bytes,
        ReadSeconds = read.Seconds,
        ReadProcessorSeconds = readProcessor,
        CopySeconds = copySeconds,
        CopyProcessorSeconds = copyProcessor,
        SearchSeconds = searchSeconds,
    };
}
