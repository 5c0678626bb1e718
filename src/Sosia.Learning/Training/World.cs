using Sosia.Torch;

namespace Sosia.Learning.Training;

/// <summary>
/// The processes that train one network together, each with its part of every batch. They must make the same calls in the same order. Where there is one
/// process alone nothing is copied, and nothing costs anything.
/// </summary>
public sealed class World : IDisposable
{
    private const long Bucket = 25 << 18; // elements: 25 MB of float32, as in PyTorch's DistributedDataParallel (Li et al. 2020)

    private readonly ProcessGroup? group;
    private readonly Device carrier; // where tensors must lie to be sent

    private World(ProcessGroup? group, Device carrier, int localRank, int localSize) => (this.group, this.carrier, LocalRank, LocalSize) = (group, carrier, localRank, localSize);

    /// <summary>This process and no other.</summary>
    public static World Single { get; } = new(null, Device.Cpu, 0, 1);

    /// <summary>Number of this process, from 0.</summary>
    public int Rank => group?.Rank ?? 0;

    /// <summary>How many there are.</summary>
    public int Size => group?.Size ?? 1;

    /// <summary>Number of this process on its machine, from 0: the GPU that it takes.</summary>
    public int LocalRank { get; }

    /// <summary>How many of them are on this machine, as far as the launcher says: they share its processors.</summary>
    public int LocalSize { get; }

    /// <summary>The processes that a launcher started: by RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT and LOCAL_RANK (torchrun), or Slurm's names; else this one alone.</summary>
    /// <param name="device">Of the training: processors speak by Gloo, GPUs by NCCL.</param>
    /// <param name="timeout">For the others to come, and for each call; ten minutes where none is given.</param>
    /// <exception cref="RecipeException">A variable is missing, or cannot be.</exception>
    /// <exception cref="TorchException">Somebody did not come, or the bridge was compiled without what is needed.</exception>
    public static World FromEnvironment(DeviceType device = DeviceType.Cpu, TimeSpan? timeout = null) =>
        Launch.Read(Environment.GetEnvironmentVariable) is { Size: > 1 } launch ? Join(launch, device, timeout ?? TimeSpan.FromMinutes(10)) : Single;

    /// <summary>Meets the others.</summary>
    /// <exception cref="TorchException">Somebody did not come, or the bridge was compiled without what is needed.</exception>
    internal static World Join(Launch launch, DeviceType device, TimeSpan timeout)
    {
        var (backend, carrier) = device == DeviceType.Cuda ? (ProcessBackend.Nccl, Device.Cuda(launch.LocalRank % Math.Max(1, TorchRuntime.CudaDevices))) : (ProcessBackend.Gloo, Device.Cpu);
        return new(ProcessGroup.Create(backend, launch.Rank, launch.Size, launch.Address, launch.Port, timeout, launch.Hosted, launch.Attempt), carrier, launch.LocalRank, launch.LocalSize > 0 ? launch.LocalSize : launch.Size);
    }

    /// <summary>
    /// The rows of all processes in the order of their ranks, as in one joint batch. Where each process computes the joint loss of them, <see cref="Average"/>
    /// of the parameters' gradients afterwards is the gradient of the joint batch: each row's gradient is summed over the processes, which the average divides
    /// by their number again.
    /// </summary>
    /// <param name="rows">n x ..., as many in each.</param>
    /// <returns>Size·n x ...; gradients flow back to the process that each row is from.</returns>
    /// <exception cref="TorchException">A process was lost, or has another number of rows.</exception>
    public Tensor Gather(Tensor rows)
    {
        if (group is null)
        {
            return rows;
        }

        var (count, gathered) = (rows.Shape[0], GatherDetached(rows));
        CustomFunction.Attach([rows], [gathered], [], (gradients, _) => [gradients[0] is { } gradient ? Sum(gradient).Narrow(0, Rank * count, count) : null]);
        return gathered;
    }

    /// <summary>The rows of all processes, without a gradient: what a memory takes in.</summary>
    /// <param name="rows">n x ..., as many in each.</param>
    /// <returns>Size·n x ..., in the order of the ranks.</returns>
    /// <exception cref="TorchException">A process was lost, or has another number of rows.</exception>
    public Tensor GatherDetached(Tensor rows)
    {
        if (group is null)
        {
            return rows.Detach();
        }

        using var noGrad = NoGrad.Enter();
        return Return(group.AllGather(Carry(rows)), rows);
    }

    /// <summary>The numbers of all processes in the order of their ranks: labels, and which videos the rows are of.</summary>
    /// <param name="numbers">As many in each.</param>
    /// <exception cref="TorchException">A process was lost, or has more or fewer.</exception>
    public long[] Gather(long[] numbers)
    {
        if (group is null)
        {
            return numbers;
        }

        using var scope = TensorScope.Enter();
        return GatherDetached(Tensor.Of(numbers, numbers.Length)).ToArray<long>();
    }

