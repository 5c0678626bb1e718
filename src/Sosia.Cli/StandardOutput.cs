namespace Sosia.Cli;

/// <summary>Results that scripts read.</summary>
internal static class StandardOutput
{
    /// <summary>One JSON document and a line end.</summary>
    public static void Json(Action<Stream> write)
    {
        using var output = Console.OpenStandardOutput();
        write(output);
    }
}
