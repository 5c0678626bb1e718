using System.Text.Json.Serialization;
using Sosia.Learning.Encoders;
using Sosia.Torch;

namespace Sosia.Learning.Objectives;

/// <summary>How far an answer is from a feature, averaged over the batch, tokens and channels.</summary>
public enum FeatureDistance
{
    /// <summary>d² / 2 where |d| is below 1, |d| - 1/2 elsewhere (Girshick 2015).</summary>
    [JsonStringEnumMemberName("smooth-l1")]
    SmoothL1,

    /// <summary>|d|.</summary>
    [JsonStringEnumMemberName("l1")]
    L1,

    /// <summary>d².</summary>
    [JsonStringEnumMemberName("l2")]
    L2,
}

/// <summary>Masked feature modelling (MVD, Wang et al. 2023): at the hidden tokens, a student says what a teacher sees.</summary>
public static class FeatureDistillation
{
    /// <summary>The mean distance at the hidden tokens; what is visible carries no loss.</summary>
    /// <param name="output">N x hidden x D, in the order of the places.</param>
    /// <param name="features">N x tokens x D, of the teacher.</param>
    /// <param name="hidden">N x tokens, true where hidden; as many in each clip.</param>
    /// <param name="distance">Which.</param>
    /// <returns>Scalar.</returns>
    /// <exception cref="ArgumentException">The output is not for as many tokens or channels.</exception>
    public static Tensor Loss(Tensor output, Tensor features, Tensor hidden, FeatureDistance distance = FeatureDistance.SmoothL1)
    {
        var target = Masks.OfHidden(features.Detach(), hidden);
        if (!output.Shape.AsSpan().SequenceEqual(target.Shape))
        {
            throw new ArgumentException($"an output of {string.Join(" x ", output.Shape)} for features of {string.Join(" x ", target.Shape)}", nameof(output));
        }

        return distance switch
        {
            FeatureDistance.L1 => output.L1Loss(target),
            FeatureDistance.L2 => output.MseLoss(target),
            _ => output.SmoothL1Loss(target),
        };
    }
}
