using Sosia.Learning.Training;
using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>The plain video transformer of VideoMAE and MVD.</summary>
/// <param name="Width">D.</param>
/// <param name="Depth">Blocks.</param>
/// <param name="Heads">Of each block.</param>
/// <param name="Patch">Side in pixels.</param>
/// <param name="Tubelet">Frames of a patch.</param>
/// <param name="Side">Of a frame, in pixels.</param>
/// <param name="Frames">Of a clip.</param>
/// <param name="DropPath">Of the last block, rising to it linearly.</param>
/// <param name="Positions">How the fixed positions count: MVD's by the grid.</param>
/// <param name="Pooling">How tokens become a vector: MVD's as they are.</param>
public sealed record VideoMaeOptions(
    int Width = 768,
    int Depth = 12,
    int Heads = 12,
    int Patch = 16,
    int Tubelet = 2,
    int Side = 224,
    int Frames = 16,
    double DropPath = 0.1,
    VideoMaePositions Positions = VideoMaePositions.Grid,
    VideoMaePooling Pooling = VideoMaePooling.MeanAsIs) : EncoderOptions
{
    /// <inheritdoc/>
    public override Encoder Build(Generator generator, bool checkpointing)
    {
        if (Width < 1 || Heads < 1 || Width % Heads != 0 || (Positions == VideoMaePositions.Grid && Width % 16 != 0))
        {
            throw new RecipeException($"encoder: {Heads} heads cannot share a width of {Width}, or it is no multiple of 16 where positions count by the grid");
        }

        if (Patch < 1 || Side < Patch || Side % Patch != 0 || Tubelet < 1 || Frames < Tubelet || Frames % Tubelet != 0)
        {
            throw new RecipeException($"encoder: {Frames} frames with a side of {Side} are no whole number of patches of {Tubelet} x {Patch} x {Patch}");
        }

        if (Depth < 1 || DropPath is not (>= 0 and < 1) || checkpointing)
        {
            throw new RecipeException($"encoder: depth is 1 or more, and dropPath from 0 to below 1; they are {Depth} and {DropPath}; gradientCheckpointing is not for videomae");
        }

        var size = new TransformerSize(Width, Depth, Heads);
        return new VideoMae(new VideoMaeShape(size, Patch, Tubelet, Pooling: Pooling, DropPath: DropPath, Positions: Positions, Frames: Frames, Side: Side), generator);
    }
}
