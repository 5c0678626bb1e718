using Sosia.Torch;
using Xunit;

namespace Sosia.Tests.Embedding;

/// <summary>A network in a thread of its own: rows find whoever asked for them, whatever fails or ends.</summary>
public sealed class NetworkQueueTests : IDisposable
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    private readonly List<int[]> batches = [];
    private readonly ManualResetEventSlim open = new(); // the network computes
    private readonly ManualResetEventSlim busy = new(); // it was called

    public void Dispose()
    {
        open.Dispose();
        busy.Dispose();
    }

    [Fact]
    public void EachSampleGetsItsRow()
    {
        open.Set();
        using var queue = Queue(4, 8);
        var rows = Enumerable.Range(0, 100).Select(i => queue.Add(i, default)).ToArray();
        Assert.All(rows.Index(), row => Assert.Equal((row.Index, (byte)row.Index), ((int)Row(row.Item).Vector[0], Row(row.Item).Quality)));
        Assert.Equal(Enumerable.Range(0, 100), batches.SelectMany(batch => batch));
        Assert.All(batches, batch => Assert.InRange(batch.Length, 1, 4));
    }

    [Fact]
    public void SamplesOfSeveralThreadsAreComputedTogether()
    {
        using var queue = Queue(6, 12);
        var first = queue.Add(0, default);
        Assert.True(busy.Wait(HangGuard));
        var rows = new Task<EmbeddedRow>[6];
        Together(6, i => rows[i] = queue.Add(i + 1, default));
        open.Set();
        Assert.All(rows.Index(), row => Assert.Equal(row.Index + 1, Row(row.Item).Vector[0]));
        Assert.Equal(0, Row(first).Vector[0]);
        Assert.Equal([1, 6], batches.Select(batch => batch.Length)); // what waits is taken at once, and nothing waits for more
    }

    [Fact]
    public async Task WhoeverAddsTooManyWaits()
    {
        using var queue = Queue(1, 3);
        var rows = new List<Task<EmbeddedRow>> { queue.Add(0, default) };
        Assert.True(busy.Wait(HangGuard));
        for (var i = 1; i <= 3; i++) rows.Add(queue.Add(i, default));
        using var stop = new CancellationTokenSource();
        var adds = Task.Run(() => { _ = queue.Add(99, stop.Token); });
        Assert.NotSame(adds, await Task.WhenAny(adds, Task.Delay(100))); // adding would not take this long
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => adds.WaitAsync(HangGuard));
        open.Set();
        Assert.Equal([0f, 1, 2, 3], rows.Select(row => Row(row).Vector[0]));
        Assert.DoesNotContain(99, batches.SelectMany(batch => batch));
    }

    [Fact]
    public void AFailureReachesAllOfItsBatchAndNoOther()
    {
        using var queue = new NetworkQueue<int>(() => samples => Compute(samples, 13), 4, 16);
        var first = queue.Add(0, default);
        Assert.True(busy.Wait(HangGuard));
        var bad = Enumerable.Range(11, 4).Select(i => queue.Add(i, default)).ToArray();
        var good = Enumerable.Range(21, 3).Select(i => queue.Add(i, default)).ToArray();
        open.Set();
        Assert.Equal(0, Row(first).Vector[0]);
        Assert.All(bad, row => Assert.Equal("13 is too many", Assert.Throws<TorchOutOfMemoryException>(() => Row(row)).Message));
        Assert.Equal([21f, 22, 23], good.Select(row => Row(row).Vector[0]));
    }

    [Fact]
    public void TooFewRowsAreAFailureAndNoOneWaitsForEver()
    {
        open.Set();
        using var queue = new NetworkQueue<int>(() => samples => Compute(samples)[1..], 4, 4);
        Assert.Contains("0 rows of 1 sample", Assert.Throws<InvalidOperationException>(() => Row(queue.Add(1, default))).Message);
        Assert.Throws<InvalidOperationException>(() => Row(queue.Add(2, default)));
    }

    [Fact]
    public void ANetworkThatCannotBeLoadedSaysWhyToAll()
    {
        using var queue = new NetworkQueue<int>(() => throw new EnvironmentException("no weights"), 2, 2);
        for (var i = 0; i < 10; i++) Assert.Equal("no weights", Assert.Throws<EnvironmentException>(() => Row(queue.Add(i, default))).Message);

        // A broken file of a network is no fault of a video.
        using var other = new NetworkQueue<int>(() => throw new InvalidDataException("cannot read it"), 2, 2);
        Assert.Equal("the network cannot be loaded: cannot read it", Assert.Throws<EnvironmentException>(() => Row(other.Add(1, default))).Message);
    }

    [Fact]
    public void WhatNobodyWaitsForIsNotComputed()
    {
        using var queue = Queue(4, 8);
        using var stop = new CancellationTokenSource();
        var first = queue.Add(0, default);
        Assert.True(busy.Wait(HangGuard));
        var given = queue.Add(1, stop.Token);
        var wanted = queue.Add(2, default);
        stop.Cancel();
        open.Set();
        Assert.ThrowsAny<OperationCanceledException>(() => Row(given));
        Assert.Equal([0f, 2], new[] { first, wanted }.Select(row => Row(row).Vector[0]));
        Assert.Equal([0, 2], batches.SelectMany(batch => batch));
    }

    [Fact]
    public async Task ItEndsWithWorkPending()
    {
        var queue = Queue(2, 4);
        var first = queue.Add(0, default);
        Assert.True(busy.Wait(HangGuard));
        var pending = Enumerable.Range(1, 4).Select(i => queue.Add(i, default)).ToArray();
        var waits = Task.Run(() => queue.Add(5, default)); // there is no place for it
        var end = Task.Run(queue.Dispose);
        Assert.All(pending, row => Assert.ThrowsAny<OperationCanceledException>(() => Row(row)));
        open.Set();
        await end.WaitAsync(HangGuard);
        Assert.Equal(0, Row(first).Vector[0]); // the batch that it computed
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits.WaitAsync(HangGuard));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.Add(6, default));
        queue.Dispose();
    }

    [Fact]
    public void ManyThreadsNeverBlockOneAnother()
    {
        open.Set();
        using var queue = Queue(3, 2);
        Together(8, thread =>
        {
            var waiting = new Queue<(int Sample, Task<EmbeddedRow> Row)>();
            for (var i = 0; i < 200; i++)
            {
                waiting.Enqueue(((1000 * thread) + i, queue.Add((1000 * thread) + i, default)));
                while (waiting.Count > thread) AssertIsOf(waiting.Dequeue());
            }

            while (waiting.TryDequeue(out var one)) AssertIsOf(one);
        });
        Assert.Equal(1600, batches.Sum(batch => batch.Length));

        static void AssertIsOf((int Sample, Task<EmbeddedRow> Row) one) => Assert.Equal(one.Sample, Row(one.Row).Vector[0]);
    }

    [Fact]
    public void TheNetworkStaysOnOneThread()
    {
        var threads = new HashSet<int>();
        using (var queue = new NetworkQueue<int>(
            () =>
            {
                threads.Add(Environment.CurrentManagedThreadId);
                return samples =>
                {
                    threads.Add(Environment.CurrentManagedThreadId);
                    return [.. samples.Select(_ => new EmbeddedRow([1], 1))];
                };
            },
            2,
            2))
        {
            Together(4, i => Row(queue.Add(i, default)));
        }

        Assert.DoesNotContain(Environment.CurrentManagedThreadId, threads);
        Assert.Single(threads);
    }

    private NetworkQueue<int> Queue(int batch, int capacity) => new(() => samples => Compute(samples), batch, capacity);

    private EmbeddedRow[] Compute(IReadOnlyList<int> samples, int bad = -1)
    {
        busy.Set();
        Assert.True(open.Wait(HangGuard));
        if (samples.Contains(bad)) throw new TorchOutOfMemoryException($"{bad} is too many");
        batches.Add([.. samples]);
        return [.. samples.Select(sample => new EmbeddedRow([sample], (byte)sample))];
    }

    private static EmbeddedRow Row(Task<EmbeddedRow> row) => row.WaitAsync(HangGuard).GetAwaiter().GetResult();

    private static void Together(int count, Action<int> act)
    {
        var tasks = Enumerable.Range(0, count).Select(i => Task.Factory.StartNew(() => act(i), default, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Assert.True(Task.WaitAll(tasks, HangGuard), "a thread hangs");
    }
}
