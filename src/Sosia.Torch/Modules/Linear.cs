namespace Sosia.Torch;

/// <summary>y = x AT + b over the last dimension.</summary>
public sealed class Linear : Module, ILayer
{
    /// <summary>With PyTorch's starting values.</summary>
    /// <param name="inputs">Length of the last dimension of what comes in.</param>
    /// <param name="outputs">Of what goes out.</param>
    /// <param name="bias">Whether b is there.</param>
    public Linear(long inputs, long outputs, bool bias = true)
    {
        Weight = Parameter("weight", Init.FanIn(Tensor.Empty([outputs, inputs]), inputs));
        Bias = bias ? Parameter("bias", Init.FanIn(Tensor.Empty([outputs]), inputs)) : null;
    }

    /// <summary>outputs x inputs.</summary>
    public Tensor Weight { get; }

    /// <summary>outputs; null without one.</summary>
    public Tensor? Bias { get; }

    /// <summary>... x inputs to ... x outputs.</summary>
    public Tensor Forward(Tensor input) => input.Linear(Weight, Bias);
}
