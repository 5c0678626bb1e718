using Sosia.Learning.Evaluation;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Tests;

public sealed class BackgroundTests
{
    private const int Width = 16;

    [Fact]
    public void What_all_clips_have_in_common_is_taken_off_and_clips_of_one_video_are_no_pair()
    {
        using var scope = TensorScope.Enter();
        var common = 5 * Tensor.Eye(Width)[0];
        var (known, heldOut) = (Clips(200, 1) + common, Clips(40, 2) + common);
        using var background = Background.Of(known, heldOut, Videos(40))!;
        Assert.InRange(background.Unrelated, 0.4, 0.9); // unrelated clips were above 0.8 before, those of one video are above 0.95 still
        Assert.Equal(Width, background.Width);

        var rows = background.Apply(known);
        Assert.All(rows.LinalgVectorNorm(2, [1]).ToArray<float>(), length => Assert.Equal(1, length, 1e-5));
        Assert.All(rows.Mean([0]).ToArray<float>(), value => Assert.InRange(value, -0.1, 0.1));
        Assert.True((rows - background.Apply(known * 3)).Abs().Max().Item<float>() < 1e-4); // of any length
    }

    [Fact]
    public void One_pair_in_a_thousand_is_above_it()
    {
        using var scope = TensorScope.Enter();
        const int Count = 200; // 19,900 pairs: 19 are above
        var heldOut = Tensor.Randn([Count, Width], new Generator(3));
        using var background = Background.Of(Clips(100, 4), heldOut, [.. Enumerable.Range(0, Count).Select(i => (long)i)])!;
        var rows = background.Apply(heldOut);
        var cosines = rows.MatMul(rows.Transpose(0, 1)).ToArray<float>();
        Assert.Equal(19, Enumerable.Range(0, Count).Sum(i => Enumerable.Range(i + 1, Count - i - 1).Count(j => cosines[(i * Count) + j] > background.Unrelated + 1e-6)));
    }

    [Fact]
    public void Few_known_clips_give_few_directions()
    {
        using var scope = TensorScope.Enter();
        using var background = Background.Of(Tensor.Randn([11, Width], new Generator(1)), Tensor.Randn([20, Width], new Generator(2)), [.. Enumerable.Range(0, 20).Select(i => (long)i)])!;
        Assert.Equal(5, background.Width);
        Assert.Equal([3L, 5], background.Apply(Tensor.Randn([3, Width], new Generator(3))).Shape);
    }

    [Fact]
    public void One_video_has_no_background()
    {
        using var scope = TensorScope.Enter();
        var rows = Tensor.Randn([3, 4], new Generator(1));
        Assert.Null(Background.Of(rows, rows, [7, 7, 7]));
        Assert.Null(Background.Of(Clips(20, 1), Clips(5, 2), Videos(5))); // 40 pairs
        Assert.Null(Background.Of(Tensor.Ones([40, Width]), Tensor.Ones([40, Width]), Videos(20))); // all alike
        Assert.Throws<ArgumentException>(() => Background.Of(rows, rows, [7, 8]));
        Assert.Throws<ArgumentException>(() => Background.Of(rows[..1], rows, [7, 8, 9]));
    }

    [Fact]
    public void It_is_read_as_it_was_written()
    {
        using var scope = TensorScope.Enter();
        using var background = Background.Of(Clips(20, 1), Clips(10, 2), Videos(10))!;
        StoredTensor[] state = [.. background.ToStored()];
        using var read = Background.Read(state);
        Assert.Equal(background.Unrelated, read.Unrelated);
        Assert.Equal(background.Apply(Clips(3, 5)).ToArray<float>(), read.Apply(Clips(3, 5)).ToArray<float>());
        Assert.Throws<StateMismatchException>(() => Background.Read([.. state.Where(stored => stored.Name != "whitening.projection")]));
        Assert.Throws<StateMismatchException>(() => Background.Read([.. state.Where(stored => stored.Name != "unrelated")]));
    }

    // Two clips of each video, nearly alike.
    private static Tensor Clips(int videos, ulong seed) =>
        (Tensor.Randn([videos, 1, Width], new Generator(seed)) + (0.1 * Tensor.Randn([videos, 2, Width], new Generator(seed + 100)))).Flatten(0, 1);

    private static long[] Videos(int count) => [.. Enumerable.Range(0, 2 * count).Select(i => (long)(i / 2))];
}
