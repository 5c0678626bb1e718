namespace Sosia.Cli;

/// <summary>What the program tells the shell.</summary>
internal static class ExitCode
{
    /// <summary>Done, also when nothing was found.</summary>
    public const int Done = 0;

    /// <summary>Done, but single files failed.</summary>
    public const int SomeFailed = 1;

    /// <summary>The command was used wrongly.</summary>
    public const int Usage = 2;

    /// <summary>Something that the program needs is missing or broken.</summary>
    public const int Environment = 4;

    /// <summary>Stopped by Ctrl-C or SIGTERM.</summary>
    public const int Interrupted = 130;
}
