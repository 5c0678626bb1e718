using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class GaussianKernelTests
{
    [Theory]
    [InlineData(9, 1)]
    [InlineData(24, 3)]
    [InlineData(112, 11)]
    [InlineData(224, 23)]
    public void Is_odd_symmetric_and_sums_to_1(int crop, int size)
    {
        var weights = GaussianKernel.OfCrop(crop).Weights();
        Assert.Equal(size, weights.Length);
        Assert.Equal(1, weights.Sum(), 1e-5);
        Assert.Equal(weights, weights.Reverse());
        Assert.Equal(weights.Max(), weights[size / 2]);
    }

    [Fact]
    public void An_even_plane_stays_as_it_is_up_to_its_borders()
    {
        using var scope = TensorScope.Enter();
        var blurred = GaussianKernel.OfCrop(40).Blur(Tensor.Full([2, 6, 5], 0.7));
        Assert.All(blurred.ToArray<float>(), value => Assert.Equal(0.7f, value, 1e-5));
    }

    [Fact]
    public void A_point_becomes_the_kernel_in_both_directions()
    {
        using var scope = TensorScope.Enter();
        var kernel = GaussianKernel.OfCrop(32);
        var point = Tensor.Zeros([1, 7, 7]);
        point[0, 3, 3].FillInPlace(1);
        var weights = Tensor.Of(kernel.Weights(), 3);
        Assert.Equal(weights.Outer(weights).ToArray<float>(), kernel.Blur(point)[0, 2..5, 2..5].Contiguous().ToArray<float>());
    }

    [Fact]
    public void Beyond_the_border_the_pixels_inside_it_are_seen_again()
    {
        using var scope = TensorScope.Enter();
        var kernel = GaussianKernel.OfCrop(32); // three pixels
        var weights = kernel.Weights();
        var line = Tensor.Of([1f, 0, 0, 0], 1, 1, 4).Repeat([1, 4, 1]);
        var blurred = kernel.Blur(line)[0, 0].ToArray<float>();
        Assert.Equal([weights[1], weights[0], 0, 0], blurred);
        var inside = Tensor.Of([0f, 1, 0, 0], 1, 1, 4).Repeat([1, 4, 1]);
        Assert.Equal(2 * weights[0], kernel.Blur(inside)[0, 0].ToArray<float>()[0], 1e-6);
    }
}
