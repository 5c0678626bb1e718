namespace Sosia.Torch;

/// <summary>
/// A net under tensors that nobody disposed: the collector sees forty bytes where megabytes hang, so it is called when what lives
/// has doubled since it last ran.
/// </summary>
internal static class TensorMemory
{
    private const long Least = 256 << 10; // KiB

    private static readonly Lock Collecting = new();
    private static long tensors;
    private static long live; // KiB; views count like what they show
    private static long limit = Least;

    public static long Tensors => Interlocked.Read(ref tensors);

    public static void Born(int kibibytes)
    {
        Interlocked.Increment(ref tensors);
        if (Interlocked.Add(ref live, kibibytes) > Volatile.Read(ref limit))
        {
            Collect();
        }
    }

    public static void Gone(int kibibytes)
    {
        Interlocked.Decrement(ref tensors);
        Interlocked.Add(ref live, -kibibytes);
    }

    private static void Collect()
    {
        if (!Collecting.TryEnter())
        {
            return;
        }

        try
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
            Volatile.Write(ref limit, Math.Max(Least, 2 * Interlocked.Read(ref live)));
        }
        finally
        {
            Collecting.Exit();
        }
    }
}
