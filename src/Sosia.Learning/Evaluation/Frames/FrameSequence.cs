using Sosia.Torch;

namespace Sosia.Learning.Evaluation.Frames;

/// <summary>A video as embeddings of its frames and, where they are known, the phases that these belong to.</summary>
/// <param name="Embeddings">n x D.</param>
/// <param name="Labels">n phases, from 0; below 0: none.</param>
public sealed record FrameSequence(Tensor Embeddings, IReadOnlyList<int> Labels)
{
    /// <summary>Without frames that belong to no phase.</summary>
    public FrameSequence Labelled() => Kept(i => Labels[i] >= 0);

    /// <summary>Every k-th frame, the first one among them.</summary>
    public FrameSequence Every(int stride) => Kept(i => i % stride == 0);

    /// <summary>The first videos of a training list: <c>max(1, floor(share · n))</c> (CARL, code: 10, 50 and 100 %).</summary>
    public static IReadOnlyList<FrameSequence> Share(IReadOnlyList<FrameSequence> training, double share) =>
        [.. training.Take(Math.Max(1, (int)(share * training.Count)))];

    private FrameSequence Kept(Func<int, bool> keep)
    {
        long[] rows = [.. Enumerable.Range(0, Labels.Count).Where(keep).Select(i => (long)i)];
        return new FrameSequence(Embeddings.IndexSelect(0, Tensor.Of(rows, rows.Length).To(Embeddings.Device)), [.. rows.Select(row => Labels[(int)row])]);
    }
}
