namespace Sosia.Tests.Ingesting;

/// <summary>Puts a script in the place of ffmpeg and ffprobe that notes each start and fails.</summary>
internal sealed class FakeTools : IDisposable
{
    private static readonly string[] Names = ["SOSIA_FFMPEG", "SOSIA_FFPROBE"];

    private readonly string folder = Directory.CreateTempSubdirectory("sosia tools ").FullName;
    private readonly string?[] before = [.. Names.Select(Environment.GetEnvironmentVariable)];

    public FakeTools()
    {
        var script = Path.Combine(folder, "tool");
        File.WriteAllText(script, $"#!/bin/sh\necho started >>'{Notes}'\nexit 1\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        foreach (var name in Names) Environment.SetEnvironmentVariable(name, script);
    }

    /// <summary>How often one of them was started.</summary>
    public int Starts => File.Exists(Notes) ? File.ReadAllLines(Notes).Length : 0;

    private string Notes => Path.Combine(folder, "notes");

    public void Dispose()
    {
        foreach (var (name, value) in Names.Zip(before)) Environment.SetEnvironmentVariable(name, value);
        Directory.Delete(folder, recursive: true);
    }
}
