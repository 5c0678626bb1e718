using Sosia.Learning.Objectives;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class FcsTests
{
    public static TheoryData<FcsReading> Readings { get; } = [.. Enum.GetValues<FcsReading>()];

    [Theory]
    [MemberData(nameof(Readings))]
    public void Gradients_are_those_of_differences(FcsReading reading)
    {
        using var scope = TensorScope.Enter();
        FiniteDifferences.Check(clips => Loss(clips, reading), Tensor.Randn([3, 4, 5], new Generator(11)));
    }

    [Theory]
    [MemberData(nameof(Readings))]
    public void Lengths_and_the_order_of_videos_do_not_matter(FcsReading reading)
    {
        using var scope = TensorScope.Enter();
        var clips = Tensor.Randn([3, 6, 5], new Generator(12));
        var loss = Loss(clips, reading).Item();
        Assert.Equal(loss, Loss(clips.Flip([1]), reading).Item(), 1e-6);
        Assert.Equal(loss, Loss(clips * Tensor.Rand([3, 6, 1], new Generator(13)).Add(0.1), reading).Item(), 1e-6);
        Assert.True(loss > 0);
    }

    [Theory]
    [InlineData(FcsReading.Ranked, 0.1)]
    [InlineData(FcsReading.CatchUp, 0.1)]
    [InlineData(FcsReading.Consistent, 0)]
    [InlineData(FcsReading.Attract, 0)]
    public void Three_equal_clips_cost_the_margin_or_nothing(FcsReading reading, double expected)
    {
        using var scope = TensorScope.Enter();
        var one = Tensor.Randn([4, 5], new Generator(14));
        Assert.Equal(expected, Fcs.Loss(one, one, one, null, reading, 0.1).Item(), 1e-6);
    }

    [Fact]
    public void Ranked_and_catch_up_pull_in_opposite_directions()
    {
        using var scope = TensorScope.Enter();
        var (anchor, near, far) = (Row(1, 0), Row(1, 0.1f), Row(0.1f, 1));
        Assert.Equal(0, Fcs.Loss(anchor, near, far, null, FcsReading.Ranked, 0.1).Item());
        Assert.Equal(0, Fcs.Loss(anchor, far, near, null, FcsReading.CatchUp, 0.1).Item());
        Assert.True(Fcs.Loss(anchor, far, near, null, FcsReading.Ranked, 0.1).Item() > 0.9);
        Assert.True(Fcs.Loss(anchor, near, far, null, FcsReading.CatchUp, 0.1).Item() > 0.9);
    }

    [Fact]
    public void A_hard_positive_needs_another_video()
    {
        using var scope = TensorScope.Enter();
        var clips = Tensor.Randn([3, 2, 4], new Generator(15)).RequireGrad().Unbind(0);
        Assert.Equal(0, HardPositive(clips[0][..1], clips[1][..1], clips[2][..1], null).Item());
        Assert.Equal(0, HardPositive(clips[0], clips[1], clips[2], Tensor.Of([7L, 7L], 2)).Item());
        Assert.True(HardPositive(clips[0], clips[1], clips[2], Tensor.Of([7L, 8L], 2)).Item() > 0);

        static Tensor HardPositive(Tensor a, Tensor p, Tensor f, Tensor? videos) => Fcs.Loss(a, p, f, videos, FcsReading.HardPositive, 5);
    }

    [Fact]
    public void Nothing_to_compare_with_gives_a_gradient_of_zero_and_no_nan()
    {
        using var scope = TensorScope.Enter();
        var clip = Tensor.Randn([1, 4], new Generator(16)).RequireGrad();
        Fcs.Loss(clip, clip * 2, clip + 1, null, FcsReading.HardPositive, 0.3).Backward();
        Assert.Equal([0f, 0f, 0f, 0f], clip.Grad!.ToArray<float>());
    }

    private static Tensor Loss(Tensor clips, FcsReading reading)
    {
        var parts = clips.Unbind(0);
        return Fcs.Loss(parts[0], parts[1], parts[2], null, reading, 0.5);
    }

    private static Tensor Row(params float[] values) => Tensor.Of(values, 1, values.Length);
}
