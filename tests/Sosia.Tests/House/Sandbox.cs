using System.Diagnostics;
using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace Sosia.Tests.House;

/// <summary>A copy of the two commands with a few sources, where the compiler is a script that writes down how it is called.</summary>
internal sealed class Sandbox : IDisposable
{
    private const string Compiler = """
        #!/usr/bin/env bash
        echo "$*" >>"$CALLS"
        case $1 in
            --list-sdks) echo "10.0.100 [/sdk]" ;;
            publish)
                while [[ $1 != -o ]]; do shift; done
                mkdir -p "$2"
                echo half >"$2/half"
                [[ -z ${SLOW-} ]] || sleep 0.2
                if [[ -n ${BROKEN-} ]]; then echo "$BROKEN"; exit 1; fi
                rm "$2/half"
                ;;
            build) exit "${BUILD-0}" ;;
            format) exit "${FORMAT-0}" ;;
            test)
                name=$(basename "$2" .dll)
                [[ -n ${!name-} ]] || name=OTHERS
                [[ ! ${!name} =~ ^[0-9]+$ ]] || exit "${!name}"
                while [[ $1 != trx* ]]; do shift; done
                echo "<ResultSummary><Counters ${!name} /></ResultSummary>" >"${1#*=}"
                [[ ! ${!name} =~ failed=\"[1-9] ]] || exit 1
                ;;
            *) printf '%s|' "$PWD" "${@:2}" ;;
        esac
        """;

    private static readonly string[] Tools =
        ["awk", "env", "bash", "find", "readlink", "dirname", "basename", "mkdir", "flock", "rm", "cat", "grep", "sed", "date", "mv", "ln", "sort", "head", "tail", "uname", "sleep", "timeout", "touch", "mktemp",
        "sha256sum", "stat", "cut", "paste", "xargs", "nproc", "chmod"];

    public Sandbox()
    {
        Root = Directory.CreateTempSubdirectory("sosia house ").FullName;
        foreach (var file in Repository.Files.Where(file => file.Path is "sosia" or "test" || file.Path.StartsWith("scripts/", StringComparison.Ordinal)))
        {
            File.Copy(Path.Combine(Repository.Root, file.Path), Make(file.Path));
        }

        Write("src/A/A.cs", "first");
        Write("Directory.Build.props", "<Project />");
        foreach (var name in new[] { "One", "Two" })
        {
            Write($"tests/{name}/{name}.csproj", "Microsoft.NET.Test.Sdk");
        }

        foreach (var tool in Tools)
        {
            File.CreateSymbolicLink(Make($"tools/{tool}"), Where(tool));
        }

        Script("tools/dotnet", Compiler);
        Script("scripts/torch.sh", "echo bridge");
        Script("scripts/turbojpeg.sh", "");
        Script("tools/ffmpeg", "");
        Script("tools/ffprobe", "");
    }

    public string Root { get; }

    /// <summary>How the compiler was called, without the question for its version.</summary>
    public string[] Calls => File.Exists(At("calls")) ? [.. File.ReadLines(At("calls")).Where(call => call != "--list-sdks")] : [];

    public int Builds => Calls.Count(call => call.StartsWith("publish", StringComparison.Ordinal));

    public string At(string path) => Path.Combine(Root, path);

    public void Write(string path, string text) => File.WriteAllText(Make(path), text);

    /// <summary>A program of these lines.</summary>
    public void Script(string path, string text)
    {
        Write(path, text.Length == 0 ? "#!/bin/sh\n" : text);
        File.SetUnixFileMode(At(path), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public Answer Run(string command, string[] arguments, params (string Name, string Value)[] environment) => Start(command, arguments, environment).Wait();

    public Running Start(string command, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = Path.GetTempPath(),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment.Prepend(("PATH", At("tools"))).Prepend(("CALLS", At("calls"))).Prepend(("SOSIA_NO_INSTALL", "1")))
        {
            start.Environment[name] = value;
        }

        return new Running(Process.Start(start)!);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static string Where(string tool) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, tool)).First(File.Exists);

    private string Make(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        return At(path);
    }
}

internal sealed record Answer(int Code, string Out, string Error);

internal sealed class Running(Process process)
{
    private readonly Task<string> output = process.StandardOutput.ReadToEndAsync();
    private readonly Task<string> error = process.StandardError.ReadToEndAsync();

    public Answer Wait()
    {
        process.WaitForExit();
        using (process)
        {
            return new Answer(process.ExitCode, output.Result, error.Result);
        }
    }
}
