using System.Text;
using System.Text.Json;
using Sosia.Reports;
using Xunit;

namespace Sosia.Tests.Reports;

public sealed class TrainingJsonTests : IDisposable
{
    private readonly RunFolders folders = new();

    public void Dispose() => folders.Dispose();

    [Fact]
    public void ATrainingIsWrittenToTheLetter()
    {
        var run = folders.Make("a", [RunFolders.Line("mae", 1000, 1), RunFolders.Line("similarity", 1200, 0.75)], 0.8);
        Assert.Equal(
            $$"""
            {
              "schema": "sosia.train/1",
              "path": {{JsonSerializer.Serialize(Path.Combine(folders.Root, "a"))}},
              "recipe": "3d-csl",
              "started": "2026-01-02T03:04:05Z",
              "device": "cpu",
              "stage": "similarity",
              "step": 1200,
              "steps": 1000,
              "loss": 0.75,
              "seconds": 2400,
              "trained": {
                "clips": 20,
                "mean_reciprocal_rank": 0.8,
                "first": 0.4,
                "mirrored_mean_reciprocal_rank": 0.7,
                "mirrored_first": 0.2
              },
              "untrained": {
                "clips": 20,
                "mean_reciprocal_rank": 0.4,
                "first": 0.2,
                "mirrored_mean_reciprocal_rank": 0.3,
                "mirrored_first": 0.1
              }
            }

            """,
            Json(output => JsonReport.Write(output, run)));
    }

    [Fact]
    public void RunsThatAreNotFinishedLackWhatIsNotKnown()
    {
        var runs = new[] { folders.Make("a", [RunFolders.Line("mae", 5, double.NaN)], device: "<b>\u001b"), folders.Make("b", []) };
        var text = Json(output => JsonReport.Write(output, runs));
        Assert.DoesNotContain('<', text);
        using var json = JsonDocument.Parse(text);
        Assert.Equal("sosia.runs/1", json.RootElement.GetProperty("schema").GetString());
        var (a, b) = (json.RootElement.GetProperty("runs")[0], json.RootElement.GetProperty("runs")[1]);
        Assert.Equal(["path", "recipe", "started", "device", "stage", "step", "steps", "loss", "seconds"], a.EnumerateObject().Select(member => member.Name));
        Assert.Equal(JsonValueKind.Null, a.GetProperty("loss").ValueKind);
        Assert.Equal("<b>\u001b", a.GetProperty("device").GetString());
        Assert.Equal(["path", "recipe", "started", "device"], b.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public void NoRunsAreAnEmptyList()
    {
        using var json = JsonDocument.Parse(Json(output => JsonReport.Write(output, Array.Empty<Sosia.Learning.Training.Run>())));
        Assert.Equal(0, json.RootElement.GetProperty("runs").GetArrayLength());
    }

    private static string Json(Action<Stream> write)
    {
        using var output = new MemoryStream();
        write(output);
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(output.ToArray());
    }
}
