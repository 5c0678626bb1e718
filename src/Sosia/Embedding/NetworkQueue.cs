using System.Collections.Concurrent;
using Sosia.Torch;

namespace Sosia;

/// <summary>What a network made of a sample.</summary>
/// <param name="Vector">Of length 1.</param>
/// <param name="Quality">How much the sample can prove, 0 to 100.</param>
public readonly record struct EmbeddedRow(float[] Vector, byte Quality);

/// <summary>
/// Runs a network on one thread of its own, over batches gathered from all the videos that are being read: libtorch keeps memory for each
/// thread that calls it, and decoders go on while it computes. Memory is bounded by what may wait.
/// </summary>
/// <typeparam name="TSample">What one row is computed from.</typeparam>
public sealed class NetworkQueue<TSample> : IDisposable
{
    private readonly BlockingCollection<Item> waiting;
    private readonly Func<Func<IReadOnlyList<TSample>, EmbeddedRow[]>> load;
    private readonly int batch;
    private readonly Thread thread;

    /// <summary>Starts the thread.</summary>
    /// <param name="load">Called once, on the thread: loads the network, and gives what computes a row for each sample of a batch.</param>
    /// <param name="batch">Samples of one batch at most; what waits is taken at once.</param>
    /// <param name="capacity">Samples that may wait; whoever adds one more waits too.</param>
    public NetworkQueue(Func<Func<IReadOnlyList<TSample>, EmbeddedRow[]>> load, int batch, int capacity)
    {
        this.load = load;
        this.batch = batch;
        waiting = new BlockingCollection<Item>(capacity);
        thread = new Thread(Run) { IsBackground = true, Name = "network" };
        thread.Start();
        AppDomain.CurrentDomain.ProcessExit += End; // native code must not run on while the process is torn down
    }

    /// <summary>Hands a sample over; waits where too many wait already.</summary>
    /// <returns>Its row, once it is computed; fails with what the network failed with.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was set, or the queue has ended.</exception>
    public Task<EmbeddedRow> Add(TSample sample, CancellationToken stop)
    {
        var row = new TaskCompletionSource<EmbeddedRow>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            waiting.Add(new Item(sample, row, stop), stop);
        }
        catch (InvalidOperationException error)
        {
            throw new OperationCanceledException("the network has ended", error);
        }

        return row.Task;
    }

    /// <summary>Ends the thread after the batch that it computes; what waits is cancelled.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= End;
        End(null, EventArgs.Empty);
    }

    private void End(object? sender, EventArgs e)
    {
        waiting.CompleteAdding();
        while (waiting.TryTake(out var item))
        {
            item.Row.TrySetCanceled();
        }

        thread.Join();
    }

    private void Run()
    {
        Func<IReadOnlyList<TSample>, EmbeddedRow[]> compute;
        try
        {
            compute = load();
        }
        catch (Exception error)
        {
            Refuse(error is TorchException or EnvironmentException ? error : new EnvironmentException($"the network cannot be loaded: {error.Message}", error));
            return;
        }

        var items = new List<Item>(batch);
        foreach (var first in waiting.GetConsumingEnumerable())
        {
            Gather(first, items);
            while (items.Count < batch && waiting.TryTake(out var next))
            {
                Gather(next, items);
            }

            if (items.Count > 0)
            {
                Complete(compute, items);
                items.Clear();
            }
        }
    }

    // What nobody waits for any more is not computed.
    private static void Gather(Item item, List<Item> items)
    {
        if (!item.Stop.IsCancellationRequested)
        {
            items.Add(item);
            return;
        }

        item.Row.SetCanceled(item.Stop);
    }

    private static void Complete(Func<IReadOnlyList<TSample>, EmbeddedRow[]> compute, List<Item> items)
    {
        try
        {
            var rows = compute([.. items.Select(item => item.Sample)]);
            if (rows.Length != items.Count)
            {
                throw new InvalidOperationException($"the network made {rows.Length} rows of {items.Count} samples");
            }

            foreach (var (item, row) in items.Zip(rows))
            {
                item.Row.SetResult(row);
            }
        }
        catch (Exception error)
        {
            items.ForEach(item => item.Row.SetException(error));
        }
    }

    // Without its network the thread only says why, to all who come.
    private void Refuse(Exception error)
    {
        foreach (var item in waiting.GetConsumingEnumerable())
        {
            item.Row.SetException(error);
        }
    }
    private readonly record struct Item(TSample Sample, TaskCompletionSource<EmbeddedRow> Row, CancellationToken Stop);
}
