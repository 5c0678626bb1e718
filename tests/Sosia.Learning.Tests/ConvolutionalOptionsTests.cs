using Sosia.Learning.Encoders;
using Sosia.Learning.Training;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

/// <summary>Convolutional encoders as recipes name them.</summary>
public sealed class ConvolutionalOptionsTests
{
    [Theory]
    [InlineData("\"r3d-18\", \"base\": 4", typeof(VideoResNet), 32)]
    [InlineData("\"r2plus1d-18\", \"base\": 4, \"layers\": [1, 1, 1, 1]", typeof(VideoResNet), 32)]
    [InlineData("\"mc3-18\", \"base\": 4, \"layers\": [1, 1, 1, 1]", typeof(VideoResNet), 32)]
    [InlineData("\"c3d\", \"base\": 4", typeof(C3d), 32)]
    [InlineData("\"r3d-10-vcop\", \"base\": 4", typeof(ClipOrderResNet), 32)]
    [InlineData("\"r21d-10-vcop\", \"base\": 4, \"layers\": [1, 1, 1, 1]", typeof(ClipOrderResNet), 32)]
    [InlineData("\"resnet3d\", \"depth\": 50, \"widen\": 0.125, \"shortcut\": \"A\", \"timeStride\": 2", typeof(ResNet3d), 256)]
    [InlineData("\"r2d3d-50\", \"base\": 2", typeof(ResNet2d3d), 64)]
    [InlineData("\"slow-r50\", \"base\": 2", typeof(SlowResNet), 64)]
    [InlineData("\"s3d\", \"base\": 8, \"slow\": true, \"normEps\": 1e-3", typeof(S3d), 128)]
    [InlineData("\"s3dg\", \"base\": 8", typeof(S3d), 128)]
    [InlineData("\"i3d\", \"base\": 8, \"port\": \"tensorflow-padding\"", typeof(I3d), 128)]
    public void A_recipe_names_an_encoder(string encoder, Type type, int width)
    {
        using var generator = new Generator(1);
        using var network = Read(encoder).Build(generator, checkpointing: false);
        Assert.IsType(type, network);
        Assert.Equal(width, network.Width);
    }

    [Theory]
    [InlineData("\"r3d-18\", \"base\": 0", "base is 1 to 4096, not 0")]
    [InlineData("\"mc3-18\", \"layers\": [1, 1, 1]", "layers are four numbers of blocks, 1 or more, not 1, 1, 1")]
    [InlineData("\"slow-r50\", \"layers\": [1, 0, 1, 1]", "layers are four numbers of blocks, 1 or more, not 1, 0, 1, 1")]
    [InlineData("\"resnet3d\", \"depth\": 20", "a 3D ResNet has 10, 18, 34, 50, 101, 152 or 200 layers, not 20")]
    [InlineData("\"resnet3d\", \"timeKernel\": 4", "timeKernel is odd")]
    [InlineData("\"resnet3d\", \"widen\": 0", "widen is 1/64 to 64")]
    [InlineData("\"s3d\", \"normMomentum\": 0", "normMomentum above 0")]
    public void What_cannot_be_built_is_refused(string encoder, string message)
    {
        using var generator = new Generator(1);
        Assert.Contains(message, Assert.Throws<RecipeException>(() => Read(encoder).Build(generator, checkpointing: false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batch_norms_would_count_batches_twice_if_they_were_computed_again()
    {
        using var generator = new Generator(1);
        Assert.Throws<RecipeException>(() => new I3dOptions(Base: 4).Build(generator, checkpointing: true));
    }

    private static EncoderOptions Read(string encoder) => RecipeFile.Parse(
        $$"""
        { "name": "least", "encoder": { "name": {{encoder}} },
          "stages": [ { "name": "only", "method": { "name": "3d-csl" }, "optimiser": { "rate": 0.5 } } ] }
        """,
        "a test").Encoder;
}