    /// <summary>
    /// Replaces the gradient of each parameter by its mean over the processes. Where some have none it counts as zero there; where no process has one there is
    /// none afterwards either, as if there were one process.
    /// </summary>
    /// <param name="parameters">In the same order everywhere.</param>
    /// <exception cref="TorchException">A process was lost, or has other parameters.</exception>
    public void Average(IEnumerable<Tensor> parameters)
    {
        if (group is null)
        {
            return;
        }

        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        foreach (var bucket in Buckets(WithGradients([.. parameters])))
        {
            AverageTogether(bucket);
        }
    }

    /// <summary>Gives every process the parameters and stored buffers of process 0.</summary>
    /// <param name="module">Of the same shapes everywhere.</param>
    /// <exception cref="TorchException">A process was lost, or has another network.</exception>
    public void Broadcast(Module module)
    {
        if (group is null)
        {
            return;
        }

        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        var state = module.NamedState().Select(entry => entry.Tensor).ToArray();
        var carried = Array.ConvertAll(state, tensor => Carry(tensor, copy: true));
        group.Broadcast(carried);
        foreach (var (tensor, given) in state.Zip(carried))
        {
            tensor.CopyInPlace(given);
        }
    }

    /// <summary>Returns when every process has come here.</summary>
    /// <exception cref="TorchException">A process was lost, or is elsewhere.</exception>
    public void Barrier() => group?.Barrier();

    /// <summary>The mean of a number over the processes.</summary>
    /// <exception cref="TorchException">A process was lost, or is elsewhere.</exception>
    public double Mean(double value)
    {
        if (group is null)
        {
            return value;
        }

        using var scope = TensorScope.Enter();
        return Sum(Tensor.Of(value)).Item() / Size;
    }

    /// <summary>Whether it holds in any process.</summary>
    /// <exception cref="TorchException">A process was lost, or is elsewhere.</exception>
    public bool Any(bool here) => group is null ? here : Mean(here ? 1 : 0) > 0;

    /// <summary>Leaves the others.</summary>
    public void Dispose() => group?.Dispose();

    private Tensor[] WithGradients(Tensor[] parameters)
    {
        var has = Carry(Tensor.Of(Array.ConvertAll(parameters, parameter => parameter.Grad is null ? 0L : 1), parameters.Length), copy: true);
        group!.AllReduce([has], ReduceOperation.Max);
        return [.. parameters.Zip(has.To(Device.Cpu).ToArray<long>()).Where(one => one.Second != 0).Select(one => one.First)];
    }

    private static IEnumerable<List<Tensor>> Buckets(IEnumerable<Tensor> parameters)
    {
        var (bucket, elements) = (new List<Tensor>(), 0L);
        foreach (var parameter in parameters)
        {
            if (bucket.Count > 0 && (elements + parameter.Count > Bucket || parameter.Type != bucket[0].Type || parameter.Device != bucket[0].Device))
            {
                yield return bucket;
                (bucket, elements) = ([], 0);
            }

            bucket.Add(parameter);
            elements += parameter.Count;
        }

        if (bucket.Count > 0)
        {
            yield return bucket;
        }
    }

    private void AverageTogether(List<Tensor> parameters)
    {
        using var scope = TensorScope.Enter();
        Tensor[] flat = [.. parameters.Select(parameter => (parameter.Grad ?? parameter.ZerosLike()).Flatten())];
        var mean = Sum(Tensor.Cat(flat)) / Size;
        foreach (var (parameter, part) in parameters.Zip(mean.SplitWithSizes([.. parameters.Select(parameter => parameter.Count)])))
        {
            var gradient = part.Reshape(parameter.Shape);
            if (parameter.Grad is { } own)
            {
                own.CopyInPlace(gradient);
            }
            else
            {
                parameter.Grad = gradient.Clone();
            }
        }
    }

    private Tensor Sum(Tensor tensor)
    {
        using var noGrad = NoGrad.Enter();
        var carried = Carry(tensor, copy: true);
        group!.AllReduce([carried]);
        return Return(carried, tensor);
    }

    // Gloo does not know half precision in every version.
    private Tensor Carry(Tensor tensor, bool copy = false)
    {
        var half = tensor.Type is ScalarType.BFloat16 or ScalarType.Float16;
        var dense = tensor.Detach().To(carrier).To(half && carrier.Type == DeviceType.Cpu ? ScalarType.Float32 : tensor.Type).Contiguous();
        return copy ? dense.Clone() : dense;
    }

    private static Tensor Return(Tensor carried, Tensor like) => carried.To(like.Device).To(like.Type);
}
