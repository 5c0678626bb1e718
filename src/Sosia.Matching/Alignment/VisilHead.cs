using System.Numerics.Tensors;

namespace Sosia.Matching;

/// <summary>The parameters of <see cref="VisilHead"/>; entry names of the published checkpoints in brackets.</summary>
/// <param name="Context">D, of unit length in published checkpoints and used as it is [attention.context_vector.weight].</param>
/// <param name="Conv1">3x3, 1 to 32 channels [video_comperator.conv1].</param>
/// <param name="Conv2">3x3, 32 to 64 channels [video_comperator.conv2].</param>
/// <param name="Conv3">3x3, 64 to 128 channels [video_comperator.conv3].</param>
/// <param name="Final">1x1, 128 to 1 channel [video_comperator.fconv].</param>
public sealed record VisilHeadState(float[] Context, Convolution Conv1, Convolution Conv2, Convolution Conv3, Convolution Final);

/// <summary>
/// ViSiL's head (Kordopatis-Zilos et al. 2019, sections 3.2 to 3.4, code of the pytorch branch): attention on the regions,
/// the matrix of frame similarities, and a small network that looks for diagonals in it.
/// </summary>
/// <param name="state">The parameters.</param>
public sealed class VisilHead(VisilHeadState state)
{
    private const int MinFrames = 4; // two poolings would leave nothing of fewer

    /// <summary>Attention weight of each region: <c>w = (c . x) / 2 + 1/2</c>.</summary>
    /// <returns>Frames x Regions.</returns>
    public float[] Attention(RegionVectors regions)
    {
        var weights = new float[regions.Frames * regions.Regions];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = (TensorPrimitives.Dot(regions.Values.AsSpan(i * regions.Dimension, regions.Dimension), state.Context) / 2) + 0.5f;
        }

        return weights;
    }

    /// <summary>Similarity of the frames of two videos, regions weighted by their attention.</summary>
    public SimilarityMatrix Matrix(RegionVectors query, RegionVectors reference) => RegionSimilarity.Asymmetric(Weighted(query), Weighted(reference));

    /// <summary>The matrix after the convolutions, a quarter of each side, before it is clamped to [-1, 1].</summary>
    /// <param name="matrix">At least 4 x 4.</param>
    public SimilarityMatrix Filtered(SimilarityMatrix matrix)
    {
        var map = new FeatureMap(matrix.Cells, 1, matrix.Rows, matrix.Columns);
        map = state.Conv1.Apply(map).Rectified().Pooled();
        map = state.Conv2.Apply(map).Rectified().Pooled();
        map = state.Final.Apply(state.Conv3.Apply(map).Rectified());
        return new SimilarityMatrix(map.Values, map.Height, map.Width);
    }

    /// <summary>Score of two videos, -1 to 1; a video of fewer than 4 frames is doubled until it has 4.</summary>
    /// <exception cref="ArgumentException">A video has no frames, or the dimensions differ.</exception>
    public double Score(RegionVectors query, RegionVectors reference)
    {
        var filtered = Filtered(Matrix(Lengthened(query), Lengthened(reference)));
        return Chamfer.Score(filtered with { Cells = Array.ConvertAll(filtered.Cells, static s => Math.Clamp(s, -1f, 1f)) });
    }

    private static RegionVectors Lengthened(RegionVectors video)
    {
        if (video.Frames == 0)
        {
            throw new ArgumentException("a video without frames has no similarity", nameof(video));
        }

        while (video.Frames < MinFrames)
        {
            video = video with { Values = [.. video.Values, .. video.Values], Frames = 2 * video.Frames };
        }

        return video;
    }

    private RegionVectors Weighted(RegionVectors regions)
    {
        var weights = Attention(regions);
        var values = new float[regions.Values.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            var vector = i * regions.Dimension;
            TensorPrimitives.Multiply(regions.Values.AsSpan(vector, regions.Dimension), weights[i], values.AsSpan(vector, regions.Dimension));
        }

        return regions with { Values = values };
    }
}
