namespace Sosia.Reports;

/// <summary>A model in the order of the page: videos numbered once, pairs best first, pictures that fit.</summary>
internal sealed class ReportContents
{
    // Beside these, 5,000 pairs take about 5 MB of text; the whole page is to stay under 30 MB.
    private const int PictureBudget = 21_000_000; // characters of base64

    private readonly Dictionary<(long Id, string Path), int> numbers = [];
    private readonly List<VideoRef> videos = [];

    internal ReportContents(ReportModel model)
    {
        Query = model.Query is { } query ? Number(query) : null;
        Pairs = [.. model.Groups
            .SelectMany((group, index) => group.Pairs.Select(pair => (pair, index)))
            .Concat(model.Pairs.Select(pair => (pair, index: -1)))
            .OrderByDescending(item => item.pair.Score)
            .Select(item => new NumberedPair(item.pair, item.index, Number(item.pair.A), Number(item.pair.B)))];
        Groups = [.. model.Groups.Select(group => new NumberedGroup(Number(group.Representative), [.. group.Members.Select(Number)]))];
        Folder = CommonFolder(videos.Select(video => video.Path));
        TakePictures(model);
    }

    internal sealed record NumberedPair(VideoPair Pair, int Group, int A, int B);

    internal sealed record NumberedGroup(int Representative, IReadOnlyList<int> Members);

    internal int? Query { get; }

    internal IReadOnlyList<VideoRef> Videos => videos;

    internal IReadOnlyList<NumberedPair> Pairs { get; }

    internal IReadOnlyList<NumberedGroup> Groups { get; }

    /// <summary>The folder that all videos lie below, with the separator at its end; empty where there is none worth naming.</summary>
    internal string Folder { get; }

    /// <summary>By the number of the video.</summary>
    internal Dictionary<int, Thumbnails> Thumbnails { get; } = [];

    /// <summary>PNG, by the rank of the pair.</summary>
    internal Dictionary<int, byte[]> Matrices { get; } = [];

    /// <summary>Folder of a video below <see cref="Folder"/>, without the separator at its end.</summary>
    internal string FolderOf(VideoRef video)
    {
        var name = Path.GetFileName(video.Path);
        return video.Path[Folder.Length..^name.Length].TrimEnd('/');
    }

    /// <summary>The folder that all paths lie below, with the separator at its end; empty where there is none.</summary>
    internal static string CommonFolder(IEnumerable<string> paths)
    {
        string? common = null;
        foreach (var path in paths)
        {
            common ??= path;
            var same = common.AsSpan().CommonPrefixLength(path);
            common = common[..(common.AsSpan(0, same).LastIndexOf('/') + 1)];
        }

        return common ?? "";
    }

    private int Number(VideoRef video)
    {
        if (!numbers.TryGetValue((video.Id, video.Path), out var number))
        {
            number = videos.Count;
            numbers.Add((video.Id, video.Path), number);
            videos.Add(video);
        }

        return number;
    }

    // The best pairs first: whatever does not fit belongs to the least of them.
    private void TakePictures(ReportModel model)
    {
        var left = PictureBudget;
        if (Query is { } query)
        {
            left -= TakeThumbnails(model, query, left);
        }

        foreach (var (rank, pair) in Pairs.Take(ReportModel.PairsInDetail).Index())
        {
            left -= TakeThumbnails(model, pair.A, left);
            left -= TakeThumbnails(model, pair.B, left);
            left -= TakeMatrix(model, pair.Pair, rank, left);
        }
    }

    private int TakeThumbnails(ReportModel model, int video, int left)
    {
        var fits = model.Thumbnails.TryGetValue(videos[video].Id, out var thumbnails) && Base64Length(thumbnails.Jpeg) <= left;
        return fits && Thumbnails.TryAdd(video, thumbnails!) ? Base64Length(thumbnails!.Jpeg) : 0;
    }

    private int TakeMatrix(ReportModel model, VideoPair pair, int rank, int left)
    {
        if (!model.Matrices.TryGetValue((pair.A.Id, pair.B.Id), out var matrix))
        {
            return 0;
        }

        var png = Png.Encode(matrix);
        return Base64Length(png) <= left && Matrices.TryAdd(rank, png) ? Base64Length(png) : 0;
    }

    private static int Base64Length(byte[] bytes) => (bytes.Length + 2) / 3 * 4;
}
