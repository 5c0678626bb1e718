using Xunit.Abstractions;

namespace Sosia.Video.Tests;

/// <summary>A fact that runs where SOSIA_ODD names a folder of odd files with its ODD.tsv.</summary>
public sealed class OddFactAttribute : FactAttribute
{
    public OddFactAttribute()
    {
        if (OddFiles.Folder is null)
        {
            Skip = "set SOSIA_ODD to a folder of odd files";
        }
    }
}

/// <summary>Every file of a folder of odd files gets what stands here; the table is printed.</summary>
[Trait("Category", "Odd")]
public sealed class OddFiles(ITestOutputHelper output)
{
    private const double SamePicture = 12; // mean difference of 8-bit values

    private static readonly FrameRequest Small = new(32, 18);

    /// <param name="Fault">Null: frames are read.</param>
    /// <param name="Frames">How many at least.</param>
    /// <param name="PlainAt">Its zero in plain.mp4, whose pictures it shows; NaN: other pictures.</param>
    /// <param name="Damaged">Whether damage must be told; null: either.</param>
    private sealed record Expected(VideoFault? Fault, int Frames = 0, double PlainAt = double.NaN, bool? Damaged = false);

    private static readonly Dictionary<string, Expected> Table = new()
    {
        ["truncated_faststart.mp4"] = new(null, 40, 0, Damaged: true),
        ["truncated_no_moov.mp4"] = new(VideoFault.Damaged),
        ["truncated_tail_moov.mp4"] = new(null, 75, 0, Damaged: null),
        ["zero.mp4"] = new(VideoFault.Empty),
        ["text.mp4"] = new(VideoFault.NotAVideo),
        ["random.mkv"] = new(VideoFault.NotAVideo),
        ["audio_only.mp4"] = new(VideoFault.NoVideoStream),
        ["one_frame.mp4"] = new(null, 1, 0),
        ["two_frames.mp4"] = new(null, 2, 0),
        ["tiny_1x1.mkv"] = new(null, 10),
        ["odd_dims.mp4"] = new(null, 50, 0),
        ["strip.mp4"] = new(null, 50),
        ["rotated_90.mp4"] = new(null, 50, 0),
        ["rotated_180.mp4"] = new(null, 50, 0),
        ["rotated_270.mp4"] = new(null, 50, 0),
        ["plain.mp4"] = new(null, 75, 0),
        ["sar_2_1.mp4"] = new(null, 50, 0),
        ["vfr.mp4"] = new(null, 35, 0),
        ["interlaced.mp4"] = new(null, 50, 0),
        ["interlaced_mpeg2.ts"] = new(null, 50, 0),
        ["hdr_pq.mp4"] = new(null, 50), // its values were never graded for PQ: tone mapping changes the picture
        ["two_video_streams.mp4"] = new(null, 50, 0),
        ["cover_art.mp3"] = new(VideoFault.NoVideoStream),
        ["attached_pic.mp4"] = new(null, 75, 0),
        ["attached_pic_only.mp4"] = new(VideoFault.NoVideoStream),
        ["size_change.h264"] = new(null, 75, 0),
        ["size_change.ts"] = new(null, 75, 0, Damaged: null),
        ["negative_ts.mp4"] = new(null, 50, 1),
        ["late_start.mkv"] = new(null, 75, 0),
        ["local.m3u8"] = new(VideoFault.Playlist),
        ["remote.m3u8"] = new(VideoFault.Playlist),
        ["playlist_as.mp4"] = new(VideoFault.Playlist),
        ["concat_as.mp4"] = new(VideoFault.Playlist),
        ["-leading dash.mp4"] = new(null, 50, 0),
        ["spaces  in name .mp4"] = new(null, 50, 0),
        ["new\\nline.mp4"] = new(null, 50, 0),
        ["ünïcode_猫_🐝.mp4"] = new(null, 50, 0),
        ["quote'\"$;&.mp4"] = new(null, 50, 0),
        ["%d_%03d.mp4"] = new(null, 50, 0),
        ["tab\\tname.mp4"] = new(null, 50, 0),
        ["UPPER.MP4"] = new(null, 50, 0),
        ["black.mp4"] = new(null, 125),
        ["white.mp4"] = new(null, 125),
        ["still.mp4"] = new(null, 125),
        ["noise.mp4"] = new(null, 10),
        ["edit_list.mp4"] = new(null, 40, 1.32),
        ["start_gap.mp4"] = new(null, 50, 1), // times from its first frame
        ["fragmented.mp4"] = new(null, 75, 0),
        ["fragmented_cut.mp4"] = new(null, 50, 0, Damaged: true),
        ["bit_errors.mp4"] = new(null, 70, 0, Damaged: true),
        ["animated.gif"] = new(null, 20, 0),
        ["still.jpg"] = new(null, 1, 0),
        ["mjpeg.avi"] = new(null, 25, 0),
        ["no_duration.webm"] = new(null, 50, 0),
        ["lying_duration.mp4"] = new(null, 75, 0, Damaged: null),
        ["dir_named.mp4/"] = new(VideoFault.IsDirectory),
        ["loop_link.mp4"] = new(VideoFault.BrokenLink),
        ["link_to_plain.mp4"] = new(null, 75, 0),
        ["short.mp4"] = new(null, 50, 0),
        ["not_utf8_\\xff.mp4"] = new(VideoFault.UnreadableName),
    };

