using System.CommandLine;
using Sosia.Reports;
using Sosia.Video;

namespace Sosia.Cli.Commands;

/// <summary>`sosia list`: the videos of the library.</summary>
internal static class ListCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var command = new Command("list", "List the videos of the library with their files.");
        Help.Examples(command, "sosia list", "sosia list --json");
        command.SetAction(parsed =>
        {
            using var library = globals.OpenRead(parsed);
            var listing = LibraryListings.Of(library);
            if (globals.Json(parsed))
            {
                StandardOutput.Json(stream => JsonReport.Write(stream, listing));
                return ExitCode.Done;
            }

            foreach (var video in listing.Videos)
            {
                Console.Out.WriteLine($"{video.Id,6}  {TextReport.Time(video.Duration),9}  {video.Width + "x" + video.Height,9}  {Printable.Text(video.Codec),-8}  {(video.Paths.Count > 0 ? Named(video, video.Paths[0]) : "(no file)")}");
                foreach (var path in video.Paths.Skip(1))
                {
                    Console.Out.WriteLine($"{"same as",40}  {Named(video, path)}");
                }

                if (video.Damage is { } damage)
                {
                    Console.Out.WriteLine($"{"damaged",40}  {Printable.Text(damage)}");
                }
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static string Named(ListedVideo video, string path) => Printable.Text(path) + (video.Missing.Contains(path, StringComparer.Ordinal) ? " (missing)" : "");
}
