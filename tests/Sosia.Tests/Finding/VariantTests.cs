using System.Text.Json;
using Sosia.Library;
using Sosia.Tests.Commands;
using Xunit;

namespace Sosia.Tests.Finding;

/// <summary>Copies that are turned, or lie in another picture, are found where the query is looked at so.</summary>
[Collection("videos")]
public sealed class VariantTests(TestVideos videos) : IDisposable
{
    private readonly Shelf shelf = new();
    private readonly Embedding.Drawn drawn = new();

    public void Dispose()
    {
        shelf.Dispose();
        drawn.Dispose();
    }

    [Theory]
    [InlineData("mirrored", "mirrored")]
    [InlineData("turned", "turned-90 turned-180 turned-270")]
    [InlineData("quarters,mirrored", "mirrored centre upper-left upper-right lower-left lower-right")]
    [InlineData(" turned , mirrored,turned ", "mirrored turned-90 turned-180 turned-270")]
    [InlineData("all", "mirrored inverted turned-90 turned-180 turned-270 centre upper-left upper-right lower-left lower-right")]
    [InlineData("none", "")]
    public void NamesAreChosen(string text, string expected) => Assert.Equal(expected, Names(VariantChoice.Parse(text).For(Embedders.Trunk)));

    [Fact]
    public void AllIsWhatTheModelCan()
    {
        Assert.Equal("mirrored inverted turned-90 turned-180 turned-270", Names(VariantChoice.Parse("all").For(Embedders.Pdq)));
        Assert.Equal("mirrored", Names(VariantChoice.Parse("all").For(Embedders.Named("3d-csl-small"))));
    }