    public static string? Folder => Environment.GetEnvironmentVariable("SOSIA_ODD") is { Length: > 0 } folder ? folder : null;

    [OddFact]
    public void Every_odd_file_gets_what_the_table_says()
    {
        var names = Directory.CreateTempSubdirectory("sosia-odd-").FullName;
        try
        {
            using (var maker = ChildProcess.Start("python3", [Path.Combine(Folder!, "make_names.py"), names]))
            {
                Assert.Equal(0, maker.Wait().ExitCode);
            }

            var plain = Frames(Path.Combine(Folder!, "plain.mp4"), out _);
            var files = File.ReadLines(Path.Combine(Folder!, "ODD.tsv")).Skip(1).Select(line => line.Split('\t')[0]).ToList();
            var wrong = files.Where(file => !Check(file, names, plain)).ToList();
            output.WriteLine($"{files.Count - wrong.Count} of {files.Count} odd files are as expected");
            Assert.Empty(wrong);
        }
        finally
        {
            using var clean = ChildProcess.Start("rm", ["-r", names]); // .NET cannot name one of them
            clean.Wait();
        }
    }

    private bool Check(string file, string names, List<(double Time, byte[] Rgb)> plain)
    {
        var name = file.TrimEnd('/').Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal);
        var path = Path.Combine(Folder!, name);
        if (!File.Exists(path))
        {
            path = name.StartsWith("not_utf8", StringComparison.Ordinal) ? Directory.GetFileSystemEntries(names, "not_utf8*")[0] : Path.Combine(names, name);
        }

        var (wrong, seen) = Table.TryGetValue(file, out var expected) ? Compare(path, expected, plain) : ("not in the table", "");
        output.WriteLine($"{(wrong is null ? "ok   " : "WRONG")} {file}: {seen}{(wrong is null ? "" : $" ({wrong})")}");
        return wrong is null;
    }

    private static (string? Wrong, string Seen) Compare(string path, Expected expected, List<(double Time, byte[] Rgb)> plain)
    {
        try
        {
            var frames = Frames(path, out var damage);
            var difference = double.IsNaN(expected.PlainAt) ? 0 : frames.Average(frame => Difference(frame, expected.PlainAt, plain));
            var seen = $"{frames.Count} frames, {frames[^1].Time:0.00} s, difference {difference:0.0}, {damage ?? "no damage"}";
            if (expected.Fault is not null)
            {
                return ($"expected {expected.Fault}", seen);
            }

            if (frames.Count < expected.Frames)
            {
                return ($"expected {expected.Frames} frames", seen);
            }

            if (difference > SamePicture)
            {
                return ("other pictures than plain.mp4", seen);
            }

            return (expected.Damaged is { } damaged && damaged != damage is not null ? $"expected damage: {damaged}" : null, seen);
        }
        catch (VideoException error)
        {
            return (error.Fault == expected.Fault ? null : $"expected {expected.Fault?.ToString() ?? "frames"}", $"{error.Fault}: {error.Message}");
        }
    }

    private static List<(double Time, byte[] Rgb)> Frames(string path, out string? damage)
    {
        using var reader = FrameReader.Open(Probe.Read(path), Small);
        List<(double, byte[])> frames = [];
        while (reader.Read(out var frame))
        {
            frames.Add((frame.Time, frame.Rgb.ToArray()));
        }

        damage = reader.Damage;
        return frames;
    }

    private static double Difference((double Time, byte[] Rgb) frame, double offset, List<(double Time, byte[] Rgb)> plain)
    {
        var rgb = plain.MinBy(other => Math.Abs(other.Time - frame.Time - offset)).Rgb;
        return frame.Rgb.Zip(rgb, (a, b) => Math.Abs(a - b)).Average();
    }
}
