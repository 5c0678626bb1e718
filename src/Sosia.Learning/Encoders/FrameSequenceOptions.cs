using System.Text.Json.Serialization;
using Sosia.Learning.Import;
using Sosia.Learning.Training;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Encoders;

/// <summary>CARL's network.</summary>
/// <param name="Weights">Of a ResNet with torchvision's names that was trained on pictures, a file of PyTorch or safetensors; null: starting values.</param>
/// <param name="Blocks">Of the ResNet's four layers; null: ResNet-50.</param>
/// <param name="Base">Channels of its first convolution.</param>
/// <param name="Frozen">Whether all of it but its last layer stays as it is.</param>
/// <param name="Inner">Width of the two layers before the transformer.</param>
/// <param name="Hidden">Width of the transformer.</param>
/// <param name="Heads">Of its attention.</param>
/// <param name="FeedForward">Width of its feed-forward layers.</param>
/// <param name="Layers">Of the transformer.</param>
/// <param name="Embedding">D.</param>
/// <param name="Frames">T, of a view in training.</param>
/// <param name="Dropout">Before each layer, and on the branches of the transformer.</param>
/// <param name="Positions">Whether frames are told their place; without it only what they show can order them.</param>
public sealed record FrameSequenceOptions(
    string? Weights = null,
    IReadOnlyList<int>? Blocks = null,
    int Base = 64,
    bool Frozen = true,
    int Inner = 512,
    int Hidden = 256,
    int Heads = 8,
    int FeedForward = 1024,
    int Layers = 3,
    int Embedding = 128,
    int Frames = 80,
    double Dropout = 0.1,
    bool Positions = true) : EncoderOptions
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override EncoderOptions WithoutFiles => this with { Weights = null };

    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        Check();
        var encoder = new FrameSequenceEncoder(
            new FrameSequenceShape
            {
                Backbone = new ResNet2dShape(Blocks ?? ResNet2dShape.ResNet50.Blocks, Base),
                Frozen = Frozen,
                Inner = Inner,
                Hidden = Hidden,
                Heads = Heads,
                FeedForward = FeedForward,
                Layers = Layers,
                Embedding = Embedding,
                TrainingLength = Frames,
                Dropout = Dropout,
                Positions = Positions,
            },
            generator);
        if (Weights is not null)
        {
            Load(encoder, Weights);
        }

        return encoder;
    }

    private void Check()
    {
        if (Base < 1 || Inner < 1 || Hidden < 2 || Heads < 1 || Hidden % Heads != 0 || FeedForward < 1 || Layers < 1 || Embedding < 1 || Frames < 2)
        {
            throw new RecipeException($"encoder: sizes are 1 or more, frames 2 or more, and {Heads} heads must share a hidden of {Hidden} evenly");
        }

        if (Blocks?.Any(count => count < 1) == true || Blocks?.Count is not (null or 4) || Dropout is not (>= 0 and < 1))
        {
            throw new RecipeException("encoder: blocks are four numbers of 1 or more, and dropout is from 0 to below 1");
        }
    }

    private static void Load(FrameSequenceEncoder encoder, string file)
    {
        using var scope = TensorScope.Enter();
        try
        {
            var own = PublishedFile.State(file).Select(entry => (Name: FrameSequenceEncoder.FromTorchvision(entry.Name), entry.Tensor))
                .Where(entry => entry.Name is not null).Select(entry => (entry.Name!, entry.Tensor)).ToList();
            if (own.Count == 0)
            {
                throw new RecipeException($"{file} holds no ResNet with torchvision's names");
            }

            encoder.Load(own, strict: false);
        }
        catch (Exception error) when (error is CheckpointException or StateMismatchException)
        {
            throw new RecipeException($"{file} cannot be read as a ResNet: {error.Message}", error);
        }
    }
}
