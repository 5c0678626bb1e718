using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What CARL puts on the maps of a video's frames: a vector of each, positions, a transformer over all of them (Chen et al. 2022, section 3.2; code).</summary>
public sealed class FrameSequenceHead : Module
{
    private readonly FrameSequenceShape shape;
    private readonly Sequential layers;
    private readonly Linear videoEmbedding;
    private readonly Dropout dropout;
    private readonly ModuleList<FrameSequenceLayer> encoder;
    private readonly Linear embedding;

    /// <summary>With PyTorch's starting values; the transformer's matrices Xavier uniform.</summary>
    /// <param name="channels">C of the maps.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="generator">Draws the transformer's matrices.</param>
    public FrameSequenceHead(int channels, FrameSequenceShape shape, Generator? generator = null)
    {
        this.shape = shape;
        layers = Part("fc_layers", new Sequential(
            new Dropout(shape.Dropout), new Linear(channels, shape.Inner), new BatchNorm(shape.Inner), new Activation(x => x.Relu()),
            new Dropout(shape.Dropout), new Linear(shape.Inner, shape.Inner), new BatchNorm(shape.Inner), new Activation(x => x.Relu())));
        videoEmbedding = Part("video_emb", new Linear(shape.Inner, shape.Hidden));
        dropout = Part("dropout", new Dropout(shape.Dropout));
        encoder = Part("video_encoder.enc_layers", new ModuleList<FrameSequenceLayer>(Enumerable.Range(0, shape.Layers).Select(_ => new FrameSequenceLayer(shape))));
        embedding = Part("embedding_layer", new Linear(shape.Hidden, shape.Embedding));
        foreach (var matrix in encoder.Parameters().Where(parameter => parameter.Rank == 2))
        {
            Init.XavierUniform(matrix, generator);
        }
    }

    /// <summary>The embeddings of frames, not normalised.</summary>
    /// <param name="maps">B x S x C x h x w.</param>
    /// <param name="mask">B x S, 1 where a frame is valid, else 0: no frame looks at those; null: all are.</param>
    /// <returns>B x S x D.</returns>
    public Tensor Forward(Tensor maps, Tensor? mask = null)
    {
        var (batch, length) = (maps.Size(0), maps.Size(1));
        using var scope = TensorScope.Enter();
        var frames = videoEmbedding.Forward(layers.Forward(maps.Amax([3, 4]).Flatten(0, 1))).View([batch, length, shape.Hidden]);
        var placed = shape.Positions ? frames + Code((int)length, frames.Device) : frames;
        var seen = encoder.Aggregate(dropout.Forward(placed), (x, layer) => layer.Forward(x, mask));
        return scope.Keep(embedding.Forward(seen));
    }

    // In the type of the weights: the sum of the branches stays in full precision.
    private Tensor Code(int length, Device device) => FramePositions.Code(length, shape.Hidden, shape.TrainingLength).To(device, embedding.Weight.Type);
}
