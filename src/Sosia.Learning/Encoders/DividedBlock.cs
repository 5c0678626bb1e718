using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>
/// A block of TimeSformer with divided space-time attention (Bertasius et al. 2021, section 3, and its code): over the times of each place, then
/// over the places of each time together with the class token, then the MLP.
/// </summary>
/// <remarks>
/// Class tokens and patches are kept apart, and patches always lie place by place with time fastest. Norms and linear layers do not care for
/// the order; the spatial one is made by the copy that splits the heads, so that nothing is moved twice.
/// </remarks>
public sealed class DividedBlock : Module
{
    private readonly int heads;
    private readonly LayerNorm temporalNorm;
    private readonly Attention temporal;
    private readonly Linear temporalFc;
    private readonly LayerNorm norm1;
    private readonly Attention spatial;
    private readonly LayerNorm norm2;
    private readonly Mlp mlp;
    private readonly DropPath dropPath;

    /// <summary>With PyTorch's starting values.</summary>
    /// <param name="width">D.</param>
    /// <param name="heads">h.</param>
    /// <param name="dropPath">Share of the sequences for which a branch is left out in training.</param>
    public DividedBlock(int width, int heads, double dropPath = 0)
    {
        this.heads = heads;
        temporalNorm = Part("temporal_norm1", new LayerNorm(width, TransformerSize.NormEps));
        temporal = Part("temporal_attn", new Attention(width, heads));
        temporalFc = Part("temporal_fc", new Linear(width, width));
        norm1 = Part("norm1", new LayerNorm(width, TransformerSize.NormEps));
        spatial = Part("attn", new Attention(width, heads));
        norm2 = Part("norm2", new LayerNorm(width, TransformerSize.NormEps));
        mlp = Part("mlp", new Mlp(width));
        this.dropPath = Part("drop_path", new DropPath(dropPath));
    }

    /// <summary>Projection of the temporal branch; zero at the start, so that the network begins as an image model.</summary>
    public Linear TemporalFc => temporalFc;

    /// <summary>One block.</summary>
    /// <param name="classes">B x D.</param>
    /// <param name="patches">B·N·T x D: clip, place, time.</param>
    /// <param name="frames">T.</param>
    /// <returns>The same shapes.</returns>
    public (Tensor Classes, Tensor Patches) Forward(Tensor classes, Tensor patches, long frames)
    {
        using var scope = TensorScope.Enter();
        var clips = classes.Size(0);
        var y = Temporal(patches, patches.Size(0) / frames);
        (var c, y) = Spatial(classes, y, frames);
        var draw = dropPath.Draw(clips, y);
        return (
            scope.Keep(TransformerBlock.Add(DropPath.Apply(mlp.Forward(norm2.Forward(c)), draw), c)),
            scope.Keep(TransformerBlock.Add(DropPath.Apply(mlp.Forward(norm2.Forward(y)), draw), y)));
    }

    // The draw comes before temporal_fc: a branch that is left out still adds its bias, as in the published code.
    private Tensor Temporal(Tensor patches, long places)
    {
        var r = temporal.Forward(temporalNorm.Forward(patches), places); // one sequence a clip and place
        return TransformerBlock.Add(temporalFc.Forward(DropPath.Apply(r, dropPath.Draw(places, r))), patches);
    }

    private (Tensor Classes, Tensor Patches) Spatial(Tensor classes, Tensor patches, long frames)
    {
        var (clips, width) = (classes.Size(0), classes.Size(1));
        long[] split = [3, clips, frames, heads, -1, width / heads];

        // One copy: the class token of the clip before the places of each of its frames, head by head.
        var ofClasses = spatial.QueriesKeysValues(norm1.Forward(classes)).View([clips, 1, 1, 3, heads, width / heads]).Permute([3, 0, 2, 4, 1, 5]);
        var ofPatches = spatial.QueriesKeysValues(norm1.Forward(patches)).View([clips, -1, frames, 3, heads, width / heads]).Permute([3, 0, 2, 4, 1, 5]);
        split[4] = 1;
        var qkv = Tensor.Cat([ofClasses.Expand(split), ofPatches], dim: 4).Flatten(1, 2).Unbind(0); // 3 of B·T x h x 1+N x d
        var y = qkv[0].ScaledDotProductAttention(qkv[1], qkv[2]);

        var parts = y.SplitWithSizes([1, y.Size(2) - 1], 2);
        var draw = dropPath.Draw(clips * frames, y);
        var r = spatial.Project(parts[0].Reshape([-1, width])); // B·T x D
        var c = classes + DropPath.Apply(r, draw).View([clips, frames, width]).Mean([1]);
        var places = parts[1].View([clips, frames, heads, -1, width / heads]).Permute([0, 3, 1, 2, 4]).Reshape([-1, width]);
        return (c, TransformerBlock.Add(OfFrames(spatial.Project(places), draw, clips, frames), patches));
    }

    // The draw of each clip and frame, spread over the places of that frame.
    private static Tensor OfFrames(Tensor branch, Tensor? draw, long clips, long frames) =>
        draw is null ? branch : branch * draw.View([clips, 1, frames]).Expand([-1, branch.Size(0) / draw.Count, -1]).Reshape([-1, 1]);
}
