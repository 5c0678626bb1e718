using Xunit;

namespace Sosia.Tests.Commands;

/// <summary>Without libtorch a network says what to install, before anything was made; hashes need none.</summary>
[Collection("videos")]
public sealed class TorchMissingTests(TestVideos videos) : IDisposable
{
    private readonly Shelf shelf = new();

    private (string, string)[] Nowhere =>
        [("SOSIA_TORCH", ""), ("SOSIA_LIBTORCH", shelf.At("nowhere")), ("SOSIA_NATIVE", shelf.At("native")), ("SOSIA_NO_INSTALL", "1")];

    public void Dispose() => shelf.Dispose();

    [Theory]
    [InlineData("add", ".")]
    [InlineData("add", ".", "--model", "3d-csl-small")]
    [InlineData("demo", "--output", "out")]
    public void ANetworkWithoutLibtorchIs4(params string[] arguments)
    {
        shelf.Put(videos.Short(0), "a.mp4");
        var answer = Shell.Run(shelf.Folder, Nowhere, arguments);
        Assert.Equal((4, ""), (answer.Code, answer.Out));
        Assert.Contains($"SOSIA_LIBTORCH={shelf.At("nowhere")} is no libtorch", answer.Error);
        Assert.EndsWith("sosia: libtorch is not ready: the reason stands above; --model pdq works without it\n", answer.Error);
        Assert.False(Directory.Exists(shelf.At(".sosia")));
        Assert.False(Directory.Exists(shelf.At("native")));
        Assert.Empty(Directory.GetFiles(shelf.Folder, "*.html", SearchOption.AllDirectories));
        Assert.Single(Directory.GetFiles(shelf.Folder, "*.mp4", SearchOption.AllDirectories)); // the demo made none
    }

    [Fact]
    public void HashesNeedNoLibtorch()
    {
        shelf.Put(videos.Short(0), "a.mp4");
        foreach (var arguments in new string[][] { ["add", ".", "--model", "pdq"], ["add", "."], ["find", "a.mp4"], ["models"], ["duplicates"] })
        {
            var answer = Shell.Run(shelf.Folder, Nowhere, arguments);
            Assert.True(answer.Code == 0, answer.ToString());
            Assert.DoesNotContain("libtorch is", answer.Error);
        }
    }

    [Fact]
    public void ABridgeThatCannotBeLoadedIsSaid()
    {
        var broken = shelf.Write("libsosia_torch.so", "no library");
        shelf.Put(videos.Short(0), "a.mp4");
        var answer = Shell.Run(shelf.Folder, [.. Nowhere, ("SOSIA_TORCH", broken)], "add", ".");
        Assert.Equal((4, ""), (answer.Code, answer.Out));
        Assert.False(Directory.Exists(shelf.At(".sosia")));
        var doctor = Shell.Run(shelf.Folder, [.. Nowhere, ("SOSIA_TORCH", broken)], "doctor");
        Assert.True(doctor.Code == 4, doctor.ToString());
        Assert.Contains("missing  libtorch", doctor.Out);
    }
}
