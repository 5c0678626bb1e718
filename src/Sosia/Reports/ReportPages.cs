using System.Collections.Concurrent;
using System.Globalization;
using Sosia.Library;
using Sosia.Video;

namespace Sosia.Reports;

/// <summary>Completes a report with what only the files and the library have: filmstrips and similarity matrices.</summary>
public static class ReportPages
{
    private const int Pictures = 8;
    private const int PictureWidth = 120; // pixels

    /// <summary>Writes the page.</summary>
    /// <param name="output">Gets the HTML.</param>
    /// <param name="model">What is to be shown.</param>
    /// <param name="finder">Whose answers they are.</param>
    /// <param name="query">What was looked for, where there was something.</param>
    /// <param name="library">Named in the heading.</param>
    /// <param name="stop">Ends it.</param>
    public static void Write(Stream output, ReportModel model, Finder finder, Query? query, VideoLibrary library, CancellationToken stop = default) =>
        HtmlReport.Write(output, model with
        {
            Subtitle =
            [
                $"Library {library.Folder}, {library.Status().Videos} videos, made with {library.Embedder.Name}",
                $"Written {DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC",
                .. model.Subtitle,
            ],
            Thumbnails = Strips(model.VideosInDetail(), finder.Threads, stop),
            Matrices = model.Copies is null ? Matrices(model, finder, query, stop) : model.Matrices, // an explanation has its own
        });

    private static Dictionary<(long A, long B), MatrixPicture> Matrices(ReportModel model, Finder finder, Query? query, CancellationToken stop) =>
        model.Detailed().DistinctBy(p => (p.A.Id, p.B.Id)).Where(p => p.A.Id != p.B.Id)
            .ToDictionary(p => (p.A.Id, p.B.Id), p => finder.Picture(p, query, stop));

    private static ConcurrentDictionary<long, Thumbnails> Strips(IReadOnlyList<VideoRef> videos, int threads, CancellationToken stop)
    {
        var strips = new ConcurrentDictionary<long, Thumbnails>();
        Parallel.ForEach(videos, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = stop }, video =>
        {
            if (Strip(video, stop) is { } strip)
            {
                strips[video.Id] = strip;
            }
        });
        return strips;
    }

    // A report does without the pictures of a file that is gone or broken by now.
    private static Thumbnails? Strip(VideoRef video, CancellationToken stop)
    {
        try
        {
            var info = Probe.Read(video.Path, stop);
            var times = Enumerable.Range(0, Pictures).Select(i => (i + 0.5) / Pictures * video.Duration).ToArray();
            return new Thumbnails(Filmstrip.Jpeg(info, times, PictureWidth, stop), Pictures, info.Width / (double)info.Height);
        }
        catch (VideoException)
        {
            return null;
        }
    }
}
