using Sosia.Torch;

namespace Sosia.Learning.Training;

/// <summary>The processes that train one network together, each with its part of every batch.</summary>
public sealed class World : IDisposable
{
    private World(int rank, int size) => (Rank, Size) = (rank, size);

    /// <summary>This process and no other.</summary>
    public static World Single { get; } = new(0, 1);

    /// <summary>Number of this process, from 0.</summary>
    public int Rank { get; }

    /// <summary>How many there are.</summary>
    public int Size { get; }

    /// <summary>The rows of all processes in the order of their ranks, as in one joint batch.</summary>
    /// <param name="rows">n x D, as many in each.</param>
    /// <returns>Size·n x D; gradients flow back to the process that each row is from.</returns>
    public Tensor Gather(Tensor rows) => Size == 1 ? rows : throw new NotSupportedException();

    /// <summary>Comes.</summary>
    public void Average(IEnumerable<Tensor> parameters) { if (Size > 1) { throw new NotSupportedException(); } }
    /// <summary>Comes.</summary>
    public bool Any(bool here) => Size == 1 ? here : throw new NotSupportedException();
    /// <summary>Comes.</summary>
    public double Mean(double here) => Size == 1 ? here : throw new NotSupportedException();
    /// <summary>Comes.</summary>
    public void Broadcast(Module module) { if (Size > 1) { throw new NotSupportedException(); } }
    /// <summary>Comes.</summary>
    public void Barrier() { if (Size > 1) { throw new NotSupportedException(); } }

    /// <summary>Comes.</summary>
    public int LocalRank => Rank;
    /// <summary>Comes.</summary>
    public static World FromEnvironment() => Single;
    /// <summary>Comes.</summary>
    public void Dispose() { }
}
