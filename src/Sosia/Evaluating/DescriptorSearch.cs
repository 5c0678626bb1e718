using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Library;
using Sosia.Matching;

namespace Sosia.Evaluating;

/// <summary>
/// The largest inner products of all descriptors of queries with all of a library, in the memory of those that are kept: one query video at a time
/// through the library's blocks, what is below the least that is kept never leaves the scan. The rows are the descriptors: of each second the first of
/// good quality (ours; the challenge allows one a second).
/// </summary>
internal sealed class DescriptorSearch
{
    private readonly LibrarySnapshot library;
    private readonly VectorRows[] blocks;
    private readonly byte minQuality;
    private readonly int threads;
    private readonly Dictionary<long, (string[] Ids, int[] Clips)> references = [];
    private readonly Dictionary<string, long> firsts = new(StringComparer.Ordinal);
    private readonly long descriptors;

    /// <param name="library">The references.</param>
    /// <param name="ids">Of each video that is searched; several where videos are the same to the byte.</param>
    /// <param name="minQuality">Clips below prove nothing.</param>
    /// <param name="threads">For the scan.</param>
    public DescriptorSearch(LibrarySnapshot library, ILookup<long, string> ids, byte minQuality, int threads)
    {
        (this.library, this.minQuality, this.threads) = (library, minQuality, threads);
        blocks = [.. library.Blocks.Select(block => block.Rows)];
        foreach (var video in ids)
        {
            references.Add(video.Key, ([.. video], [.. OneASecond(library.Clips(video.Key))]));
        }

        // The descriptors' order is that of the ids, however the library came to be.
        foreach (var (id, count) in references.Values.SelectMany(video => video.Ids.Select(id => (id, video.Clips.Length))).OrderBy(video => video.id, StringComparer.Ordinal))
        {
            firsts.Add(id, descriptors);
            descriptors += count;
        }
    }

    /// <summary>The candidates.</summary>
    /// <param name="queries">Ids and clips.</param>
    /// <param name="products">How many products are kept.</param>
    /// <param name="pairs">How many pairs of videos count.</param>
    /// <param name="stop">Ends the scan.</param>
    public IReadOnlyList<VscCandidate> Candidates(IEnumerable<(string Id, ClipSequence Clips)> queries, int products, int pairs, CancellationToken stop)
    {
        var largest = new LargestProducts(products);
        var before = 0L;
        foreach (var (id, clips) in queries)
        {
            var rows = VectorRows.Join(clips.Rows.Kind, clips.Rows.Dimension, [.. OneASecond(clips).Select(clip => clips.Rows.Slice(clip, 1))]);
            ExactSearch.Within(blocks, rows, Math.Max(largest.Least, float.MinValue), threads, hit => Add(largest, id, before + hit.Query, hit), stop);
            before += rows.Count;
        }

        return largest.TakePairs(pairs);
    }

    private void Add(LargestProducts largest, string query, long row, Hit hit)
    {
        var place = library.Locate(hit.Block, hit.Row);
        if (hit.Similarity < largest.Least || !references.TryGetValue(place.VideoId, out var video))
        {
            return;
        }

        var at = Array.BinarySearch(video.Clips, place.Clip);
        if (at < 0)
        {
            return; // not the descriptor of its second
        }

        foreach (var id in video.Ids)
        {
            largest.Add(query, id, hit.Similarity, (row * descriptors) + firsts[id] + at);
        }
    }

    private IEnumerable<int> OneASecond(ClipSequence clips)
    {
        var last = -1.0;
        for (var clip = 0; clip < clips.Count; clip++)
        {
            var span = clips.Spans.Span[clip];
            if (span.Quality >= minQuality && Math.Floor(span.Start) > last)
            {
                last = Math.Floor(span.Start);
                yield return clip;
            }
        }
    }
}
