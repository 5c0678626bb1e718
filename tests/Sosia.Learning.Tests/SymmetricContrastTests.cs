using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class SymmetricContrastTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_queue_holds_the_keys_of_the_plain_clips_and_then_those_of_the_merged_ones(bool between)
    {
        using var scope = TensorScope.Enter();
        using var queue = new KeyQueue(4, 8, new Generator(1));
        var (merged, plain) = (Unit(2), Unit(3));
        SymmetricContrast.Of((Unit(4), merged), (Unit(5), plain), queue, 0.1, between, World.Single);
        Assert.Equal(Tensor.Cat([plain, merged]).ToArray<float>(), queue.Keys()[.., ..4].Transpose(0, 1).ToArray<float>());
        Assert.Equal(4, queue.Pointer.Item<long>());
    }

    [Fact]
    public void A_plain_clip_meets_its_own_key_as_a_negative_only_where_keys_are_written_between()
    {
        using var scope = TensorScope.Enter();
        var plain = Unit(6);
        SymmetricContrast Halves(bool between)
        {
            using var queue = new KeyQueue(4, 8, new Generator(1));
            return SymmetricContrast.Of((Unit(4), Unit(2)), (plain, plain), queue, 0.1, between, World.Single); // queries are their own keys
        }

        var (apart, mixed) = (Halves(false), Halves(true));
        Assert.Equal(apart.Merged.Item(), mixed.Merged.Item());
        Assert.True(mixed.Plain.Item() > apart.Plain.Item());
        Assert.Equal((apart.Merged.Item() + apart.Plain.Item()) / 2, apart.Loss.Item(), 1e-6);
    }

    private static Tensor Unit(ulong seed) => Cosine.Unit(Tensor.Randn([2, 4], new Generator(seed)));
}
