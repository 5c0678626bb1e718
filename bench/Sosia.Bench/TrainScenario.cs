using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Sosia.Learning.Encoders;
using Sosia.Learning.Methods;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Bench;

/// <summary>
/// A training step of 3D-CSL's second stage on a raw pack, reading included, beside the same step in PyTorch eager. Nothing is augmented, since
/// the peer has no such code. Pairs of runs in turn, median of their ratios; below 1, Sosia is faster.
/// </summary>
internal static class TrainScenario
{
    private const int Pairs = 5;

    private static readonly Dictionary<string, VideoTransformerOptions> Sizes = new(StringComparer.Ordinal)
    {
        ["tiny"] = new(Width: 64, Depth: 2, Heads: 4, Patch: 8, Side: 48, DropPath: 0),
        ["small"] = new(Width: 384, Depth: 12, Heads: 6),
        ["base"] = new(),
    };

    public static void Run(string pack, string size, int batch, int steps, string device, bool bfloat16, int threads)
    {
        TorchRuntime.Threads = threads;
        var where = device == "cuda" ? Device.Cuda(0) : Device.Cpu;
        var encoder = Sizes[size];
        using var data = Dataset.Open([pack], holdout: 0);
        var rate = data.Training[0].Video.Rate;
        using var peer = new PythonPeer("three_d_csl.py", threads);
        peer.Ask("options " + new JsonObject
        {
            ["pack"] = Path.GetFullPath(pack),
            ["width"] = encoder.Width,
            ["depth"] = encoder.Depth,
            ["heads"] = encoder.Heads,
            ["patch"] = encoder.Patch,
            ["side"] = encoder.Side,
            ["frames"] = encoder.Frames,
            ["batch"] = batch,
            ["rate"] = rate,
            ["interval"] = 1 / rate,
            ["memory"] = 1024,
            ["device"] = device,
            ["bfloat16"] = bfloat16,
        }.ToJsonString());
        using var ours = new Training(data, encoder, batch, where, bfloat16, 1 / rate);
        Console.WriteLine($"3D-CSL {size}, {batch} videos a step, {device}{(bfloat16 ? ", bfloat16" : "")}, {threads} threads; libtorch {TorchRuntime.Version}, PyTorch {peer.Ask("version 1")}");
        ours.Steps(3);
        peer.Time("step 3");
        var pairs = Enumerable.Range(0, Pairs).Select(_ => (Ours: ours.Steps(steps), Theirs: Theirs(peer, steps))).ToList();
        foreach (var (mine, their) in pairs)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Sosia {batch * steps / mine.Time.Wall,8:0.0} clips/s, waiting {mine.Waited / mine.Time.Wall,4:0.0%}, cpu {mine.Time.Cpu / steps,6:0.000} s a step    PyTorch {batch * steps / their.Time.Wall,8:0.0} clips/s, waiting {their.Waited / their.Time.Wall,4:0.0%}, cpu {their.Time.Cpu / steps,6:0.000} s    ratio {mine.Time.Wall / their.Time.Wall:0.00}"));
        }

        var ratios = pairs.Select(p => p.Ours.Time.Wall / p.Theirs.Time.Wall).Order().ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median ratio of a step {ratios[Pairs / 2]:0.00}; load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}"));
    }

    private static (Timing Time, double Waited) Theirs(PythonPeer peer, int steps)
    {
        var (timing, more) = peer.Time($"step {steps}");
        return (timing, double.Parse(more[0], CultureInfo.InvariantCulture));
    }

    private sealed class Training : IDisposable
    {
        private readonly ThreeDCsl method;
        private readonly AdamW optimiser;
        private readonly Loader loader;
        private readonly Device device;
        private readonly bool bfloat16;

        public Training(Dataset data, VideoTransformerOptions encoder, int batch, Device device, bool bfloat16, double interval)
        {
            (this.device, this.bfloat16) = (device, bfloat16);
            using var generator = new Generator(1);
            var network = (VideoTransformer)encoder.Build(generator, checkpointing: false);
            method = new ThreeDCsl(network, new ThreeDCslOptions(ShotMix: 0, Intervals: [interval], LeastScale: 1, MostScale: 1, Mirror: 0, Augmentation: AugmentationOptions.None), World.Single);
            method.To(device);
            optimiser = new AdamW(method.NamedParameters(), learningRate: 1e-4, weightDecay: 1e-4);
            loader = new Loader(data.Training, method.Views, batch, seed: 1, new DataOptions(Workers: Math.Max(1, Environment.ProcessorCount / 2)), World.Single);
        }

        public (Timing Time, double Waited) Steps(int steps)
        {
            var (cpu, clock, waited) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew(), loader.Waited);
            for (var i = 0; i < steps; i++)
            {
                Step(new Progress(i, steps, 1));
            }

            if (device.Type == DeviceType.Cuda)
            {
                TorchRuntime.Synchronize();
            }

            return (new Timing(clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds), (loader.Waited - waited).TotalSeconds);
        }

        public void Dispose()
        {
            loader.Dispose();
            optimiser.Dispose();
            method.Dispose();
        }

        private void Step(Progress at)
        {
            using var scope = TensorScope.Enter();
            Losses losses;
            using (Autocast.Enter(device.Type, enabled: bfloat16))
            {
                losses = method.Step(loader.Next(device), at);
            }

            var total = losses.Total();
            total.Backward();
            ClipGradients.Norm(method.Parameters(), 40);
            optimiser.Step();
            optimiser.ZeroGrad();
            total.Item();
        }
    }
}
