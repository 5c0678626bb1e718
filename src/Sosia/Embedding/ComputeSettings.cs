using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sosia.Torch;

namespace Sosia;

/// <summary>How networks compute best on this machine: measured once, in a second or two, and remembered.</summary>
/// <param name="Machine">What it was measured on: processor, threads, libtorch, BLAS.</param>
/// <param name="OneThread">Milliseconds of the work on one thread.</param>
/// <param name="AllThreads">On all threads of the machine.</param>
/// <param name="BFloat16">On the better number of threads, in bfloat16.</param>
public sealed record ComputeSettings(string Machine, double OneThread, double AllThreads, double BFloat16)
{
    private const int Rounds = 5;

    private const double Worthwhile = 0.8; // half precision costs accuracy, and a second thread takes it from a decoder

    /// <summary>Threads of one operator.</summary>
    [JsonIgnore]
    public int Threads => AllThreads < Worthwhile * OneThread ? Environment.ProcessorCount : 1;

    /// <summary>Type to embed with.</summary>
    [JsonIgnore]
    public ScalarType Type => BFloat16 < Worthwhile * Math.Min(OneThread, AllThreads) ? ScalarType.BFloat16 : ScalarType.Float32;

    private static string CacheFile => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "sosia",
        "compute.json");

    /// <summary>What was measured on this machine before; measured now where it never was.</summary>
    public static ComputeSettings Of()
    {
        var machine = Describe();
        return Remembered() is { } known && known.Machine == machine ? known : Measure();
    }

    /// <summary>Measures now, and remembers. On the thread that calls; its number of threads is as before in the end.</summary>
    public static ComputeSettings Measure()
    {
        var before = TorchRuntime.Threads;
        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var work = new Work(ScalarType.Float32);
        var half = new Work(ScalarType.BFloat16);
        var (one, all) = (new double[Rounds], new double[Rounds]);
        work.Time(1);
        for (var i = 0; i < Rounds; i++)
        {
            (one[i], all[i]) = (work.Time(1), work.Time(Environment.ProcessorCount)); // in turn: the machine may have other work
        }

        var slow = Median(one) <= Median(all) ? 1 : Environment.ProcessorCount;
        var bfloat = half.Time(slow);
        if (bfloat < 10 * Math.Min(Median(one), Median(all)))
        {
            bfloat = half.Time(slow); // the first call prepares; where it takes ages, the second would too
        }

        TorchRuntime.Threads = before;
        var measured = new ComputeSettings(Describe(), Median(one), Median(all), bfloat);
        Remember(measured);
        return measured;
    }

    private static string Describe() =>
        $"{Processor()}, {Environment.ProcessorCount} threads, libtorch {TorchRuntime.Version}, {TorchRuntime.OpenBlas?.Split(' ') switch { [var name, var version, ..] => $"{name} {version}", _ => "another BLAS" }}";

    private static string Processor()
    {
        try
        {
            return File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "processor";
        }
        catch (IOException)
        {
            return "processor";
        }
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static ComputeSettings? Remembered()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(CacheFile), ComputeJson.Default.ComputeSettings);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    // A cache that cannot be written is measured again.
    private static void Remember(ComputeSettings settings)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(CacheFile)!);
            File.WriteAllBytes(CacheFile, JsonSerializer.SerializeToUtf8Bytes(settings, ComputeJson.Default.ComputeSettings));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    // What networks spend their time on: a convolution of a trunk, a linear layer of a transformer.
    private sealed class Work(ScalarType type)
    {
        private readonly Tensor picture = Tensor.Zeros([4, 96, 36, 36], type);
        private readonly Tensor kernel = Tensor.Zeros([96, 96, 3, 3], type);
        private readonly Tensor tokens = Tensor.Zeros([784, 384], type);
        private readonly Tensor weight = Tensor.Zeros([1536, 384], type);

        // Milliseconds.
        public double Time(int threads)
        {
            TorchRuntime.Threads = threads;
            var watch = Stopwatch.StartNew();
            picture.Conv2d(kernel, padding: [1]).Dispose();
            tokens.Linear(weight).Dispose();
            return watch.Elapsed.TotalMilliseconds;
        }
    }
}

[JsonSerializable(typeof(ComputeSettings))]
internal sealed partial class ComputeJson : JsonSerializerContext;
