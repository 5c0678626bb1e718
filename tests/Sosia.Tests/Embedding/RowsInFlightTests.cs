using Sosia.Matching;
using Xunit;

namespace Sosia.Tests.Embedding;

/// <summary>Rows are handed on in the order of their clips, in batches, each clip with its seconds and its quality.</summary>
public sealed class RowsInFlightTests
{
    private readonly List<ClipBatch> batches = [];

    private ClipSpan[] Spans => [.. batches.SelectMany(batch => batch.Spans.ToArray())];

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(500)]
    public void AClipLastsUntilTheNext(int count)
    {
        var rows = new RowsInFlight(4, 0, batches.Add, default);
        for (var i = 0; i < count; i++)
        {
            rows.Add(i * 0.5, Done(i), []);
            Assert.Equal(i * 0.5, rows.LastTime);
        }

        rows.Finish((count * 0.5) - 0.1);
        Assert.Equal(Enumerable.Range(0, count).Select(i => new ClipSpan(i * 0.5, i + 1 < count ? (i + 1) * 0.5 : (count * 0.5) - 0.1, (byte)(i % 101))), Spans);
        Assert.Equal(Enumerable.Range(0, count).Select(Direction), batches.SelectMany(batch => Directions(batch.Rows)));
        Assert.All(batches, batch =>
        {
            Assert.InRange(batch.Rows.Count, 1, 128);
            Assert.Equal(batch.Rows.Count, batch.Spans.Length);
            Assert.Empty(batch.Variants);
        });
    }

    [Fact]
    public void AClipMayEndBeforeTheNext()
    {
        var rows = new RowsInFlight(4, 0, batches.Add, default);
        rows.Add(0, Done(1), [], 8);
        rows.Add(8, Done(2), [], 16);
        rows.Add(20, Done(3), []);
        rows.Finish(23);
        Assert.Equal([(0, 8), (8, 16), (20, 23)], Spans.Select(span => (span.Start, span.End)));
    }

    [Fact]
    public void VariantsGoWithTheirClips()
    {
        var rows = new RowsInFlight(4, 1, batches.Add, default);
        for (var i = 0; i < 150; i++) rows.Add(i, Done(i), [Done(i + 1)]);
        rows.Finish(150);
        Assert.Equal(Enumerable.Range(0, 150).Select(Direction), batches.SelectMany(batch => Directions(batch.Rows)));
        Assert.Equal(Enumerable.Range(1, 150).Select(Direction), batches.SelectMany(batch => Directions(batch.Variants[0].Rows)));
        Assert.Equal((byte)5, Spans[5].Quality);
        Assert.Equal((byte)6, batches[0].Variants[0].Spans.Span[5].Quality); // a quarter may be flat where the picture is not
    }

    [Fact]
    public void NoClipIsNoBatch()
    {
        new RowsInFlight(4, 1, batches.Add, default).Finish(3);
        Assert.Empty(batches);
    }

    // However long the video is: what is done goes, and no more than that waits.
    [Fact]
    public void WhatWaitsIsBounded()
    {
        var added = 0;
        var sent = 0;
        var most = 0;
        var rows = new RowsInFlight(4, 0, batch => sent += batch.Rows.Count, default);
        for (; added < 2000; added++)
        {
            rows.Add(added, Done(added), []);
            most = Math.Max(most, added + 1 - sent);
        }

        rows.Finish(added);
        Assert.Equal(2000, sent);
        Assert.InRange(most, 1, 130); // 64 in flight, 64 done
    }

    [Fact]
    public void WhatTheNetworkFailedWithIsThrown()
    {
        var rows = new RowsInFlight(4, 0, batches.Add, default);
        rows.Add(0, Task.FromException<EmbeddedRow>(new EnvironmentException("no memory")), []);
        Assert.Equal("no memory", Assert.Throws<EnvironmentException>(() => rows.Finish(1)).Message);
        Assert.Empty(batches);
    }

    [Fact]
    public void StoppingEndsTheWait()
    {
        using var stop = new CancellationTokenSource();
        var rows = new RowsInFlight(4, 0, batches.Add, stop.Token);
        rows.Add(0, new TaskCompletionSource<EmbeddedRow>().Task, []); // never done
        stop.CancelAfter(20);
        Assert.ThrowsAny<OperationCanceledException>(() => rows.Finish(1));
        rows = new RowsInFlight(4, 0, batches.Add, default);
        rows.Add(0, Task.FromCanceled<EmbeddedRow>(stop.Token), []);
        Assert.ThrowsAny<OperationCanceledException>(() => rows.Finish(1));
    }

    private static Task<EmbeddedRow> Done(int i)
    {
        var vector = new float[4];
        vector[Direction(i)] = 1;
        return Task.FromResult(new EmbeddedRow(vector, (byte)(i % 101)));
    }

    private static int Direction(int i) => i * 7 % 4;

    private static IEnumerable<int> Directions(VectorRows rows) =>
        rows.Float16.ToArray().Chunk(4).Select(row => Array.FindIndex(row, value => value == (Half)1));
}
