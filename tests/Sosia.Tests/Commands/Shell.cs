using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Sosia.Tests.Commands;

/// <summary>What a command said and how it ended.</summary>
internal sealed record Answer(int Code, string Out, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    public override string ToString() => $"code {Code}\n{Out}\n{Error}";
}

/// <summary>The program in a process of its own, as a shell starts it.</summary>
internal sealed class Shell : IDisposable
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(3);

    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task<string> error;

    private Shell(Process process)
    {
        this.process = process;
        process.StandardInput.Close();
        output = process.StandardOutput.ReadToEndAsync();
        error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="folder">Where it is started.</param>
    /// <param name="arguments">As they come from the shell.</param>
    public static Answer Run(string folder, params string[] arguments) => Run(folder, [], arguments);

    /// <inheritdoc cref="Run(string, string[])"/>
    /// <param name="environment">Beside what this process has.</param>
    public static Answer Run(string folder, (string Name, string Value)[] environment, params string[] arguments)
    {
        using var shell = Start(folder, environment, arguments);
        return shell.Wait();
    }

    public static Shell Start(string folder, (string Name, string Value)[] environment, params string[] arguments) =>
        Start(folder, environment, "Sosia.Cli.dll", arguments);

    /// <summary>Starts a program that lies beside the tests.</summary>
    public static Shell Start(string folder, (string Name, string Value)[] environment, string program, string[] arguments)
    {
        string[] command = ["exec", Path.Combine(AppContext.BaseDirectory, program), .. arguments];
        return StartTool(Dotnet(), folder, environment, command);
    }

    /// <summary>As root would be held to permissions: without the right to pass over them.</summary>
    public static Answer RunUnprivileged(string folder, params string[] arguments)
    {
        string[] command =
            ["--inh-caps=-all", "--bounding-set=-all", Dotnet(), "exec", Path.Combine(AppContext.BaseDirectory, "Sosia.Cli.dll"), .. arguments];
        using var shell = Environment.IsPrivilegedProcess ? StartTool("setpriv", folder, [], command) : Start(folder, [], arguments);
        return shell.Wait();
    }

    /// <summary>Sends a signal, as Ctrl-C does.</summary>
    public void Send(string signal)
    {
        // The shell's own kill: a bare system has no program of that name.
        using var kill = Process.Start(new ProcessStartInfo("sh", ["-c", $"kill -{signal} {process.Id}"]))!;
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public Answer Wait()
    {
        var ended = process.WaitForExit(HangGuard);
        if (!ended) process.Kill(entireProcessTree: true);
        Assert.True(ended, $"it hangs: {error.Result}");
        process.WaitForExit();
        return new Answer(process.ExitCode, output.Result, error.Result);
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    // The one that runs these tests; PATH may be another one in a test.
    private static string Dotnet() => Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";

    private static Shell StartTool(string tool, string folder, (string Name, string Value)[] environment, string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new Shell(Process.Start(start)!);
    }
}
