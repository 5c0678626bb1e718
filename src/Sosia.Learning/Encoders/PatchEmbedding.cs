using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>
/// Pictures and clips cut into patches, each a token. The weight has a convolution's shape (published names); patches do not overlap, so that it
/// is applied as a matrix, and tokens come out in the order in which they are needed.
/// </summary>
public sealed class PatchEmbedding : Module
{
    private readonly int patch;
    private readonly Kernel proj;

    /// <summary>With PyTorch's starting values.</summary>
    /// <param name="width">D.</param>
    /// <param name="patch">Side.</param>
    /// <param name="tubelet">Frames of a patch; 0 for pictures, whose weight has no time.</param>
    public PatchEmbedding(int width, int patch, int tubelet = 0)
    {
        this.patch = patch;
        Tubelet = Math.Max(1, tubelet);
        proj = Part("proj", new Kernel(tubelet > 0 ? [width, 3, tubelet, patch, patch] : [width, 3, patch, patch]));
    }

    /// <summary>Frames of a patch.</summary>
    public int Tubelet { get; }

    /// <summary>D x 3 x (frames x) patch x patch.</summary>
    public Tensor Weight => proj.Weight;

    /// <summary>PyTorch's starting values for a convolution.</summary>
    public void Initialise(Generator? generator)
    {
        var fanIn = Weight.Count / Weight.Size(0);
        Init.FanIn(Weight, fanIn, generator);
        Init.FanIn(proj.Bias, fanIn, generator);
    }

    /// <summary>N x 3 x T x H x W, or N x 3 x H x W, into patches.</summary>
    /// <param name="input">Pictures or clips.</param>
    /// <param name="timeFastest">Order of the patches: (row, column, time) instead of (time, row, column).</param>
    /// <exception cref="ArgumentException">The sizes are no multiples of those of a patch.</exception>
    public PatchGrid Cut(Tensor input, bool timeFastest = false)
    {
        var shape = input.Shape;
        if (shape.Length is not (4 or 5) || shape[1] != 3)
        {
            throw new ArgumentException($"pictures are N x 3 x H x W and clips N x 3 x T x H x W, not {string.Join(" x ", shape)}", nameof(input));
        }

        var frames = shape.Length == 5 ? shape[2] : 1;
        if (frames % Tubelet != 0 || shape[^2] % patch != 0 || shape[^1] % patch != 0 || input.Count == 0)
        {
            throw new ArgumentException($"{string.Join(" x ", shape)} cannot be cut into patches of {Tubelet} x {patch} x {patch}", nameof(input));
        }

        var (times, rows, columns) = ((int)frames / Tubelet, (int)shape[^2] / patch, (int)shape[^1] / patch);
        var parts = input.Reshape([shape[0], 3, times, Tubelet, rows, patch, columns, patch]);
        var ordered = timeFastest ? parts.Permute([0, 4, 6, 2, 1, 3, 5, 7]) : parts.Permute([0, 2, 4, 6, 1, 3, 5, 7]);
        return new PatchGrid(ordered.Reshape([-1, 3 * Tubelet * patch * patch]), shape[0], times, rows, columns);
    }

    /// <summary>Patches to tokens.</summary>
    /// <param name="patches">... x 3·frames·patch·patch, of <see cref="PatchGrid.Pixels"/>.</param>
    /// <returns>... x D.</returns>
    public Tensor Forward(Tensor patches) => patches.Linear(Weight.View([Weight.Size(0), -1]), proj.Bias);

    private sealed class Kernel : Module
    {
        public Kernel(long[] shape)
        {
            Weight = Parameter("weight", Tensor.Empty(shape));
            Bias = Parameter("bias", Tensor.Empty([shape[0]]));
        }

        public Tensor Weight { get; }

        public Tensor Bias { get; }
    }
}

/// <summary>The patches of a batch.</summary>
/// <param name="Pixels">Batch·patches x 3·frames·patch·patch; within a patch (colour, time, row, column), as in the weight of a convolution.</param>
/// <param name="Batch">Pictures or clips.</param>
/// <param name="Times">Tubelets along time.</param>
/// <param name="Rows">Of patches.</param>
/// <param name="Columns">Of patches.</param>
public sealed record PatchGrid(Tensor Pixels, long Batch, int Times, int Rows, int Columns)
{
    /// <summary>Places of a frame.</summary>
    public int Places => Rows * Columns;
}
