using Sosia.Learning.Encoders;
using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>
/// What frozen teachers see in clips (MVD, Wang et al. 2023, code): tokens as they leave the last block, before any norm, without a gradient, in the order
/// of a student's tubelets: time, row, column.
/// </summary>
public static class TeacherFeatures
{
    /// <summary>Of an image network, which sees the first frame of each tubelet; its class token is left out.</summary>
    /// <param name="teacher">For pictures of these sizes.</param>
    /// <param name="clips">N x 3 x T x H x W.</param>
    /// <param name="tubelet">Frames of a tubelet.</param>
    /// <returns>N x tokens x D of the teacher.</returns>
    public static Tensor OfFrames(VisionTransformer teacher, Tensor clips, int tubelet)
    {
        using var noGrad = NoGrad.Enter();
        var pictures = clips.Slice(2, step: tubelet).Transpose(1, 2).Flatten(0, 1); // N·t x 3 x H x W
        var tokens = teacher.Forward(pictures).Tokens!; // N·t x 1+P x D
        return tokens.Narrow(1, 1, tokens.Size(1) - 1).Reshape([clips.Size(0), -1, teacher.Width]);
    }

    /// <summary>Of a video network, which sees all of the clip.</summary>
    /// <param name="teacher">With tubelets of the student's grid.</param>
    /// <param name="clips">N x 3 x T x H x W.</param>
    /// <returns>N x tokens x D of the teacher.</returns>
    public static Tensor OfClips(VideoMae teacher, Tensor clips)
    {
        using var noGrad = NoGrad.Enter();
        return teacher.Forward(clips).Tokens!;
    }

    /// <summary>Each token less its mean and by its deviation (norm_feature): a layer norm without scale and offset.</summary>
    /// <param name="features">N x tokens x D.</param>
    public static Tensor Normalised(Tensor features) => features.LayerNorm([features.Size(-1)], eps: TransformerSize.NormEps);
}
