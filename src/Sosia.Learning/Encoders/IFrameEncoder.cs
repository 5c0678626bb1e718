using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What CARL trains: an encoder that has a vector of each frame of a video, which knows the other frames.</summary>
public interface IFrameEncoder
{
    /// <summary>Embeddings of frames, not normalised.</summary>
    /// <param name="input">N x 3 x T x H x W.</param>
    /// <param name="mask">N x T, 1 where a frame is valid, else 0; null: all are.</param>
    /// <returns>N x T x D.</returns>
    Tensor Frames(Tensor input, Tensor? mask = null);
}
