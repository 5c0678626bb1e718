using System.Globalization;
using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Evaluation.Frames;
using Sosia.Learning.Methods;
using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Video.Packs;

namespace Sosia.Bench;

/// <summary>
/// `sanity fame|carl FOLDER SEED ...`: the small experiments of the methods' papers' pages, on rendered clips whose meaning is known: does the method learn
/// what it is for, and what another does not?
/// </summary>
internal static class SanityScenario
{
    private static AugmentationOptions Colours { get; } = AugmentationOptions.None with { ColourJitter = 0.8 };

    public static int Run(string method, string folder, IReadOnlyList<int> seeds)
    {
        TorchSetup.Prepare();
        Directory.CreateDirectory(folder);
        (method == "carl" ? (Action<string, IReadOnlyList<int>>)Phases : Directions)(folder, seeds);
        return 0;
    }

    // A square that looks the same in all videos moves over a grating of the video's own: the grating alone tells videos apart, the square says the class.
    private static void Directions(string folder, IReadOnlyList<int> seeds)
    {
        var pack = Pack(Path.Combine(folder, "gratings.pack"), 24, Enumerable.Range(0, 400).Select(i => Gratings.Video(i, frames: 16)));
        var test = Enumerable.Range(1000, 600).Select(i => (Clip: Gratings.Video(i, frames: 8), Direction: i % 4)).ToList();
        Console.WriteLine("| | seed | loss | linear probe of the direction, % | nearest neighbour, % |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        MethodOptions moco = new MocoOptions(256, 0.95, 0.1, 128, HeadLayers.NormedMlp, 8, 1, 24, 1, 0, 1, Colours);
        MethodOptions fame = new FameOptions(256, 0.95, 0.1, 128, HeadLayers.NormedMlp, 8, 1, 24, 1, 0, Beta: 0.3, Augmentation: Colours);
        foreach (var (seed, (name, options)) in seeds.SelectMany(seed => new[] { ("moco", moco), ("fame", fame) }.Select(one => (seed, one))))
        {
            Generator.Seed((ulong)seed);
            using var method = options.Build(static () => new SmallClipNetwork(), World.Single);
            using var optimiser = new AdamW(Trained(method), 3e-3);
            var loss = Train(method, pack, seed, steps: 300, batch: 32, optimiser, step => 3e-3 * Schedules.Cosine(step, 300));
            var (probe, nearest) = Probed(method.Encoder, test, seed);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {seed} | {loss:0.00} | {probe:0.0} | {nearest:0.0} |"));
        }
    }

    // Of a method with a small network; the loss is the mean of the last 30 steps.
    private static double Train(Method method, string pack, int seed, int steps, int batch, Optimiser optimiser, Func<long, double> rate)
    {
        using var data = Dataset.Open([pack], 0);
        using var loader = new Loader(data.Training, method.Views, batch, seed, new DataOptions(), World.Single);
        method.Begin([]);
        var last = new Queue<double>();
        for (var step = 0; step < steps; step++)
        {
            using var scope = TensorScope.Enter();
            var at = new Progress(step, steps, loader.StepsPerEpoch);
            var loss = method.Step(loader.Next(Device.Cpu), at).Total();
            loss.Backward();
            optimiser.Groups[0].LearningRate = rate(step);
            optimiser.Step();
            method.AfterStep(at);
            method.ZeroGrad();
            last.Enqueue(loss.Item<float>());
            if (last.Count > 30)
            {
                last.Dequeue();
            }
        }

        return last.DefaultIfEmpty(double.NaN).Average();
    }

    private static IEnumerable<(string Name, Tensor Tensor)> Trained(Method method) => method.NamedParameters().Where(p => p.Tensor.RequiresGrad);

    private static (double Probe, double Nearest) Probed(Encoder encoder, IReadOnlyList<(byte[][] Clip, int Direction)> clips, int seed)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        encoder.Eval();
        var features = Tensor.Cat([.. clips.Chunk(50).Select(some => encoder.Forward(PixelNormalisation.Kinetics.Apply(Clips(some.Select(one => one.Clip), 24))).Vector)]);
        features = (features - features.Mean([0], keepdim: true)) / (features.Std([0], 1, true) + 1e-6);
        long[] labels = [.. clips.Select(one => (long)one.Direction)];
        var (fit, rest) = (features[..300], features[300..]);
        using var probe = new LinearProbe(encoder.Width, 4, new Generator((ulong)seed));
        using (EnableGrad.Enter())
        {
            probe.Fit(fit, Tensor.Of(labels[..300], 300), new LinearProbeSettings(0.1, 50, 100), seed);
        }

        var said = probe.Forward(rest).ArgMax(1).ToArray<long>();
        var near = KendallTau.Nearest(rest, fit);
        return (Percent(said.Zip(labels[300..], (a, b) => a == b)), Percent(near.Zip(labels[300..], (a, b) => labels[a] == b)));
    }

