using Sosia.Learning.Objectives;
using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>
/// Embeddings of earlier batches with their labels, so that a batch is compared with more than itself (cross-batch memory, Wang et al. 2020): a ring,
/// whose oldest rows are written over. All of it are buffers, so that a checkpoint holds it.
/// </summary>
public sealed class EmbeddingMemory : Module
{
    private readonly Tensor rows; // M x D
    private readonly Tensor labels; // M
    private readonly Tensor next; // where the next row goes
    private readonly Tensor written; // rows that hold something

    /// <summary>Empty.</summary>
    /// <param name="capacity">M.</param>
    /// <param name="width">D.</param>
    public EmbeddingMemory(int capacity, int width)
    {
        rows = Buffer("rows", Tensor.Zeros([capacity, width]));
        labels = Buffer("labels", Tensor.Zeros([capacity], ScalarType.Int64));
        next = Buffer("next", Tensor.Zeros([], ScalarType.Int64));
        written = Buffer("written", Tensor.Zeros([], ScalarType.Int64));
    }

    /// <summary>M.</summary>
    public long Capacity => rows.Size(0);

    /// <summary>M x D, zero where nothing was written yet.</summary>
    public Tensor Rows => rows;

    /// <summary>M.</summary>
    public Tensor Labels => labels;

    /// <summary>Where the next row goes.</summary>
    public Tensor Next => next;

    /// <summary>Writes detached copies of a batch, then compares the batch with all that is written.</summary>
    /// <param name="embeddings">N x D of length 1, N at most M; with their gradient.</param>
    /// <param name="ids">N labels.</param>
    /// <returns>
    /// N x M cosines with the memory, all its pairs, and which of them are a row and its own copy: N x M. As in pytorch-metric-learning, own
    /// copies are positives of similarity 1 for the miner, and have to be taken out after it.
    /// </returns>
    /// <exception cref="ArgumentException">The batch is larger than the memory.</exception>
    public (Tensor Similarities, PairMasks Pairs, Tensor Own) Compare(Tensor embeddings, Tensor ids)
    {
        var places = Write(embeddings, ids);
        var all = Tensor.Arange(0, Capacity, dtype: ScalarType.Int64, device: rows.Device);
        var own = all.Eq(places.View([-1, 1])); // N x M

        // A copy: what backward needs must not change when the next batch is written.
        return (Cosine.Matrix(embeddings, rows.Clone()), PairMasks.Of(ids, labels).Where(all.Lt(written)), own);
    }

    /// <summary>Writes detached copies of a batch.</summary>
    /// <param name="batch">N x D of length 1, N at most M.</param>
    /// <param name="ids">N labels.</param>
    /// <returns>N: where the rows went. Positions stay on the device, so that a step does not wait for it.</returns>
    /// <exception cref="ArgumentException">The batch is larger than the memory.</exception>
    public Tensor Write(Tensor batch, Tensor ids)
    {
        var count = batch.Size(0);
        if (count > Capacity)
        {
            throw new ArgumentException($"a batch of {count} rows does not fit a memory of {Capacity}", nameof(batch));
        }

        using var noGrad = NoGrad.Enter();
        var places = (next + Tensor.Arange(0, count, dtype: ScalarType.Int64, device: rows.Device)).Remainder(Capacity);
        rows.IndexCopyInPlace(0, places, batch.Detach().NanToNum(0, 0, 0)); // a broken step must not stay for as long as the ring takes
        labels.IndexCopyInPlace(0, places, ids);
        next.CopyInPlace((next + count).Remainder(Capacity));
        written.CopyInPlace((written + count).ClampMax(Capacity));
        return places;
    }
}
