using Sosia.Learning.Objectives;
using Sosia.Torch;

namespace Sosia.Learning.Evaluation;

/// <summary>Classes by the votes of nearest neighbours (Wu et al. 2018, section 3.4; DINO's eval_knn.py, code).</summary>
public static class NearestVotes
{
    /// <summary>Each of the k nearest features adds exp(cosine / temperature) to its class.</summary>
    /// <param name="queries">Q x D, of any length.</param>
    /// <param name="features">N x D, of any length.</param>
    /// <param name="labels">N classes from 0.</param>
    /// <param name="classes">How many there are.</param>
    /// <param name="k">Neighbours; all where there are fewer.</param>
    /// <param name="temperature">Above 0.</param>
    /// <returns>Q x classes.</returns>
    public static Tensor Scores(Tensor queries, Tensor features, Tensor labels, int classes, int k, double temperature = 0.07)
    {
        var (cosines, nearest) = Cosine.Matrix(Cosine.Unit(queries), Cosine.Unit(features)).TopK(Math.Min(k, features.Size(0))); // Q x k
        var of = labels.IndexSelect(0, nearest.Flatten()).View(nearest.Shape).OneHot(classes).To(cosines.Type); // Q x k x classes
        return ((cosines / temperature).Exp().Unsqueeze(2) * of).Sum([1]);
    }
}