    // A disc goes through three phases at a pace of its own; the encoder is to say what moment a frame shows.
    private static void Phases(string folder, IReadOnlyList<int> seeds)
    {
        var pack = Pack(Path.Combine(folder, "discs.pack"), 32, Enumerable.Range(0, 60).Select(i => Discs.Video(i).Frames));
        var test = Enumerable.Range(500, 16).Select(Discs.Video).ToList();
        Console.WriteLine("| | position codes | seed | AP@5 | Kendall's tau | progression, R² |");
        Console.WriteLine("| --- | --- | ---: | ---: | ---: | ---: |");
        foreach (var (seed, codes) in seeds.SelectMany(seed => new[] { true, false }.Select(codes => (seed, codes))))
        {
            foreach (var (name, variance, steps) in new[] { ("untrained", 10.0, 0), ("sequence contrast", 10, 250), ("without time: a variance of 1,000", 1000, 250) })
            {
                // Blocks of 1.5 views of 26 frames end before the videos of 40 do. Only colours are edited: where the disc is, is what there is to learn.
                Generator.Seed((ulong)seed);
                using var method = new CarlOptions(26, Variance: variance, Projection: 32, Side: 32, LeastArea: 1, Mirror: 0, Augmentation: Colours).Build(() => new SmallFrameNetwork(codes), World.Single);
                using var optimiser = new Adam(Trained(method), 1e-3);
                Train(method, pack, seed, steps, batch: 4, optimiser, _ => 1e-3);
                Print($"{name} | {(codes ? "yes" : "no")}", seed, (SmallFrameNetwork)method.Encoder, test);
            }
        }
    }

