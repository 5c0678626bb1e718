using Sosia.Learning.Objectives;
using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>
/// The keys of earlier batches, against which queries are told (MoCo, He et al. 2020, section 3.1): a ring whose oldest keys are written over.
/// All of it are buffers under their published names, so that a checkpoint holds it.
/// </summary>
public sealed class KeyQueue : Module
{
    private readonly Tensor queue; // C x K
    private readonly Tensor pointer; // 1: where the next key goes

    /// <summary>Random unit keys.</summary>
    /// <param name="width">C.</param>
    /// <param name="capacity">K.</param>
    /// <param name="generator">Draws them; the default one without it.</param>
    public KeyQueue(int width, int capacity, Generator? generator = null)
    {
        queue = Buffer("queue", Cosine.Unit(Tensor.Randn([capacity, width], generator)).Transpose(0, 1).Contiguous());
        pointer = Buffer("queue_ptr", Tensor.Zeros([1], ScalarType.Int64));
    }

    /// <summary>K.</summary>
    public long Capacity => queue.Size(1);

    /// <summary>Where the next key goes: 1.</summary>
    public Tensor Pointer => pointer;

    /// <summary>What a queue of this size cannot do, in words; null where nothing stands against it.</summary>
    /// <param name="capacity">K.</param>
    /// <param name="keys">Written at a time, of all processes together.</param>
    public static string? Fault(long capacity, long keys) =>
        capacity < 1 || keys < 1 || capacity % keys != 0 ? $"a queue of {capacity} keys is no multiple of the {keys} that are written at a time" : null;

    /// <summary>All keys as they are now: a copy, as what backward needs must not change when the next batch is written.</summary>
    /// <returns>C x K, a key a column.</returns>
    public Tensor Keys() => queue.Clone();

    /// <summary>Writes detached copies of keys over the oldest.</summary>
    /// <param name="keys">N x C, of length 1, of all processes in the order of their ranks.</param>
    /// <exception cref="ArgumentException">The queue is no multiple of N.</exception>
    public void Write(Tensor keys)
    {
        var count = keys.Size(0);
        if (Fault(Capacity, count) is { } fault)
        {
            throw new ArgumentException(fault, nameof(keys));
        }

        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var places = (pointer + Tensor.Arange(0, count, dtype: ScalarType.Int64, device: queue.Device)).Remainder(Capacity);
        var columns = keys.Detach().To(queue.Type).NanToNum(0, 0, 0).Transpose(0, 1); // a broken step must not stay for as long as the ring takes
        queue.IndexCopyInPlace(1, places, columns);
        pointer.CopyInPlace((pointer + count).Remainder(Capacity));
    }
}
