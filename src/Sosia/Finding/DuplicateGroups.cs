using Sosia.Library;
using Sosia.Matching;

namespace Sosia;

/// <summary>Pairs of videos, and files with the same bytes, as groups round a representative.</summary>
public static class DuplicateGroups
{
    /// <summary>Stars of copies; a video that lies under several paths brings all of them into the first of its groups.</summary>
    /// <param name="pairs">Pairs of different videos that have a file on the disk.</param>
    /// <param name="videos">All videos, by id.</param>
    public static DuplicatesResult Of(IReadOnlyList<VideoPair> pairs, IReadOnlyDictionary<long, StoredVideo> videos)
    {
        // The longest video represents best: the others are cuts of it.
        var groups = new List<DuplicateGroup>();
        var open = pairs;
        var twins = new HashSet<long>(); // videos whose files of equal bytes stand in a group
        while (open.Count > 0)
        {
            var stars = Groups.Stars([.. open.Select(p => new ScoredPair(p.A.Id, p.B.Id, p.Score))], id => videos[id].Duration);
            groups.AddRange(stars.Select(s => Group(s, open, videos, twins)));

            // What a compilation shares with members of several groups is grouped in the next round: no pair is lost.
            var told = groups.SelectMany(g => g.Pairs).ToHashSet();
            open = [.. open.Where(p => !told.Contains(p))];
        }

        var grouped = groups.SelectMany(g => g.Members).Select(m => m.Id).ToHashSet();
        groups.AddRange(videos.Values.Where(v => !grouped.Contains(v.Id) && Files(v).Count > 1).OrderBy(v => v.Id)
            .Select(v => Group(new Star(v.Id, []), [], videos, twins)));
        return new DuplicatesResult([.. groups.OrderByDescending(g => g.Pairs.Max(p => p.Score)).ThenBy(g => g.Representative.Id)]);
    }

    private static DuplicateGroup Group(
        Star star, IReadOnlyList<VideoPair> pairs, IReadOnlyDictionary<long, StoredVideo> videos, HashSet<long> twins)
    {
        long[] ids = [star.Representative, .. star.Members];
        var inside = pairs.Where(p => ids.Contains(p.A.Id) && ids.Contains(p.B.Id));
        var first = ids.Where(twins.Add).ToHashSet();
        var files = ids.SelectMany(id => first.Contains(id) ? Files(videos[id]) : Files(videos[id])[..1]).ToList();
        var same = first.SelectMany(id => SameBytes(videos[id]));
        return new DuplicateGroup(files[0], files, [.. inside.Concat(same).OrderByDescending(p => p.Score).ThenBy(p => p.A.Id).ThenBy(p => p.B.Id)]);
    }

    private static IEnumerable<VideoPair> SameBytes(StoredVideo video)
    {
        var files = Files(video);
        var whole = new Stretch(0, video.Duration);
        return files.Skip(1).Select(f => new VideoPair(files[0], f, 1, [new CopiedSegment(whole, whole, 1, 1, QueryVariant.Plain)]));
    }

    private static List<VideoRef> Files(StoredVideo video) =>
        [.. video.Files.Where(f => !f.Missing).Select(f => new VideoRef(video.Id, f.Stamp.Path, video.Duration))];
}