    [Theory]
    [InlineData("sideways", "--variants sideways: may be mirrored, inverted, turned, quarters, all, none, several with commas between them")]
    [InlineData("mirrored,Turned", "--variants mirrored,Turned: may be")]
    [InlineData(",", "may be")]
    [InlineData("none,mirrored", "none stands alone")]
    [InlineData("quarters", "pdq cannot look for quarters: --variants may be mirrored, inverted, turned, all or none with it")]
    public void WrongNamesAreSaidInALine(string text, string message)
    {
        var answer = Shell.Run(shelf.Folder, "find", videos.Harbour, "--library", videos.Library, $"--variants={text}");
        Assert.Equal((2, ""), (answer.Code, answer.Out));
        Assert.Contains(message, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatAModelCannotIsRefusedByTheLibraryToo()
    {
        var error = Assert.Throws<UsageException>(() => Embedding.Drawn.Read(Embedders.Named("3d-csl-small"), videos.Harbour, variants: QueryVariant.Turned[0]));
        Assert.StartsWith("3d-csl-small cannot look for turned: --variants may be mirrored, ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trunk")]
    [InlineData("copies")]
    [InlineData("pdq")]
    public void InvertedRowsAreThoseOfTheNegative(string model)
    {
        var embedder = Embedders.Named(model);
        var read = Embedding.Drawn.Read(embedder, drawn.Moving("plain.mp4", 3), variants: QueryVariant.Inverted);
        var negative = Embedding.Drawn.Read(embedder, drawn.Moving("negative.mp4", 3, "negate"));
        var (own, plain) = (Unlike(read.Variants[0].Clips, negative.Clips), Unlike(read.Clips, negative.Clips));
        Assert.True(own < 0.3 * plain, $"{own:0.000} of {plain:0.000}");
    }

    [Theory]
    [InlineData("trunk")]
    [InlineData("pdq")]
    public void TurnedRowsAreThoseOfTheTurnedPicture(string model)
    {
        var embedder = Embedders.Named(model);
        var read = Embedding.Drawn.Read(embedder, drawn.Moving("plain.mp4", 3), variants: [.. QueryVariant.Turned]);
        string[] filters = ["transpose=clock", "hflip,vflip", "transpose=cclock"];
        foreach (var (variant, filter) in read.Variants.Zip(filters))
        {
            var turned = Embedding.Drawn.Read(embedder, drawn.Moving("turned.mp4", 3, filter));
            var (own, plain) = (Unlike(variant.Clips, turned.Clips), Unlike(read.Clips, turned.Clips));
            Assert.True(own < 0.3 * plain, $"{variant.Variant.Name}: {own:0.000} of {plain:0.000}");
        }
    }

    [Theory]
    [InlineData("trunk")]
    [InlineData("pdq")]
    public void TurnedCopiesAreFoundWhereTheyAreLookedFor(string model)
    {
        var embedder = Embedders.Named(model);
        Fill(embedder, videos.Harbour, videos.Market);
        var (quarter, half) = (videos.Copy("rot90", videos.Harbour).Path, videos.Copy("rot180", videos.Market).Path);
        Assert.Empty(Found(embedder, quarter, "mirrored"));
        Assert.Empty(Found(embedder, half, "mirrored"));
        Assert.Matches("^harbour.mp4 turned-(90|270)$", string.Join(", ", Found(embedder, quarter, "mirrored,turned")));
        Assert.Equal(["market.mkv turned-180"], Found(embedder, half, "turned"));
        Assert.Equal(["harbour.mp4 plain"], Found(embedder, videos.Copy("reencode", videos.Harbour).Path, "turned"));
        Assert.Equal(["harbour.mp4 mirrored"], Found(embedder, videos.Copy("mirror", videos.Harbour).Path, "all"));
    }

    [Fact]
    public void PartsAreThoseOfThePicture()
    {
        var read = Embedding.Drawn.Read(Embedders.Trunk, drawn.Moving("plain.mp4", 3), variants: [.. QueryVariant.Quarters]);
        string[] crops = ["iw*0.6:ih*0.6:iw*0.2:ih*0.2", "iw/2:ih/2:0:0", "iw/2:ih/2:iw/2:0", "iw/2:ih/2:0:ih/2", "iw/2:ih/2:iw/2:ih/2"];
        foreach (var (variant, crop) in read.Variants.Zip(crops))
        {
            var part = Embedding.Drawn.Read(Embedders.Trunk, drawn.Moving("part.mp4", 3, $"crop={crop}"));
            var own = Unlike(variant.Clips, part.Clips);
            Assert.All(read.Variants.Where(v => v != variant), other => Assert.True(own < Unlike(other.Clips, part.Clips), $"{variant.Variant.Name} {other.Variant.Name}"));
        }
    }

    [Theory]
    [InlineData("80:45", "0:0", "upper-left")]
    [InlineData("80:45", "80:0", "upper-right")]
    [InlineData("80:45", "80:45", "lower-right")]
    [InlineData("96:54", "32:18", "centre")]
    public void APictureInAPictureIsFoundInItsPart(string size, string place, string variant)
    {
        Fill(Embedders.Trunk, videos.Harbour, videos.Tower);
        var inset = drawn.Filtered("inset.mp4", videos.Harbour, $"scale={size}[small];testsrc2=size=160x90:rate=12[other];[other][small]overlay={place}:shortest=1");
        Assert.Empty(Found(Embedders.Trunk, inset, "mirrored,turned"));
        Assert.Equal([$"harbour.mp4 {variant}"], Found(Embedders.Trunk, inset, "quarters"));
    }

    [Fact]
    public void ReportsTellTheVariant()
    {
        var copy = videos.Copy("rot180", videos.Harbour).Path;
        string[] find = ["find", copy, "--library", videos.Library];
        Assert.Empty(Shell.Run(shelf.Folder, [.. find, "--json"]).Json.GetProperty("matches").EnumerateArray());
        var answer = Shell.Run(shelf.Folder, [.. find, "--variants", "turned", "--json", "--csv", "found.csv", "--html", "found.html"]);
        Assert.True(answer.Code == 0, answer.ToString());
        var segment = answer.Json.GetProperty("matches")[0].GetProperty("segments")[0];
        Assert.Equal((JsonValueKind.False, "turned-180"), (segment.GetProperty("mirrored").ValueKind, segment.GetProperty("variant").GetString()));
        Assert.EndsWith(",false,turned-180", File.ReadAllLines(shelf.At("found.csv"))[1], StringComparison.Ordinal);
        Assert.Contains(", turned-180", File.ReadAllText(shelf.At("found.html")), StringComparison.Ordinal);
        Assert.Contains(", turned-180)", Shell.Run(shelf.Folder, [.. find, "--variants", "turned"]).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void HashesTellNoMoreThanTheMirrorImage()
    {
        using var library = VideoLibrary.OpenRead(videos.Library);
        using var finder = new Finder(library, Embedders.Pdq) { Variants = QueryVariant.Turned };
        Assert.Contains("hashes do not tell turned-90", Assert.Throws<UsageException>(() => finder.ReadHashes("hashes.txt", new FindPart())).Message, StringComparison.Ordinal);
    }

    private static string Names(IEnumerable<QueryVariant> variants) => string.Join(' ', variants.Select(v => v.Name));

    // Mean distance of the rows of the same number: of 256 bits, or of the cosine from 1.
    private static double Unlike(Matching.ClipSequence one, Matching.ClipSequence other)
    {
        if (one.Rows.Kind != Matching.VectorKind.Bits256)
        {
            return Embedding.Drawn.Likeness(one, other).Average(likeness => 1 - likeness);
        }

        var (a, b) = (one.Rows.Bits.ToArray(), other.Rows.Bits.ToArray());
        return a.Zip(b, (x, y) => (double)System.Numerics.BitOperations.PopCount((uint)(x ^ y))).Sum() / (8 * a.Length);
    }

    private void Fill(IEmbedder embedder, params string[] originals)
    {
        Array.ForEach(originals, path => shelf.Put(path, Path.GetFileName(path)));
        using var library = VideoLibrary.Create(shelf.Library, embedder.Identity);
        Assert.Equal(originals.Length, Ingest.Add(library, embedder, [shelf.Folder], new IngestOptions([], 2)).Added);
    }

    // Each match with the variants of its segments.
    private string[] Found(IEmbedder embedder, string query, string variants)
    {
        using var library = VideoLibrary.OpenRead(shelf.Library);
        using var finder = new Finder(library, embedder, 2) { Variants = VariantChoice.Parse(variants).For(embedder) };
        return [.. finder.Find(query).Matches.Select(match => $"{Path.GetFileName(match.Video.Path)} {Names(match.Segments.Select(s => s.Variant).Distinct())}")];
    }
}
