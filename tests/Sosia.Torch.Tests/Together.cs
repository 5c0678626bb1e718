using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sosia.Torch.Tests;

/// <summary>How a process ended.</summary>
internal sealed record Ended(int Code, string Said, string Errors);

/// <summary>Starts the assembly of the tests as several processes, with the variables that torchrun sets.</summary>
internal static class Together
{
    /// <summary>Runs the processes to their ends, which are forced after a minute.</summary>
    /// <param name="size">How many.</param>
    /// <param name="arguments">Of each.</param>
    public static Ended[] Run(int size, params string[] arguments)
    {
        var port = FreePort();
        return Task.WhenAll(Enumerable.Range(0, size).Select(rank => End(Start(rank, size, port, arguments)))).GetAwaiter().GetResult();
    }

    /// <summary>Runs processes that all say nothing and end well.</summary>
    public static void Succeed(int size, params string[] arguments) => Assert.All(Run(size, arguments), ended => Assert.Equal(new Ended(0, "", ""), ended));

    /// <summary>A port of this machine that nobody uses.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Process Start(int rank, int size, int port, string[] arguments)
    {
        string[] command = ["exec", typeof(Together).Assembly.Location, .. arguments];
        var start = new ProcessStartInfo("dotnet", command) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in ((string, string)[])[("RANK", $"{rank}"), ("WORLD_SIZE", $"{size}"), ("LOCAL_RANK", $"{rank}"), ("MASTER_ADDR", "127.0.0.1"), ("MASTER_PORT", $"{port}")])
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task<Ended> End(Process started)
    {
        using var process = started;
        var (said, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var forced = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        await process.WaitForExitAsync(CancellationToken.None);
        return new(process.ExitCode, await said, await errors);
    }
}
