using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>Views of different sizes through one encoder (Caron et al. 2020 and 2021, code).</summary>
public static class MultiCrop
{
    /// <summary>Views of the same size go through the encoder as one batch; their vectors stand in the order of the views again.</summary>
    /// <param name="encoder">Takes inputs of any of these sizes.</param>
    /// <param name="views">V times B x 3 x T x H x W, or pictures; sizes may differ from view to view.</param>
    /// <returns>V·B x D, view by view.</returns>
    public static Tensor Vectors(Encoder encoder, IReadOnlyList<Tensor> views)
    {
        var vectors = new Tensor[views.Count]; // B x D each
        foreach (var alike in views.Index().GroupBy(view => string.Join(" x ", view.Item.Shape), StringComparer.Ordinal))
        {
            var together = encoder.Forward(Tensor.Cat([.. alike.Select(view => view.Item)], 0)).Vector;
            foreach (var ((number, _), part) in alike.Zip(together.Chunk(alike.Count(), 0)))
            {
                vectors[number] = part;
            }
        }

        return Tensor.Cat(vectors, 0);
    }
}
