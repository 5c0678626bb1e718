using System.Runtime.InteropServices;
using Sosia.Matching;

namespace Sosia;

/// <summary>Clips whose rows a network still computes, handed on in their order as they come.</summary>
/// <param name="dimension">Numbers of a row.</param>
/// <param name="variants">Rows that each has beside the plain one.</param>
/// <param name="onClips">Takes batches, on the thread that adds.</param>
/// <param name="stop">Ends the waiting.</param>
internal sealed class RowsInFlight(int dimension, int variants, Action<ClipBatch> onClips, CancellationToken stop)
{
    private const int MostInFlight = 64;
    private const int BatchClips = 64;

    private readonly Queue<Task<EmbeddedRow>[]> waiting = new(); // of each clip the plain row, then its variants
    private readonly List<(double Time, double? End)> clips = []; // of the rows that are done and of those that wait
    private readonly DoneRows[] looks = [.. Enumerable.Range(0, 1 + variants).Select(_ => new DoneRows([], []))]; // plain, then the variants
    private int done;

    /// <summary>Where the last clip that was added begins, seconds.</summary>
    public double LastTime { get; private set; }

    /// <summary>Adds a clip that lasts until the next one, or until a given time.</summary>
    /// <param name="time">Where it begins, seconds.</param>
    /// <param name="plain">Its row.</param>
    /// <param name="others">The rows of its variants.</param>
    /// <param name="end">Seconds.</param>
    public void Add(double time, Task<EmbeddedRow> plain, IReadOnlyList<Task<EmbeddedRow>> others, double? end = null)
    {
        LastTime = time;
        clips.Add((time, end));
        waiting.Enqueue([plain, .. others]);
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
        foreach (var (task, look) in waiting.Dequeue().Zip(looks))
        {
            var row = Wait(task);
            look.Vectors.AddRange(row.Vector);
            look.Qualities.Add(row.Quality);
        }

        done++;
    }

    private EmbeddedRow Wait(Task<EmbeddedRow> row)
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
        ClipSequence[] sequences = [.. looks.Select(look => Take(look, end))];
        clips.RemoveRange(0, done);
        done = 0;
        onClips(new ClipBatch(sequences[0].Rows, sequences[0].Spans, sequences[1..]));
    }

    private ClipSequence Take(DoneRows look, double end)
    {
        var spans = new ClipSpan[done];
        for (var i = 0; i < done; i++)
        {
            spans[i] = new ClipSpan(clips[i].Time, clips[i].End ?? (i + 1 < done ? clips[i + 1].Time : end), look.Qualities[i]);
        }

        var rows = Quantiser.Rows(dimension, CollectionsMarshal.AsSpan(look.Vectors));
        look.Vectors.Clear();
        look.Qualities.Clear();
        return new ClipSequence(rows, spans);
    }

    private sealed record DoneRows(List<float> Vectors, List<byte> Qualities);
}
