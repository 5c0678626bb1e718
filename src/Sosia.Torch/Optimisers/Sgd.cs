namespace Sosia.Torch;

/// <summary>Stochastic gradient descent, with momentum as PyTorch has it (Sutskever et al. 2013, but without the rate in the velocity).</summary>
public sealed class Sgd : Optimiser
{
    private readonly double momentum;
    private readonly double dampening;
    private readonly bool nesterov;

    /// <summary>For all parameters alike.</summary>
    public Sgd(IEnumerable<(string Name, Tensor Tensor)> parameters, double learningRate, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false)
        : this([new ParameterGroup(parameters)], learningRate, momentum, dampening, weightDecay, nesterov)
    {
    }

    /// <summary>For groups of parameters.</summary>
    /// <param name="groups">What they leave out is given by the rest.</param>
    /// <param name="learningRate">Step along the velocity.</param>
    /// <param name="momentum">Part of the velocity that stays at each step; 0: the velocity is the gradient.</param>
    /// <param name="dampening">Part of the gradient that does not enter the velocity.</param>
    /// <param name="weightDecay">Times the parameter, added to the gradient.</param>
    /// <param name="nesterov">Whether the step goes along the velocity after the next one.</param>
    /// <exception cref="ArgumentException">Nesterov's form needs momentum and no dampening.</exception>
    public Sgd(IEnumerable<ParameterGroup> groups, double learningRate, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false)
        : base(groups, learningRate, weightDecay, momentum == 0 ? [] : ["momentum_buffer"])
    {
        if (nesterov && (momentum <= 0 || dampening != 0))
        {
            throw new ArgumentException("Nesterov's form needs momentum and no dampening", nameof(nesterov));
        }

        (this.momentum, this.dampening, this.nesterov) = (momentum, dampening, nesterov);
    }

    private protected override void Update(ParameterGroup group, IReadOnlyList<TrainedParameter> parameters, Tensor[] gradients)
    {
        Tensor[] tensors = [.. parameters.Select(p => p.Tensor)];
        if (group.WeightDecay != 0)
        {
            gradients = Tensor.ForeachAdd(gradients, tensors, group.WeightDecay);
        }

        Tensor.ForeachAddInPlace(tensors, momentum == 0 ? gradients : Velocities(parameters, gradients), -group.LearningRate);
    }

    // The first velocity is the gradient itself, not dampened.
    private Tensor[] Velocities(IReadOnlyList<TrainedParameter> parameters, Tensor[] gradients)
    {
        Tensor[] velocities = [.. parameters.Select(p => p.State[0])];
        var begun = Enumerable.Range(0, velocities.Length).Where(i => parameters[i].Steps > 1).ToList();
        if (begun.Count > 0)
        {
            Tensor[] moving = [.. begun.Select(i => velocities[i])];
            Tensor.ForeachMulInPlace(moving, momentum);
            Tensor.ForeachAddInPlace(moving, [.. begun.Select(i => gradients[i])], 1 - dampening);
        }

        foreach (var i in Enumerable.Range(0, velocities.Length).Except(begun))
        {
            velocities[i].CopyInPlace(gradients[i]);
        }

        return nesterov ? Tensor.ForeachAdd(gradients, velocities, momentum) : velocities;
    }
}
