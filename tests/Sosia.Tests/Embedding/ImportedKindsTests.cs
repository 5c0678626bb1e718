using Sosia.Library;
using Sosia.Matching;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;
using Xunit;

namespace Sosia.Tests.Embedding;

/// <summary>Small files under the names and wrappings of each kind of published checkpoint: the imported network is the one of the file, and a library of it finds.</summary>
[Collection("videos")]
public sealed class ImportedKindsTests(TestVideos videos) : IDisposable
{
    private readonly Shelf shelf = new();
    private readonly Drawn drawn = new();

    public static TheoryData<string> Names => [.. PublishedCase.All.Select(one => one.Name)];

    public static TheoryData<string> Kinds => [.. ImportedModels.Kinds];

    public void Dispose()
    {
        shelf.Dispose();
        drawn.Dispose();
        if (Directory.Exists(ImportedModels.Folder)) Directory.Delete(ImportedModels.Folder, recursive: true); // no other test sees the models
    }

    [Fact]
    public void EveryKindHasACase() => Assert.Equal(ImportedModels.Kinds, PublishedCase.All.Select(one => one.Kind).Distinct());

    [Theory]
    [MemberData(nameof(Names))]
    public void TheImportedNetworkIsThatOfTheFile(string name)
    {
        var one = PublishedCase.Named(name);
        using var network = Network(one, seed: 1);
        var imported = Imported(one, network);
        var video = drawn.Moving("a.mp4", 2);
        var clips = Drawn.Read(imported, video).Clips;

        Assert.Equal(network.Width, imported.Identity.Dimension);
        Assert.InRange(Difference(clips, Drawn.Read(Direct(one, one.Expected(network)), video).Clips), 0, 0.005);
        using var other = Network(one, seed: 2);
        Assert.InRange(Difference(clips, Drawn.Read(Direct(one, one.Expected(other)), video).Clips), 0.05, 2);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ALibraryOfItFinds(string kind)
    {
        var one = PublishedCase.All.First(some => some.Kind == kind);
        using var network = Network(one, seed: 1);
        var embedder = Imported(one, network);
        shelf.Put(videos.Tower, "tower.mp4");
        using (var library = VideoLibrary.Create(shelf.Library, embedder.Identity))
        {
            Assert.Equal(1, Ingest.Add(library, embedder, [shelf.Folder], new IngestOptions([], 1)).Added);
        }

        using var opened = VideoLibrary.OpenRead(shelf.Library);
        using var finder = new Finder(opened, Embedders.Of(opened)) { Variants = [] };
        var match = Assert.Single(finder.Find(videos.Copy("reencode", videos.Tower).Path).Matches);
        Assert.Equal(shelf.At("tower.mp4"), match.Video.Path);
    }

    // The first imports said of a network what is now read off its tensors, and nothing of its clips; libraries were made with them.
    [Fact]
    public void AModelOfTheFirstImportsOpens()
    {
        var one = PublishedCase.Named("3d-csl");
        using var network = Network(one, seed: 1);
        var imported = Imported(one, network);
        using (var file = Safetensors.Read(Path.Combine(ImportedModels.Folder, "mine.safetensors")))
        {
            var about = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["sosia.kind"] = "3d-csl",
                ["sosia.source"] = file.Metadata["sosia.source"],
                ["sosia.sha256"] = file.Metadata["sosia.sha256"],
                ["width"] = "16",
                ["depth"] = "2",
                ["heads"] = "1",
                ["patch"] = "32",
                ["side"] = "224",
                ["frames"] = "8",
                ["attention"] = "Divided",
            };
            Safetensors.Write(Path.Combine(ImportedModels.Folder, "first.safetensors"), file.Tensors.Tensors, about);
        }

        var first = Embedders.Named("first");
        Assert.Equal(imported.Identity with { Name = "first@8s" }, first.Identity);
        var video = drawn.Moving("a.mp4", 9);
        Assert.InRange(Difference(Drawn.Read(imported, video).Clips, Drawn.Read(first, video).Clips), 0, 0.005);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AFileOfSomethingElseIsRefused(string kind)
    {
        var error = Assert.Throws<InvalidDataException>(() => ImportedModels.Import(Path.Combine(AppContext.BaseDirectory, "files", "another-network.pth"), kind, "x"));
        Assert.StartsWith($"cannot import another-network.pth as {kind}: this is no ", error.Message);
        Assert.DoesNotContain("(Parameter", error.Message);
        Assert.DoesNotContain('\n', error.Message);
        Assert.False(Directory.Exists(ImportedModels.Folder));
    }

    // What would compute something else than its authors meant is refused, not cut to fit.
    [Theory]
    [InlineData("timesformer", "vit", "entries are another network's (blocks.0.temporal_")]
    [InlineData("dinov2", "vit", "entries are another network's (blocks.0.ls1.gamma")]
    [InlineData("vit", "timesformer", "2 entries are missing (norm.weight, norm.bias)")]
    [InlineData("videomae-tuned", "vit", "patch_embed.proj.weight has 5 dimensions, not 4")]
    [InlineData("mae", "videomae", "patch_embed.proj.weight has 4 dimensions, not 5")]
    [InlineData("slic", "fame", "this is no R(2+1)D: stem.3.weight is missing")]
    public void AFileOfAnotherKindIsRefused(string name, string kind, string reason)
    {
        var one = PublishedCase.Named(name);
        using var network = Network(one, seed: 1);
        var error = Assert.Throws<InvalidDataException>(() => ImportedModels.Import(File(one, network), kind, "x"));
        Assert.Contains(reason, error.Message);
        Assert.False(Directory.Exists(ImportedModels.Folder));
    }

    // The longest difference of two rows of the same number.
    private static double Difference(ClipSequence one, ClipSequence other)
    {
        Assert.NotEqual(0, one.Count);
        Assert.Equal(one.Count, other.Count);
        var squares = one.Rows.Float16.ToArray().Zip(other.Rows.Float16.ToArray(), (a, b) => Math.Pow((double)a - (double)b, 2));
        return squares.Chunk(one.Rows.Dimension).Max(row => Math.Sqrt(row.Sum()));
    }

    private static Learning.Encoders.Encoder Network(PublishedCase one, ulong seed)
    {
        using var generator = new Generator(seed);
        return one.Network(generator);
    }

    private IEmbedder Imported(PublishedCase one, Learning.Encoders.Encoder network)
    {
        var imported = ImportedModels.Import(File(one, network), one.Kind, "mine");
        Assert.Empty(imported.Report.Unknown);
        Assert.NotEmpty(imported.Report.LeftOut);
        var embedder = Embedders.Named("mine");
        Assert.EndsWith($"{one.Name}.pth; thresholds not measured", embedder.Description);
        return embedder;
    }

    private string File(PublishedCase one, Learning.Encoders.Encoder network)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        var path = Path.Combine(Path.GetDirectoryName(shelf.Folder)!, $"{one.Name}.pth");
        PublishedFile.Save(path, one.Parts(network));
        return path;
    }

    private static ClipEmbedder Direct(PublishedCase one, Learning.Encoders.Encoder network) => new("direct", "", network.Width, "direct/1", one.Sampling, () =>
    {
        network.Eval();
        return clips => network.Forward(one.Pixels.Apply(clips)).Vector;
    });
}
