using Sosia.Learning.Encoders;
using Sosia.Learning.Methods;
using Sosia.Learning.Training;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

/// <summary>The losses of copies on made-up descriptors, beside plain arithmetic.</summary>
public sealed class CopiesObjectiveTests
{
    private const int Width = 6;
    private const double Temperature = 0.2;
    private const double Near = 0.5;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_what_plain_arithmetic_gives(bool hard)
    {
        using var scope = TensorScope.Enter();
        for (var seed = 0; seed < 20; seed++)
        {
            using var method = Method(hard, memory: 0);
            var (edited, clips) = (Rows(seed, 5), Rows(100 + seed, 5));
            long[] videos = [1, 1, 2, 2, 3];
            long[] partners = [0, 2, 2, 4, 4];

            var losses = method.Objective(Of(edited), Of(clips), Tensor.Of(videos, 5), partners);

            Equal(Distillation(edited, clips, partners), losses.Terms[0].Value.Item(), $"distillation, seed {seed}");
            Equal(Contrast(edited, clips, videos, partners, clips, videos, hard), losses.Terms[1].Value.Item(), $"contrast, seed {seed}");
            Equal(losses.Terms[0].Value.Item() + (0.25 * losses.Terms[1].Value.Item()), losses.Total().Item(), $"sum, seed {seed}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Clips_are_told_from_those_that_the_memory_holds(bool hard)
    {
        using var scope = TensorScope.Enter();
        using var method = Method(hard, memory: 7);
        var (held, labels) = (new double[7][], new long[7]); // empty places are no clips
        for (var step = 0; step < 5; step++)
        {
            var (edited, clips) = (Rows(step, 3), Rows(200 + step, 3));
            long[] videos = [step % 2, 7, 8 + (step / 2)];
            long[] partners = [1, 1, 0];
            for (var i = 0; i < 3; i++)
            {
                (held[((step * 3) + i) % 7], labels[((step * 3) + i) % 7]) = (clips[i], videos[i]);
            }

            var found = method.Objective(Of(edited), Of(clips), Tensor.Of(videos, 3), partners).Terms[1].Value.Item();

            double[][] rows = [.. held.Where(row => row is not null)];
            Equal(Contrast(edited, clips, videos, partners, rows, labels[..rows.Length], hard), found, $"step {step}");
        }
    }

    [Fact]
    public void Other_moments_of_a_video_are_negatives_only_where_that_is_asked_for()
    {
        using var scope = TensorScope.Enter();
        double[][] clips = [Axis(0), Axis(1)]; // of one video, with nothing in common
        double[][] edited = [Axis(0, 1), Axis(1, 0)]; // seen as something between them
        Equal(Math.Log(2), Loss(hard: true, videos: [5, 5]), "hard");
        Equal(0, Loss(hard: false, videos: [5, 5]), "not hard");
        Equal(Math.Log(2), Loss(hard: false, videos: [5, 6]), "of two videos");

        double Loss(bool hard, long[] videos)
        {
            using var method = Method(hard, memory: 0);
            return method.Objective(Of(edited), Of(clips), Tensor.Of(videos, 2), [0, 1]).Terms[1].Value.Item();
        }
    }

    [Fact]
    public void What_looks_the_same_is_no_negative_and_a_clip_that_is_twice_there_is_its_own()
    {
        using var scope = TensorScope.Enter();
        using var method = Method(hard: true, memory: 0);
        double[] near = Unit([1, 0.5, 0, 0, 0, 0]);
        double[][] clips = [Axis(0), near, Axis(0)];
        double[][] edited = [Axis(0, 1), Axis(0, 1), Axis(0, 1)];
        Equal(0, method.Objective(Of(edited), Of(clips), Tensor.Of([1L, 2L, 3L], 3), [0, 1, 2]).Terms[1].Value.Item(), "nothing to be told from");
    }

    [Fact]
    public void Gradients_go_to_the_edited_clips_alone_even_after_the_next_batch()
    {
        using var scope = TensorScope.Enter();
        using var method = Method(hard: true, memory: 4);
        var edited = Of(Rows(1, 3)).RequireGrad();
        var loss = method.Objective(edited, Of(Rows(2, 3)), Tensor.Of([1L, 2L, 3L], 3), [0, 1, 2]).Total();
        method.Objective(Of(Rows(3, 3)), Of(Rows(4, 3)), Tensor.Of([4L, 5L, 6L], 3), [0, 1, 2]);
        loss.Backward();
        Assert.True(edited.Grad!.Abs().Max().Item() > 0);
    }

    private static Copies Method(bool hard, int memory) => new(
        new ClipTrunk(new ClipTrunkShape(Width, 1, 0, 0, 1)), new CopiesOptions(HardNegatives: hard, Memory: memory, Near: Near, Temperature: Temperature, Contrast: 0.25), World.Single);

    private static double Distillation(double[][] edited, double[][] clips, long[] partners) =>
        edited.Select((row, i) => 1 - Dot(row, Unit([.. clips[i].Zip(clips[partners[i]], (a, b) => a + b)]))).Average();

    private static double Contrast(double[][] edited, double[][] clips, long[] videos, long[] partners, double[][] rows, long[] labels, bool hard) => edited.Select((row, i) =>
    {
        double[] likeness = [.. rows.Select(other => Math.Max(Dot(clips[i], other), Dot(clips[partners[i]], other)))];
        bool Other(int j) => hard || (labels[j] != videos[i] && labels[j] != videos[partners[i]]);
        var negatives = Enumerable.Range(0, rows.Length).Where(j => likeness[j] < Near && Other(j)).Sum(j => Math.Exp(Dot(row, rows[j]) / Temperature));
        var own = Enumerable.Range(0, rows.Length).Where(j => likeness[j] > 0.9999).Select(j => Math.Exp(Dot(row, rows[j]) / Temperature));
        return own.Average(one => Math.Log((one + negatives) / one));
    }).Average();

    private static double[][] Rows(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Unit([.. Enumerable.Range(0, Width).Select(_ => (random.NextDouble() * 2) - 1)]))];
    }

    private static double[] Axis(params int[] axes) => Unit([.. Enumerable.Range(0, Width).Select(i => axes.Contains(i) ? 1.0 : 0)]);

    private static double[] Unit(double[] row) => [.. row.Select(value => value / Math.Sqrt(Dot(row, row)))];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static Tensor Of(double[][] rows) => Tensor.Of(rows.SelectMany(row => row).Select(value => (float)value).ToArray(), rows.Length, Width);

    private static void Equal(double wanted, double got, string what) => Assert.True(Math.Abs(wanted - got) < 1e-4, $"{what}: {got} instead of {wanted}");
}