    private static void Print(string name, int seed, SmallFrameNetwork encoder, IReadOnlyList<(byte[][] Frames, int[] Phases)> test)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        encoder.Eval();
        var videos = test.Select(one => new FrameSequence(Cosine.Unit(encoder.Frames(PixelNormalisation.ImageNet.Apply(Clips([one.Frames], 32))).Squeeze(0)), one.Phases)).ToList();
        var progression = PhaseProgression.Determination(videos[..8], videos[8..], 3).Average();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {seed} | {FrameRetrieval.Mean(videos, 5, 2):0.000} | {KendallTau.Mean([.. videos.Select(video => video.Embeddings)], 2):0.000} | {progression:0.000} |"));
    }

    private static string Pack(string folder, int side, IEnumerable<byte[][]> videos)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        using var writer = PackWriter.Open(folder, new PackSettings(Rate: 8, Side: side, Format: PackFormat.Raw));
        foreach (var (number, frames) in videos.Index())
        {
            using var block = writer.Begin(side, side);
            Array.ForEach(frames, frame => block.Add(frame));
            writer.Commit(string.Create(CultureInfo.InvariantCulture, $"{number:0000}"), PackSource.Scene, block, null);
        }

        return folder;
    }

    // N x 3 x T x side x side in [0, 1].
    private static Tensor Clips(IEnumerable<byte[][]> clips, int side)
    {
        var all = clips.ToList();
        return Batch.Unit(Tensor.Of([.. all.SelectMany(clip => clip.SelectMany(frame => frame))], all.Count, all[0].Length, side, side, 3));
    }

    private static double Percent(IEnumerable<bool> right)
    {
        var all = right.ToList();
        return 100.0 * all.Count(one => one) / all.Count;
    }

    // Three 3 x 3 x 3 convolutions with norms: 12, 24 and 48 channels.
    private sealed class SmallClipNetwork : Encoder
    {
        private readonly Sequential layers;

        public SmallClipNetwork() => layers = Part("layers", new Sequential([.. Layer(3, 12, [1, 2, 2]), .. Layer(12, 24, [2, 2, 2]), .. Layer(24, 48, [2, 2, 2])]));

        public override int Width => 48;

        public override Features Forward(Tensor input) => new(layers.Forward(input).Mean([2, 3, 4]));

        private static ILayer[] Layer(int inputs, int outputs, long[] stride) =>
            [new Conv3d(inputs, outputs, [3, 3, 3], stride, [1, 1, 1], bias: false), new BatchNorm(outputs), new Activation(x => x.Relu())];
    }

    // Three 3 x 3 convolutions of 16, 32 and 64 channels, each halved by maxima, under CARL's head with one layer of width 64.
    private sealed class SmallFrameNetwork : Encoder, IFrameEncoder
    {
        private readonly Sequential layers;
        private readonly FrameSequenceHead head;

        public SmallFrameNetwork(bool codes)
        {
            layers = Part("layers", new Sequential([.. Layer(3, 16), .. Layer(16, 32), .. Layer(32, 64)]));
            head = Part("head", new FrameSequenceHead(64 * 4 * 4, new FrameSequenceShape { Inner = 64, Hidden = 64, Heads = 4, FeedForward = 128, Layers = 1, Embedding = 32, TrainingLength = 26, Positions = codes }));
        }

        public override int Width => 32;

        public override Features Forward(Tensor input) => new(Frames(input).Mean([1]));

        public Tensor Frames(Tensor input, Tensor? mask = null)
        {
            var maps = layers.Forward(input.Transpose(1, 2).Flatten(0, 1)); // NT x 64 x 4 x 4
            return head.Forward(maps.Reshape([input.Size(0), input.Size(2), 64 * 4 * 4, 1, 1]), mask); // the head's maximum over places would not tell where the disc is
        }

        private static ILayer[] Layer(int inputs, int outputs) =>
            [new Conv2d(inputs, outputs, [3, 3], [1, 1], [1, 1], bias: false), new BatchNorm(outputs), new Activation(x => x.Relu().MaxPool2d([2, 2]))];
    }

    private static class Gratings
    {
        private const int Side = 24;
        private const int Square = 8;

        public static byte[][] Video(int number, int frames)
        {
            var random = new SampleRandom(11, 0, number);
            var (angle, waves, phase) = (random.Between(0, Math.PI), random.Between(0.1, 0.5), random.Between(0, Math.Tau));
            double[] colour = [random.Between(0.2, 1), random.Between(0.2, 1), random.Between(0.2, 1)];
            var (x, y, speed) = (random.Below(Side), random.Below(Side), 1 + random.Below(2));
            var (dx, dy) = (number % 4) switch { 0 => (-speed, 0), 1 => (speed, 0), 2 => (0, -speed), _ => (0, speed) };
            return [.. Enumerable.Range(0, frames).Select(t => Frame(x + (dx * t), y + (dy * t), (px, py) =>
                0.5 + (0.4 * Math.Sin(phase + (Math.Tau * waves * ((px * Math.Cos(angle)) + (py * Math.Sin(angle)))))), colour))];
        }

        private static byte[] Frame(int left, int top, Func<int, int, double> ground, double[] colour)
        {
            var rgb = new byte[Side * Side * 3];
            for (var i = 0; i < Side * Side; i++)
            {
                var (px, py) = (i % Side, i / Side);
                var (u, v) = (Wrapped(px - left), Wrapped(py - top));
                double? square = u < Square && v < Square ? (u is >= 2 and < 6 && v is >= 2 and < 6 ? 0 : 1) : null;
                for (var c = 0; c < 3; c++)
                {
                    rgb[(3 * i) + c] = (byte)(255 * Math.Clamp(square ?? (ground(px, py) * colour[c]), 0, 1));
                }
            }

            return rgb;
        }

        private static int Wrapped(int place) => ((place % Side) + Side) % Side;
    }

    private static class Discs
    {
        private const int Side = 32;
        private const int Length = 40;

        public static (byte[][] Frames, int[] Phases) Video(int number)
        {
            var random = new SampleRandom(13, 0, number);
            double[] disc = [random.Between(0.5, 1), random.Between(0.5, 1), random.Between(0.5, 1)];
            double[] ground = [random.Between(0, 0.4), random.Between(0, 0.4), random.Between(0, 0.4)];
            var radius = random.Between(3, 6);
            double[] pace = [.. Enumerable.Range(0, 4).Select(_ => Math.Pow(10, random.Between(-1, 0)))];
            var frames = new byte[Length][];
            var phases = new int[Length];
            for (var t = 0; t < Length; t++)
            {
                var at = Warped(t / (Length - 1.0), pace); // 0 to 3
                phases[t] = Math.Min(2, (int)at);
                var (x, y) = Place(at);
                frames[t] = Frame(x, y, radius, disc, ground);
            }

            return (frames, phases);
        }

        // Right, up, and round a circle.
        private static (double X, double Y) Place(double at) => at switch
        {
            < 1 => (6 + (18 * at), 25),
            < 2 => (24, 25 - (10 * (at - 1))),
            _ => (16 + (8 * Math.Cos(Math.Tau * (at - 2))), 15 + (8 * Math.Sin(-Math.Tau * (at - 2)))),
        };

        // A pace for each quarter of the video.
        private static double Warped(double share, double[] pace)
        {
            double Sum(double until) => Enumerable.Range(0, 4).Sum(i => pace[i] * Math.Clamp((4 * until) - i, 0, 1));
            return 3 * Sum(share) / Sum(1);
        }

        private static byte[] Frame(double x, double y, double radius, double[] disc, double[] ground)
        {
            var rgb = new byte[Side * Side * 3];
            for (var i = 0; i < Side * Side; i++)
            {
                var inside = Math.Pow((i % Side) - x, 2) + Math.Pow((i / Side) - y, 2) <= radius * radius;
                for (var c = 0; c < 3; c++)
                {
                    rgb[(3 * i) + c] = (byte)(255 * (inside ? disc[c] : ground[c]));
                }
            }

            return rgb;
        }
    }
}
