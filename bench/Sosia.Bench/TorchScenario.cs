using System.Diagnostics;
using System.Globalization;
using Sosia.Learning.Encoders;
using Sosia.Torch;

namespace Sosia.Bench;

/// <summary>
/// Sosia.Torch beside PyTorch from Python on one thread: one small operator, and forward and training step of TimeSformer-small.
/// Pairs of runs in turn, so that both meet the same load, and the median of their ratios; below 1, Sosia is faster.
/// </summary>
internal static class TorchScenario
{
    private const int Pairs = 5;
    private const int Batch = 1000;
    private const int Batches = 300;

    public static void Run(string[] args)
    {
        var clips = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 2;
        TorchRuntime.Threads = 1;
        Console.WriteLine($"libtorch {TorchRuntime.Version}, {TorchRuntime.OpenBlas}; one thread; median of {Pairs} pairs.");
        Console.WriteLine();
        Console.WriteLine("| what | Sosia | PyTorch | Sosia / PyTorch | Sosia CPU | PyTorch CPU | by CPU time | load |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        Calls();
        if (clips > 0)
        {
            Networks(clips);
        }
    }

    private static void Calls()
    {
        using var peer = new PythonPeer("torch_call.py", threads: 1);
        using var x = Tensor.Ones([4, 4]);
        using var y = Tensor.Ones([4, 4]);
        Compare("add of 4 x 4, disposed", 1e6, "us", () => Best(() => Dispose(x, y)), () => peer.Time("").Timing);
        Compare("add of 4 x 4, in a scope", 1e6, "us", () => Best(() => Scoped(x, y)), () => peer.Time("").Timing);
    }

    private static void Networks(int clips)
    {
        using var peer = new PythonPeer("timesformer.py", threads: 1);
        using var generator = new Generator(1);
        using var network = new VideoTransformer(VideoTransformerShape.ThreeDCsl(TransformerSize.Small), generator);
        using var optimiser = new AdamW(network.NamedParameters(), learningRate: 1e-4, weightDecay: 1e-4);
        using var input = Tensor.Randn([clips, 3, 8, 224, 224], generator);
        Compare($"TimeSformer-small, forward of {clips}", 1, "s", () => Time(() => Forward(network, input)), () => peer.Time($"forward {clips}").Timing);
        Compare($"TimeSformer-small, step of {clips}", 1, "s", () => Time(() => Step(network, optimiser, input)), () => peer.Time($"step {clips}").Timing);
        Console.WriteLine();
        Console.WriteLine($"PyTorch {peer.Ask($"version {clips}")}");
    }

    private static void Dispose(Tensor x, Tensor y)
    {
        for (var i = 0; i < Batch; i++)
        {
            x.Add(y).Dispose();
        }
    }

    private static void Scoped(Tensor x, Tensor y)
    {
        using var scope = TensorScope.Enter();
        for (var i = 0; i < Batch; i++)
        {
            x.Add(y);
        }
    }

    private static void Forward(VideoTransformer network, Tensor input)
    {
        using var inference = InferenceMode.Enter();
        using var scope = TensorScope.Enter();
        network.Eval();
        network.Forward(input);
    }

    private static void Step(VideoTransformer network, AdamW optimiser, Tensor input)
    {
        using var scope = TensorScope.Enter();
        network.Train();
        optimiser.ZeroGrad();
        network.Forward(input).Vector.Square().Mean().Backward();
        optimiser.Step();
    }

    private static void Compare(string what, double unit, string name, Func<Timing> ours, Func<Timing> theirs)
    {
        ours(); // compiles
        theirs();
        ours();
        var pairs = Enumerable.Range(0, Pairs).Select(_ => (Ours: ours(), Theirs: theirs())).ToList();
        double Median(Func<(Timing Ours, Timing Theirs), double> value) => pairs.Select(value).Order().ElementAt(Pairs / 2);
        Console.WriteLine(string.Join(
            " | ",
            $"| {what}",
            $"{unit * Median(p => p.Ours.Wall):F2} {name}",
            $"{unit * Median(p => p.Theirs.Wall):F2} {name}",
            $"{Median(p => p.Ours.Wall / p.Theirs.Wall):F2}",
            $"{unit * Median(p => p.Ours.Cpu):F2} {name}",
            $"{unit * Median(p => p.Theirs.Cpu):F2} {name}",
            $"{Median(p => p.Ours.Cpu / p.Theirs.Cpu):F2}",
            $"{File.ReadAllText("/proc/loadavg").Split(' ')[0]} |"));
    }

    // Of one call; the best of many short batches is that which nothing disturbed.
    private static Timing Best(Action batch)
    {
        var times = Enumerable.Range(0, Batches).Select(_ => Time(batch)).ToList();
        return new Timing(times.Min(t => t.Wall) / Batch, times.Min(t => t.Cpu) / Batch);
    }

    private static Timing Time(Action work)
    {
        var (cpu, clock) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        work();
        return new Timing(clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }
}
