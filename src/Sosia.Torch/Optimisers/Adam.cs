namespace Sosia.Torch;

/// <summary>Adam (Kingma and Ba 2015, algorithm 1), with weight decay as part of the gradient, as PyTorch's Adam has it; <see cref="AdamW"/> keeps it apart.</summary>
public sealed class Adam : Optimiser
{
    private readonly AdamMoments moments;

    /// <summary>For all parameters alike.</summary>
    public Adam(IEnumerable<(string Name, Tensor Tensor)> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0)
        : this([new ParameterGroup(parameters)], learningRate, beta1, beta2, eps, weightDecay)
    {
    }

    /// <summary>For groups of parameters.</summary>
    /// <param name="groups">What they leave out is given by the rest.</param>
    /// <param name="learningRate">Step along the normalised mean.</param>
    /// <param name="beta1">Part of the mean of gradients that stays at each step.</param>
    /// <param name="beta2">Part of the mean of squares that stays at each step.</param>
    /// <param name="eps">Added to the root of the mean of squares.</param>
    /// <param name="weightDecay">Times the parameter, added to the gradient.</param>
    public Adam(IEnumerable<ParameterGroup> groups, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0)
        : base(groups, learningRate, weightDecay, AdamMoments.StateNames) => moments = new AdamMoments(beta1, beta2, eps);

    private protected override void Update(ParameterGroup group, IReadOnlyList<TrainedParameter> parameters, Tensor[] gradients)
    {
        if (group.WeightDecay != 0)
        {
            gradients = Tensor.ForeachAdd(gradients, [.. parameters.Select(p => p.Tensor)], group.WeightDecay);
        }

        moments.Step(parameters, gradients, group.LearningRate);
    }
}
