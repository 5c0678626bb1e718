using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sosia.Torch.Tests;

public sealed class ProcessGroupTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TensorsAreReducedGatheredAndBroadcast(int size) => Together.Succeed(size, "group", "collectives");

    [Fact]
    public void TheExampleSumsAndGathers() => Assert.All(Together.Run(2, "group", "example"), ended => Assert.Equal(new Ended(0, "3 12\n", ""), ended));

    [Theory]
    [InlineData("shapes", "rank 1 is at all-gather of 2 elements in 1 tensors", "rank 0 at all-gather of 1 elements in 1 tensors")]
    [InlineData("types", "the first of type Double", "the first of type Float; shapes or types differ")]
    [InlineData("calls", "rank 1 is at barrier", "rank 0 at broadcast from 0 of 3 elements")]
    public void DifferentCallsAreToldApart(string difference, string other, string own)
    {
        var children = Together.Run(2, "group", difference);
        Assert.All(children, child => Assert.Equal((0, ""), (child.Code, child.Errors)));
        Assert.Contains("the processes do not call the same", children[1].Said);
        Assert.Contains(other, children[0].Said);
        Assert.Contains(own, children[0].Said);
    }

    [Theory]
    [InlineData("dies")]
    [InlineData("hangs")]
    public void ALostProcessIsAnErrorInTheOthers(string how)
    {
        var children = Together.Run(3, "group", how);
        foreach (var rank in (int[])[0, 2])
        {
            Assert.Equal(0, children[rank].Code);
            Assert.Contains($"all-reduce by rank {rank} of 3 at 127.0.0.1:", children[rank].Said);
        }
    }

    [Fact]
    public void WhoDoesNotComeIsNamed()
    {
        var port = Together.FreePort();
        Assert.Matches($"rank 0 of 4 at 127.0.0.1:{port} \\(Gloo\\): after 1.5\\d* s there is no rank 1, 2, 3$", Refused(0, 4, port));
        Assert.Contains($"rank 1 of 2 at 127.0.0.1:{port} (Gloo): ", Refused(1, 2, port)); // nobody serves the meeting place
        Assert.Contains("no-such-machine.invalid", Refused(1, 2, port, "no-such-machine.invalid"));
    }

    [Fact]
    public void ARankIsTakenOnce()
    {
        var said = string.Concat(Together.Run(3, "group", "taken").Select(child => child.Said)); // rank 0, and 1 twice
        Assert.Contains("another process is rank 1 already", said);
        Assert.Contains("there is no rank 2", said);
    }

    [Fact]
    public void APortThatIsInUseIsTold()
    {
        using var other = new TcpListener(IPAddress.Any, 0);
        other.Start();
        Assert.Contains("in use", Refused(0, 2, ((IPEndPoint)other.LocalEndpoint).Port));
    }

    [Fact]
    public void WhatCannotBeIsRefused()
    {
        Assert.Contains("rank 2 of 2", Assert.Throws<TorchArgumentException>(() => Meet(2, 2, 29500)).Message);
        Assert.Contains("port 0", Assert.Throws<TorchArgumentException>(() => Meet(0, 2, 0)).Message);
        Assert.Throws<TorchArgumentException>(() => ProcessGroup.Create(ProcessBackend.Gloo, 0, 1, "127.0.0.1", 29500, TimeSpan.Zero));
        using var scope = TensorScope.Enter();
        using var alone = Meet(0, 1, Together.FreePort());
        Assert.Contains("not contiguous", Assert.Throws<TorchArgumentException>(() => alone.AllReduce([Tensor.Ones([2, 3]).Transpose(0, 1)])).Message);
        Assert.Throws<TorchArgumentException>(() => alone.Broadcast([Tensor.Ones([2])], from: 1));
        alone.Dispose();
        Assert.Throws<ObjectDisposedException>(alone.Barrier);
    }

    [Fact]
    public void ATensorThatAGraphNeedsIsNotChangedUnseen()
    {
        using var scope = TensorScope.Enter();
        using var alone = Meet(0, 1, Together.FreePort());
        var saved = Tensor.Ones([2]);
        var square = (Tensor.Ones([2]).RequireGrad() * saved).Sum();
        alone.AllReduce([saved]);
        Assert.Contains("modified by an inplace operation", Assert.Throws<TorchException>(() => square.Backward()).Message);
    }

    /// <summary>What one process of a test does.</summary>
    internal static void Act(string what)
    {
        var (rank, size, port) = (Number("RANK"), Number("WORLD_SIZE"), Number("MASTER_PORT"));
        using var scope = TensorScope.Enter();
        switch (what)
        {
            case "collectives":
                Collectives(rank, size, port);
                break;
            case "example":
                Example(rank, size, "127.0.0.1", port);
                break;
            case "shapes":
                Tell(rank, size, port, group => group.AllGather(Tensor.Ones([rank + 1])));
                break;
            case "types":
                Tell(rank, size, port, group => group.AllReduce([Tensor.Ones([3], rank == 0 ? ScalarType.Float32 : ScalarType.Float64)]));
                break;
            case "calls" when rank == 0:
                Tell(rank, size, port, group => group.Broadcast([Tensor.Ones([3])]));
                break;
            case "calls":
                Tell(rank, size, port, group => group.Barrier());
                break;
            case "taken":
                Tell(Math.Min(rank, 1), size, port, group => group.Barrier());
                break;
            case "dies" or "hangs":
                Lost(what, rank, size, port);
                break;
            case "time":
                Time(rank, size, port);
                break;
        }
    }

    private static void Collectives(int rank, int size, int port)
    {
        using var group = Meet(rank, size, port, seconds: 30);
        Assert.Equal((rank, size), (group.Rank, group.Size));
        var (single, wide, whole) = (Tensor.Of([1f, rank], 2), Tensor.Full([2, 3], 0.5 + rank, ScalarType.Float64), Tensor.Of([1L << 40]));
        group.AllReduce([single, wide, whole]);
        var ranks = size * (size - 1) / 2.0;
        Expect.Close([size, ranks], single);
        Expect.Close([.. Enumerable.Repeat((size / 2.0) + ranks, 6)], wide);
        Assert.Equal(size * (1L << 40), whole.Item<long>());

        var largest = Tensor.Of([rank, -rank], 2);
        group.AllReduce([largest], ReduceOperation.Max);
        Expect.Close([size - 1, 0], largest);

        var gathered = group.AllGather(Tensor.Of([(long)rank, 7], 1, 2));
        Assert.Equal([size, 2L], gathered.Shape);
        Expect.Close([.. Enumerable.Range(0, size).SelectMany(i => new double[] { i, 7 })], gathered);

        var (a, b) = (Tensor.Full([3], rank), Tensor.Full([1, 2], -rank));
        group.Broadcast([a, b], from: size - 1);
        Expect.Close([size - 1, size - 1, size - 1], a);
        Expect.Close([1 - size, 1 - size], b);
        group.Barrier();
        group.AllReduce([]);
    }

    private static void Example(int rank, int size, string address, int port)
    {
        // The example begins.
        using var group = ProcessGroup.Create(ProcessBackend.Gloo, rank, size, address, port, TimeSpan.FromMinutes(1));
        var mine = Tensor.Full([2], rank + 1);
        group.AllReduce([mine]);         // in place: the sum over all processes
        var all = group.AllGather(mine); // its rows and those of the others, in the order of the ranks
        Console.WriteLine($"{mine[0].Item()} {all.Sum().Item()}");
        // It ends.
    }

    private static void Lost(string how, int rank, int size, int port)
    {
        using var group = Meet(rank, size, port, seconds: 2);
        group.Barrier();
        if (rank == 1 && how == "dies")
        {
            Process.GetCurrentProcess().Kill();
        }

        if (rank == 1)
        {
            Thread.Sleep(TimeSpan.FromSeconds(6));
            return;
        }

        Console.WriteLine(Assert.ThrowsAny<TorchException>(() => group.AllReduce([Tensor.Ones([1000])])).Message);
        Assert.ThrowsAny<TorchException>(group.Barrier); // and no second call hangs
    }

    private static void Time(int rank, int size, int port)
    {
        using var group = Meet(rank, size, port, seconds: 30);
        var tensor = Tensor.Ones([5 << 20]); // 20 MB
        var times = new List<double>();
        for (var i = 0; i < 21; i++)
        {
            group.Barrier();
            var start = Stopwatch.GetTimestamp();
            group.AllReduce([tensor]);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        Console.WriteLine($"all-reduce of 20 MB between {size}: {times[10]:0.0} ms (median of 21, {times[0]:0.0} to {times[^1]:0.0})");
    }

    private static void Tell(int rank, int size, int port, Action<ProcessGroup> call)
    {
        try
        {
            using var group = Meet(rank, size, port);
            call(group);
        }
        catch (TorchException error)
        {
            Console.WriteLine(error.Message);
        }
    }

    private static int Number(string variable) => int.Parse(Environment.GetEnvironmentVariable(variable)!, CultureInfo.InvariantCulture);

    private static string Refused(int rank, int size, int port, string address = "127.0.0.1") =>
        Assert.ThrowsAny<TorchException>(() => ProcessGroup.Create(ProcessBackend.Gloo, rank, size, address, port, TimeSpan.FromSeconds(1.5))).Message;

    private static ProcessGroup Meet(int rank, int size, int port, double seconds = 5) =>
        ProcessGroup.Create(ProcessBackend.Gloo, rank, size, "127.0.0.1", port, TimeSpan.FromSeconds(seconds));
}
