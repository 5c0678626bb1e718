namespace Sosia.Torch;

/// <summary>Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019, algorithm 2; the decay is times the rate, as in PyTorch).</summary>
public sealed class AdamW : Optimiser
{
    private readonly AdamMoments moments;

    /// <summary>For all parameters alike.</summary>
    public AdamW(IEnumerable<(string Name, Tensor Tensor)> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 1e-2)
        : this([new ParameterGroup(parameters)], learningRate, beta1, beta2, eps, weightDecay)
    {
    }

    /// <summary>For groups of parameters.</summary>
    /// <param name="groups">What they leave out is given by the rest.</param>
    /// <param name="learningRate">Step along the normalised mean.</param>
    /// <param name="beta1">Part of the mean of gradients that stays at each step.</param>
    /// <param name="beta2">Part of the mean of squares that stays at each step.</param>
    /// <param name="eps">Added to the root of the mean of squares.</param>
    /// <param name="weightDecay">Times the rate: part of a parameter that is lost at each step.</param>
    public AdamW(IEnumerable<ParameterGroup> groups, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 1e-2)
        : base(groups, learningRate, weightDecay, AdamMoments.StateNames) => moments = new AdamMoments(beta1, beta2, eps);

    private protected override void Update(ParameterGroup group, IReadOnlyList<TrainedParameter> parameters, Tensor[] gradients)
    {
        Tensor[] tensors = [.. parameters.Select(p => p.Tensor)];
        Tensor[] means = [.. parameters.Select(p => p.State[0])];
        Tensor[] squares = [.. parameters.Select(p => p.State[1])];
        long[] steps = [.. parameters.Select(p => p.Steps)];
        if (Compat.StepAdamW((tensors, gradients, means, squares), steps, (group.LearningRate, moments.Beta1, moments.Beta2, group.WeightDecay, moments.Eps)))
        {
            return;
        }

        Tensor.ForeachMulInPlace(tensors, 1 - (group.LearningRate * group.WeightDecay));
        moments.Step(parameters, gradients, group.LearningRate);
    }
}
