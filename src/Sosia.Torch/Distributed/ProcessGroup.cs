using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Sosia.Torch.Native;

namespace Sosia.Torch;

/// <summary>What carries tensors between processes.</summary>
public enum ProcessBackend
{
    /// <summary>Over TCP, for tensors of the processor.</summary>
    Gloo = 0,

    /// <summary>Between NVIDIA GPUs.</summary>
    Nccl = 1,
}

/// <summary>How all-reduce makes one tensor of many.</summary>
public enum ReduceOperation
{
    /// <summary>Their sum.</summary>
    Sum = 0,

    /// <summary>The largest of each element.</summary>
    Max = 1,
}

/// <summary>
/// Several processes that compute as one: libtorch's c10d. Every process must make the same calls in the same order, with tensors of the same shapes and
/// types; with Gloo that is checked first. A process that is lost, or does not come within the timeout, is an error in the others; the group
/// cannot be used after an error. One thread at a time may call it.
/// </summary>
public sealed unsafe class ProcessGroup : IDisposable
{
    private readonly ProcessBackend backend;
    private readonly string meeting;
    private nint handle;

    private ProcessGroup(nint handle, ProcessBackend backend, int rank, int size, string meeting) =>
        (this.handle, this.backend, Rank, Size, this.meeting) = (handle, backend, rank, size, meeting);

    /// <summary>Number of this process, from 0.</summary>
    public int Rank { get; }

    /// <summary>How many there are.</summary>
    public int Size { get; }

    /// <summary>Meets the other processes, and returns when all have come.</summary>
    /// <param name="backend">Gloo, or NCCL for tensors of GPUs.</param>
    /// <param name="rank">Number of this process, from 0; 0 serves the place where they meet.</param>
    /// <param name="size">How many processes there are.</param>
    /// <param name="address">Name or address of rank 0's machine.</param>
    /// <param name="port">A free port there, the same for all.</param>
    /// <param name="timeout">For the others to come, and then for each call.</param>
    /// <param name="hosted">Whether the launcher serves the meeting place (torchrun does) instead of rank 0.</param>
    /// <param name="round">Tells apart the groups that meet in one place: which attempt, where a launcher starts anew.</param>
    /// <exception cref="TorchException">Somebody did not come (the message says who), a rank is taken twice, or the address cannot be reached.</exception>
    /// <exception cref="TorchArgumentException">An argument is out of its range, or the bridge was compiled without the backend.</exception>
    public static ProcessGroup Create(ProcessBackend backend, int rank, int size, string address, int port, TimeSpan timeout, bool hosted = false, int round = 0)
    {
        if (size < 1 || rank < 0 || rank >= size || port is < 1 or > 65535 || timeout < TimeSpan.FromMilliseconds(1) || !Enum.IsDefined(backend))
        {
            throw new TorchArgumentException($"no process group can be rank {rank} of {size} by {backend} at port {port} with a timeout of {timeout}");
        }

        var meeting = $"{address}:{port}";
        fixed (byte* store = Utf8(address), host = Utf8(Reachable(address, port)))
        {
            var options = new NativeGroupOptions
            {
                Backend = (int)backend,
                Rank = rank,
                Size = size,
                Port = port,
                Timeout = (long)timeout.TotalMilliseconds,
                Round = round,
                Hosted = hosted ? 1 : 0,
                Address = store,
                Host = host,
            };
            NativeTorch.Check(NativeTorch.sosia_group(&options, out var made), () => $"rank {rank} of {size} at {meeting} ({backend})");
            return new ProcessGroup(made, backend, rank, size, meeting);
        }
    }

    /// <summary>Replaces each tensor by the sum, or the largest elements, of those of all processes.</summary>
    /// <param name="tensors">Contiguous; changed in place, past autograd.</param>
    /// <param name="operation">Sum or largest.</param>
    /// <exception cref="TorchException">A process was lost, or called something else.</exception>
    public void AllReduce(ReadOnlySpan<Tensor> tensors, ReduceOperation operation = ReduceOperation.Sum)
    {
        using var all = new Handles(tensors);
        fixed (nint* handles = all.Span)
        {
            Check(NativeTorch.sosia_group_all_reduce(Handle, handles, tensors.Length, (int)operation), "all-reduce");
        }
    }

    /// <summary>The rows of all processes in the order of their ranks.</summary>
    /// <param name="tensor">n x ..., contiguous; of the same shape in each.</param>
    /// <returns>Size·n x ...; no gradient flows back.</returns>
    /// <exception cref="TorchException">A process was lost, or called something else.</exception>
    public Tensor AllGather(Tensor tensor)
    {
        Check(NativeTorch.sosia_group_all_gather(Handle, tensor, out var gathered), "all-gather");
        return Tensor.Own(gathered);
    }

    /// <summary>Replaces each tensor by that of one process.</summary>
    /// <param name="tensors">Contiguous; changed in place, past autograd.</param>
    /// <param name="from">Whose.</param>
    /// <exception cref="TorchException">A process was lost, or called something else.</exception>
    public void Broadcast(ReadOnlySpan<Tensor> tensors, int from = 0)
    {
        if (from < 0 || from >= Size)
        {
            throw new TorchArgumentException($"there is no rank {from} of {Size} to broadcast from");
        }

        using var all = new Handles(tensors);
        fixed (nint* handles = all.Span)
        {
            Check(NativeTorch.sosia_group_broadcast(Handle, handles, tensors.Length, from), "broadcast");
        }
    }

    /// <summary>Returns when every process has called it.</summary>
    /// <exception cref="TorchException">A process was lost, or called something else.</exception>
    public void Barrier() => Check(NativeTorch.sosia_group_barrier(Handle), "barrier");

    /// <summary>Leaves the group.</summary>
    public void Dispose()
    {
        NativeTorch.sosia_group_release(handle);
        handle = 0;
    }

    /// <summary>Who it is, of how many, and where they met.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"rank {Rank} of {Size} at {meeting} ({backend})");

    private nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(handle == 0, this);
            return handle;
        }
    }

    private void Check(Status status, string call) => NativeTorch.Check(status, () => $"{call} by {this}");

    // The address of this machine on the way to the meeting place: a name of its own often means 127.0.1.1, where no other machine finds it. Nothing is sent.
    private static string Reachable(string address, int port)
    {
        try
        {
            using var way = new Socket(SocketType.Dgram, ProtocolType.Udp);
            way.Connect(address, port);
            var own = ((System.Net.IPEndPoint)way.LocalEndPoint!).Address;
            return (own.IsIPv4MappedToIPv6 ? own.MapToIPv4() : own).ToString();
        }
        catch (SocketException)
        {
            return ""; // what cannot be reached is told when it is tried
        }
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
