using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>A layer of CARL's transformer, with its names: norms before, dropout on both branches, none inside them.</summary>
internal sealed class FrameSequenceLayer : Module
{
    private const double Masked = -1e4; // its softmax is 0, in half precision too; of infinity a sequence without any valid frame would have none

    private readonly int heads;
    private readonly LayerNorm norm0;
    private readonly LayerNorm norm1;
    private readonly Linear query;
    private readonly Linear key;
    private readonly Linear value;
    private readonly Linear output;
    private readonly Linear fc1;
    private readonly Linear fc2;
    private readonly Dropout dropout;

    public FrameSequenceLayer(FrameSequenceShape shape)
    {
        var width = shape.Hidden;
        heads = shape.Heads;
        norm0 = Part("res_layer0.norm", new LayerNorm(width));
        query = Part("self_att.linear_Q2d", new Linear(width, width));
        key = Part("self_att.linear_K2d", new Linear(width, width));
        value = Part("self_att.linear_V2d", new Linear(width, width));
        output = Part("self_att.linear_d2Q", new Linear(width, width));
        norm1 = Part("res_layer1.norm", new LayerNorm(width));
        fc1 = Part("feed_forward.fc1", new Linear(width, shape.FeedForward));
        fc2 = Part("feed_forward.fc2", new Linear(shape.FeedForward, width));
        dropout = Part("dropout", new Dropout(shape.Dropout));
    }

    // B x S x D, mask B x S: 1 where a frame is valid.
    public Tensor Forward(Tensor x, Tensor? mask)
    {
        using var scope = TensorScope.Enter();
        var seen = x + dropout.Forward(Attend(norm0.Forward(x), mask));
        return scope.Keep(seen + dropout.Forward(fc2.Forward(fc1.Forward(norm1.Forward(seen)).Relu())));
    }

    private Tensor Attend(Tensor x, Tensor? mask)
    {
        var queries = Heads(query.Forward(x));
        var keys = mask is null ? null : ((1 - mask.To(queries.Type)) * Masked).Unsqueeze(1).Unsqueeze(1); // B x 1 x 1 x S
        var mixed = queries.ScaledDotProductAttention(Heads(key.Forward(x)), Heads(value.Forward(x)), keys); // B x h x S x d
        return output.Forward(mixed.Transpose(1, 2).Flatten(2));
    }

    private Tensor Heads(Tensor x) => x.View([x.Size(0), x.Size(1), heads, -1]).Transpose(1, 2);
}
