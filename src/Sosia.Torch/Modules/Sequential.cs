namespace Sosia.Torch;

/// <summary>Layers one after the other, named 0, 1, ... as in PyTorch.</summary>
public sealed class Sequential : Module, ILayer
{
    private readonly ILayer[] layers;

    /// <summary>In the order in which they run; each a <see cref="Module"/>, disposed with this one.</summary>
    /// <exception cref="ArgumentException">One is no module.</exception>
    public Sequential(params ILayer[] layers)
    {
        this.layers = layers;
        foreach (var (index, layer) in layers.Index())
        {
            Part($"{index}", layer as Module ?? throw new ArgumentException($"layer {index} is no module", nameof(layers)));
        }
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor input) => layers.Aggregate(input, (x, layer) => layer.Forward(x));
}

/// <summary>A function without parameters as a step of a <see cref="Sequential"/>: <c>new Activation(x => x.Gelu())</c>.</summary>
public sealed class Activation(Func<Tensor, Tensor> function) : Module, ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor input) => function(input);
}
