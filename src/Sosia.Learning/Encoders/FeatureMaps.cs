using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What the convolutional encoders share: clips go from stage to stage, and the mean of the last map is the vector.</summary>
internal static class FeatureMaps
{
    /// <summary>The features of clips.</summary>
    /// <param name="clips">N x 3 x T x H x W.</param>
    /// <param name="stages">Each takes the map of the one before.</param>
    /// <exception cref="ArgumentException">These are no clips.</exception>
    public static Features Along(Tensor clips, params ReadOnlySpan<Func<Tensor, Tensor>> stages)
    {
        if (clips.Rank != 5 || clips.Size(1) != 3 || clips.Count == 0)
        {
            throw new ArgumentException($"clips are N x 3 x T x H x W, not {string.Join(" x ", clips.Shape)}", nameof(clips));
        }

        var maps = new List<Tensor>();
        foreach (var stage in stages)
        {
            maps.Add(Kept(stage, maps.Count == 0 ? clips : maps[^1]));
        }

        return Of(maps);
    }

    /// <summary>The features that maps make: the vector is the mean of the last over time and space.</summary>
    /// <param name="stages">Each N x C x t x h x w.</param>
    public static Features Of(IReadOnlyList<Tensor> stages) => new(stages[^1].Mean([2, 3, 4])) { Map = stages[^1], Stages = stages };

    /// <summary>Scores of the classes.</summary>
    /// <param name="head">Null where the network has none.</param>
    /// <param name="vector">N x D.</param>
    /// <exception cref="InvalidOperationException">The network has no head.</exception>
    public static Tensor Classify(ILayer? head, Tensor vector) =>
        head is null ? throw new InvalidOperationException("the network was made without classes") : head.Forward(vector);

    // What a stage needs on its way is freed: without a graph nobody holds it.
    private static Tensor Kept(Func<Tensor, Tensor> stage, Tensor map)
    {
        using var scope = TensorScope.Enter();
        return scope.Keep(stage(map));
    }
}

/// <summary>A head as the Inception networks publish it: a convolution 1x1x1, here on the vector.</summary>
internal sealed class ConvolutionHead : Module, ILayer
{
    private readonly Conv3d convolution;

    public ConvolutionHead(string name, int inputs, int classes) => convolution = Part(name, new Conv3d(inputs, classes, [1]));

    /// <summary>N x D to N x classes.</summary>
    public Tensor Forward(Tensor input) => convolution.Forward(input.View([input.Size(0), -1, 1, 1, 1])).Flatten(1);
}
