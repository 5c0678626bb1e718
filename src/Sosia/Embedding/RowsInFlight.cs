using System.Runtime.InteropServices;
using Sosia.Matching;

namespace Sosia;

/// <summary>Clips whose rows a network still computes, handed on in their order as they come.</summary>
/// <param name="dimension">Numbers of a row.</param>
/// <param name="mirrored">Whether each has a mirrored row too.</param>
/// <param name="onClips">Takes batches, on the thread that adds.</param>
/// <param name="stop">Ends the waiting.</param>
internal sealed class RowsInFlight(int dimension, bool mirrored, Action<ClipBatch> onClips, CancellationToken stop)
{
    private const int MostInFlight = 64;
    private const int BatchClips = 64;

    private readonly Queue<(Task<float[]> Plain, Task<float[]>? Mirrored)> waiting = new();
    private readonly List<(double Time, double? End, byte Quality)> clips = []; // of the rows that are done and of those that wait
    private readonly List<float> plainRows = [];
    private readonly List<float> mirroredRows = [];
    private int done;

    /// <summary>Where the last clip that was added begins, seconds.</summary>
    public double LastTime { get; private set; }

    /// <summary>Adds a clip that lasts until the next one, or until a given time.</summary>
    public void Add(double time, byte quality, Task<float[]> plain, Task<float[]>? flipped, double? end = null)
    {
        LastTime = time;
        clips.Add((time, end, quality));
        waiting.Enqueue((plain, flipped));
        while (waiting.Count > MostInFlight)
        {
            TakeOne();
        }

        if (done >= BatchClips && clips.Count > done)
        {
            Send(clips[done].Time);
        }
    }

    /// <summary>Waits for the rest and hands it on.</summary>
    /// <param name="end">Where the last clip ends, seconds.</param>
    public void Finish(double end)
    {
        while (waiting.Count > 0)
        {
            TakeOne();
        }

        if (done > 0)
        {
            Send(end);
        }
    }

    private void TakeOne()
    {
        var (plain, flipped) = waiting.Dequeue();
        plainRows.AddRange(Wait(plain));
        if (mirrored)
        {
            mirroredRows.AddRange(Wait(flipped!));
        }

        done++;
    }

    private float[] Wait(Task<float[]> row)
    {
        try
        {
            row.Wait(stop);
        }
        catch (AggregateException)
        {
            // What the network failed with, not its envelope.
        }

        return row.GetAwaiter().GetResult();
    }

    private void Send(double end)
    {
        var spans = new ClipSpan[done];
        for (var i = 0; i < done; i++)
        {
            spans[i] = new ClipSpan(clips[i].Time, clips[i].End ?? (i + 1 < done ? clips[i + 1].Time : end), clips[i].Quality);
        }

        var batch = new ClipBatch(
            Quantiser.Rows(dimension, CollectionsMarshal.AsSpan(plainRows)),
            mirrored ? Quantiser.Rows(dimension, CollectionsMarshal.AsSpan(mirroredRows)) : null,
            spans);
        clips.RemoveRange(0, done);
        plainRows.Clear();
        mirroredRows.Clear();
        done = 0;
        onClips(batch);
    }
}
