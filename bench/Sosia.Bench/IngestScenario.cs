using System.Runtime.InteropServices;
using Sosia.Library;
using Sosia.Video;

namespace Sosia.Bench;

/// <summary>
/// Adding a folder to a library beside ffmpeg that decodes the same videos and throws the frames away: CPU seconds of both with all their children,
/// in turn, and the median of their ratios. Both decode every frame with one thread a video.
/// </summary>
internal static partial class IngestScenario
{
    private const int Pairs = 5;

    public static void Run(string folder)
    {
        var files = MediaFiles.Find([folder]).Files.Select(f => f.Path).ToArray();
        Ingest(folder); // compiles
        var ratios = new List<(double Ffmpeg, double Sosia, double Seconds)>();
        for (var pair = 0; pair < Pairs; pair++)
        {
            var bare = Measure(() => Array.ForEach(files, Decode));
            var seconds = 0.0;
            var ours = Measure(() => seconds = Ingest(folder));
            ratios.Add((bare, ours, seconds));
            Console.WriteLine($"ffmpeg {bare:F1} s, sosia {ours:F1} s of CPU for {seconds:F0} s of video in {files.Length} files: {ours / bare:F2}");
        }

        Console.WriteLine($"median ratio {ratios.Select(r => r.Sosia / r.Ffmpeg).Order().ElementAt(Pairs / 2):F2}, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
    }

    private static double Ingest(string folder)
    {
        var place = Directory.CreateTempSubdirectory("sosia-bench-");
        try
        {
            using var library = VideoLibrary.Create(Path.Combine(place.FullName, "library"), Embedders.Pdq.Identity);
            return Sosia.Ingest.Add(library, Embedders.Pdq, [folder], new IngestOptions([], 1)).Seconds;
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    private static void Decode(string path)
    {
        using var child = Ffmpeg.Start(Ffmpeg.Tool, path, ["-nostdin", "-v", "quiet", "-threads", "1", "-i", path, "-map", "0:v:0", "-f", "null", "-"]);
        child.Wait();
    }

    private static double Measure(Action work)
    {
        var before = CpuSeconds();
        work();
        return CpuSeconds() - before;
    }

    private static double CpuSeconds() => Usage(0) + Usage(-1); // this process, and its children that ended

    private static double Usage(int who)
    {
        _ = GetResourceUsage(who, out var usage);
        return usage.UserSeconds + usage.SystemSeconds + ((usage.UserMicroseconds + usage.SystemMicroseconds) / 1e6);
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetResourceUsage(int who, out ResourceUsage usage);

    // struct rusage of 64-bit Linux.
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct ResourceUsage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
    }
}
