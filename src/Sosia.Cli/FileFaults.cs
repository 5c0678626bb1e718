using Sosia.Video;

namespace Sosia.Cli;

/// <summary>What was wrong with single files, a line each, when all others are done.</summary>
internal static class FileFaults
{
    /// <summary>Prints them on standard error.</summary>
    /// <param name="damaged">Files that were taken although something in them is broken, each with what.</param>
    /// <param name="failures">Files that could not be read, each with the reason.</param>
    /// <param name="failedBefore">Paths of those failures that are remembered from before.</param>
    public static void Print(IReadOnlyList<(string Path, string Damage)> damaged, IReadOnlyList<(string Path, string Reason)> failures, IReadOnlyList<string> failedBefore)
    {
        foreach (var (path, damage) in damaged)
        {
            Console.Error.WriteLine($"damaged: {Printable.Text(path)}: {Printable.Text(damage)}");
        }

        var before = failedBefore.ToHashSet(StringComparer.Ordinal);
        foreach (var (path, reason) in failures)
        {
            var again = before.Contains(path) ? " (as before; --retry tries again)" : "";
            Console.Error.WriteLine($"failed: {Printable.Text(path)}: {Printable.Text(reason)}{again}");
        }
    }
}
