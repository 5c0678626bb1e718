using Xunit;

namespace Sosia.Matching.Tests;

/// <summary>The thresholds for rows of numbers, on rows as far apart as those of a whitened network.</summary>
public sealed class TrunkMatchingTests
{
    private const int Seed = 20260911;
    private const int Dimension = 512;
    private static readonly MatchingOptions Options = MatchingOptions.Trunk;
    private readonly Random random = new(Seed);

    [Fact]
    public void A_strongly_edited_copy_is_found_with_its_seconds()
    {
        var film = Scenes(60);
        var query = Sequence([.. Scenes(10), .. film[20..44].Select(row => Edited(row, 0.35)), .. Scenes(10)]);

        var segment = Assert.Single(PairMatcher.Match(query, Sequence(film), null, Options));

        Assert.Equal(new Stretch(5, 17), segment.Query);
        Assert.Equal(new Stretch(10, 22), segment.Reference);
        Assert.Equal(1, segment.Coverage);
    }

    [Fact]
    public void Unrelated_videos_are_no_candidates()
    {
        var query = Sequence(Scenes(60));

        Assert.Empty(Candidates.Of(query, [Sequence(Scenes(600)).Rows], (_, row) => new ClipPlace(row / 60, row % 60), _ => true, Options));
    }

    [Fact]
    public void Another_recording_of_a_still_scene_is_no_copy()
    {
        var scene = Scenes(1)[0];
        var (one, other) = (Sequence(Recording(scene, 60)), Sequence(Recording(scene, 60)));

        Assert.Contains(Candidates.Of(one, [other.Rows], (_, row) => new ClipPlace(1, row), _ => true, Options), c => c.Best > 0.5);
        Assert.Empty(PairMatcher.Match(one, other, null, Options));
    }

    [Fact]
    public void A_still_scene_is_found_in_a_mild_copy()
    {
        var film = Recording(Scenes(1)[0], 60);
        var copy = film.Select(row => Edited(row, 0.95)).ToArray();

        Assert.NotEmpty(PairMatcher.Match(Sequence(copy), Sequence(film), null, Options));
    }

    // Two recordings are 0.78 like the scene, and so 0.6 like one another; the frames of one are alike.
    private double[][] Recording(double[] scene, int count)
    {
        var take = Edited(scene, 0.78);
        return [.. Enumerable.Range(0, count).Select(_ => Edited(take, 0.97))];
    }

    // Unrelated rows of length 1.
    private double[][] Scenes(int count) => [.. Enumerable.Range(0, count).Select(_ => Unit([.. Enumerable.Range(0, Dimension).Select(_ => Normal())]))];

    // A row of a given cosine to another.
    private double[] Edited(double[] row, double cosine)
    {
        var noise = Scenes(1)[0];
        var sine = Math.Sqrt(1 - (cosine * cosine));
        return Unit([.. row.Select((x, i) => (cosine * x) + (sine * noise[i]))]);
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double[] Unit(double[] row)
    {
        var length = Math.Sqrt(row.Sum(x => x * x));
        return [.. row.Select(x => x / length)];
    }

    private static ClipSequence Sequence(double[][] rows) => new(
        Quantiser.Rows(Dimension, [.. rows.SelectMany(r => r.Select(x => (float)x))]),
        rows.Select((_, i) => new ClipSpan(i / 2.0, (i + 1) / 2.0, 100)).ToArray());
}
