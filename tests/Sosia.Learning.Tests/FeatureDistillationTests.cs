using Sosia.Learning.Encoders;
using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class FeatureDistillationTests
{
    private readonly Tensor hidden = Tensor.Of([true, false, true, false, true, true], 2, 3);

    [Theory]
    [InlineData(FeatureDistance.SmoothL1, 0.125, 2.5)]
    [InlineData(FeatureDistance.L1, 0.5, 3)]
    [InlineData(FeatureDistance.L2, 0.25, 9)]
    public void Distances_are_those_of_their_names(FeatureDistance distance, double near, double far)
    {
        using var scope = TensorScope.Enter();
        var features = Tensor.Randn([2, 3, 4], new Generator(1));
        var target = Masks.OfHidden(features, hidden);
        Assert.Equal(near, FeatureDistillation.Loss(target + 0.5, features, hidden, distance).Item(), 1e-5);
        Assert.Equal(far, FeatureDistillation.Loss(target - 3, features, hidden, distance).Item(), 1e-5);
        Assert.Equal(0, FeatureDistillation.Loss(target, features, hidden, distance).Item());
    }

    [Fact]
    public void What_is_visible_carries_no_loss_and_the_teacher_gets_no_gradient()
    {
        using var scope = TensorScope.Enter();
        var features = Tensor.Randn([2, 3, 4], new Generator(1)).RequireGrad();
        var output = Tensor.Randn([2, 2, 4], new Generator(2)).RequireGrad();
        var loss = FeatureDistillation.Loss(output, features, hidden);
        loss.Backward();
        Assert.Null(features.Grad);
        Assert.True(output.Grad!.Abs().Min().Item() > 0);
        var changed = features.MaskedFill(hidden.LogicalNot().Unsqueeze(2), 99);
        Assert.Equal(loss.Item(), FeatureDistillation.Loss(output, changed, hidden).Item());
        Assert.Throws<ArgumentException>(() => FeatureDistillation.Loss(output[.., ..1], features, hidden));
        Assert.Throws<ArgumentException>(() => FeatureDistillation.Loss(output[.., .., ..3], features, hidden));
    }

    [Fact]
    public void A_constant_token_is_normalised_to_zeros()
    {
        using var scope = TensorScope.Enter();
        var features = Tensor.Randn([2, 3, 8], new Generator(1));
        features[0, 1].FillInPlace(5);
        var normalised = TeacherFeatures.Normalised(features);
        Assert.InRange(normalised[0, 1].Abs().Max().Item(), 0, 1e-3);
        Assert.Equal(0, normalised.Mean([2]).Abs().Max().Item(), 1e-3);
        Assert.Equal(1, normalised[1].Square().Mean().Item(), 1e-4);
    }

    [Fact]
    public void An_image_teacher_sees_the_first_frame_of_each_tubelet()
    {
        using var scope = TensorScope.Enter();
        using var teacher = new VisionTransformer(new(new(12, 1, 2), 8, 16, 16), new Generator(1));
        var clips = Tensor.Randn([2, 3, 6, 16, 16], new Generator(2));
        var features = TeacherFeatures.OfFrames(teacher, clips, tubelet: 2);
        Assert.Equal([2L, 12, 12], features.Shape);
        Assert.False(features.RequiresGrad);
        foreach (var (clip, time) in new[] { (0, 0), (0, 2), (1, 1) })
        {
            var alone = teacher.Forward(clips[clip].Select(1, 2 * time).Unsqueeze(0)).Tokens![0, 1..].Detach().ToArray<float>();
            var among = features[clip].Narrow(0, 4 * time, 4).ToArray<float>();
            Assert.All(alone.Zip(among), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }
}
