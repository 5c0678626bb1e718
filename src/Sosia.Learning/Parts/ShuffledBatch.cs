using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>
/// Shuffled batch norm (MoCo, He et al. 2020, section 3.3): keys are computed in parts of the joint batch that are drawn anew, so that a query does not
/// share its statistics with its own key and cannot be told by them.
/// </summary>
public static class ShuffledBatch
{
    /// <summary>An order of the rows of the joint batch that all processes agree on: that of the first of them.</summary>
    /// <param name="world">The processes.</param>
    /// <param name="random">Any; that of the first process counts.</param>
    /// <param name="rows">Of the joint batch.</param>
    public static long[] Draw(World world, SampleRandom random, int rows) =>
        new SampleRandom(0, 0, world.Gather([unchecked((long)random.NextBits())])[0]).Order(rows);

    /// <summary>Where each row went: the order that undoes an order.</summary>
    /// <param name="order">Each of 0 .. n - 1 once.</param>
    public static long[] Inverse(IReadOnlyList<long> order)
    {
        var inverse = new long[order.Count];
        foreach (var (place, row) in order.Index())
        {
            inverse[row] = place;
        }

        return inverse;
    }

    /// <summary>One part of the joint batch in another order.</summary>
    /// <param name="rows">DN x ...: of all parts.</param>
    /// <param name="order">DN.</param>
    /// <param name="part">Which, from 0.</param>
    /// <param name="parts">D.</param>
    /// <returns>N x ...</returns>
    public static Tensor Part(Tensor rows, IReadOnlyList<long> order, int part, int parts)
    {
        var count = order.Count / parts;
        return Rows(rows, [.. order.Skip(part * count).Take(count)]);
    }

    /// <summary>All rows in their own order again.</summary>
    /// <param name="shuffled">DN x ...: the parts one after the other.</param>
    /// <param name="order">DN: in which they were taken.</param>
    public static Tensor Restore(Tensor shuffled, IReadOnlyList<long> order) => Rows(shuffled, Inverse(order));

    /// <summary>The keys of this process's clips, computed in parts of the joint batch in a random order; without a gradient.</summary>
    /// <param name="clips">N x ..., as many in each process.</param>
    /// <param name="groups">
    /// Parts in each process: with 1, and one process alone, the statistics are those of the whole batch whatever the order (moco: 1, ours).
    /// </param>
    /// <param name="world">The processes.</param>
    /// <param name="random">Draws the order.</param>
    /// <param name="keys">The key network: rows to rows.</param>
    /// <returns>N x C, in the order of the clips.</returns>
    /// <exception cref="ArgumentException">N is no multiple of the groups.</exception>
    public static Tensor Forward(Tensor clips, int groups, World world, SampleRandom random, Func<Tensor, Tensor> keys)
    {
        using var noGrad = NoGrad.Enter();
        var (count, parts) = ((int)clips.Size(0), world.Size * groups);
        if (groups < 1 || count % groups != 0)
        {
            throw new ArgumentException($"{count} clips cannot be shuffled in {groups} equal groups", nameof(groups));
        }

        if (parts == 1)
        {
            return keys(clips);
        }

        var all = world.GatherDetached(clips);
        var order = Draw(world, random, count * world.Size);
        var shuffled = Enumerable.Range(world.Rank * groups, groups).Select(part => keys(Part(all, order, part, parts)));
        return Restore(world.GatherDetached(Tensor.Cat([.. shuffled])), order).Narrow(0, world.Rank * count, count);
    }

    private static Tensor Rows(Tensor rows, long[] numbers) => rows.IndexSelect(0, Tensor.Of(numbers, numbers.Length).To(rows.Device));
}
