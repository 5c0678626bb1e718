using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Video.Packs;

namespace Sosia.Learning.Training;

/// <summary>
/// Reads the batches of a stage ahead of the training, on threads of its own. What a sample is depends on the seed, the epoch and its place in
/// the epoch alone; so the batches are the same however many threads and processes there are.
/// </summary>
public sealed class Loader : IDisposable
{
    private const int Tries = 20; // other videos in place of a broken one
    private const int SharedPart = 2; // of a sample's random numbers; 0 are its clips', 1 the method's

    private readonly IReadOnlyList<TrainingVideo> videos;
    private readonly Dictionary<long, TrainingVideo> numbered;
    private readonly ViewPlan plan;
    private readonly DataOptions options;
    private readonly (int Seed, int Batch, int Parts, int First, int Rows) share;
    private CancellationTokenSource ended = new();
    private BlockingCollection<Filled>[] queues = []; // part k comes from worker k mod W: in order without a word between them
    private readonly ConcurrentBag<Filled> spare = [];
    private readonly ConcurrentDictionary<string, string> broken = new(StringComparer.Ordinal);
    private Thread[] workers = [];
    private long part;

    /// <summary>Starts to read.</summary>
    /// <param name="videos">What is trained on.</param>
    /// <param name="plan">What a sample is made of.</param>
    /// <param name="batch">Samples a step, of all processes together.</param>
    /// <param name="seed">Of all draws.</param>
    /// <param name="options">Workers, and what is done about broken frames.</param>
    /// <param name="world">The processes: each reads its part of every batch.</param>
    /// <param name="firstStep">The step to begin with.</param>
    /// <param name="parts">In how many parts, one after the other, each batch is given.</param>
    /// <exception cref="RecipeException">The batch cannot be shared out.</exception>
    public Loader(IReadOnlyList<TrainingVideo> videos, ViewPlan plan, int batch, int seed, DataOptions options, World world, long firstStep = 0, int parts = 1)
        : this(videos, plan, batch, seed, options, (world.Rank, world.Size), firstStep, parts)
    {
    }

    internal Loader(IReadOnlyList<TrainingVideo> videos, ViewPlan plan, int batch, int seed, DataOptions options, (int Rank, int Size) world, long firstStep, int parts = 1)
    {
        if (batch % (parts * world.Size) != 0)
        {
            throw new RecipeException($"a batch of {batch} in {parts} parts cannot be shared out to {world.Size} processes");
        }

        var rows = batch / parts / world.Size;
        if (plan.Clips.FirstOrDefault(clip => (long)rows * ClipReader.Bytes(clip) > Array.MaxLength) is { } large)
        {
            throw new RecipeException($"{rows} clips '{large.Name}' of {large.Frames} frames are more than 2 GB: make the batch smaller, or accumulate it in more parts");
        }

        (this.videos, this.plan, this.options, share) = (videos, plan, options, (seed, batch, parts, world.Rank * rows, rows));
        numbered = videos.DistinctBy(video => video.Number).ToDictionary(video => (long)video.Number);
        StepsPerEpoch = EpochSteps(videos.Count, batch);
        Start(firstStep);
    }

    /// <summary>Steps of a pass over the videos.</summary>
    public long StepsPerEpoch { get; }

    /// <summary>Time that <see cref="Next"/> waited for data.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Videos with frames that could not be read, each with the first reason.</summary>
    public IReadOnlyDictionary<string, string> Broken => broken;

    /// <summary>Whether a thread of it runs.</summary>
    internal bool IsReading => Array.Exists(workers, worker => worker.IsAlive);

    /// <summary>Steps of a pass over so many videos; the rest that fills no batch is left out, and too few videos are taken more than once.</summary>
    public static long EpochSteps(int videos, int batch) => Math.Max(1, videos / batch);

    /// <summary>The next batch, or part of a batch: this process's rows of it.</summary>
    /// <param name="device">Where its clips are wanted.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <exception cref="PackException">A frame cannot be read, and the recipe says to stop.</exception>
    public Batch Next(Device device, CancellationToken stop = default)
    {
        var clock = Stopwatch.StartNew();
        var filled = queues[part % queues.Length].Take(stop);
        part++;
        Waited += clock.Elapsed;
        filled.Failure?.Throw();
        var clips = plan.Clips.ToDictionary(
            clip => clip.Name, clip => Tensor.Of(filled.Clips[clip.Name], share.Rows, clip.Frames, clip.Side, clip.Side, 3).To(device), StringComparer.Ordinal);
        var batch = new Batch(clips, [.. filled.Videos], [.. filled.Randoms], filled.Origins);
        spare.Add(filled);
        return batch;
    }

    /// <summary>Forgets what was read ahead, and reads on from a step: what the choices of the plan draw has changed.</summary>
    public void Restart(long step)
    {
        Dispose();
        Start(step);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        ended.Cancel();
        Array.ForEach(workers, worker => worker.Join());
        Array.ForEach(queues, queue => queue.Dispose());
        ended.Dispose();
    }

    private void Start(long step)
    {
        var first = step * share.Parts;
        (part, ended) = (first, new CancellationTokenSource());
        queues = [.. Enumerable.Range(0, options.Workers).Select(_ => new BlockingCollection<Filled>(boundedCapacity: 1))];
        workers = [.. Enumerable.Range(0, options.Workers).Select(i => new Thread(() => Work(first + i)) { IsBackground = true, Name = $"loader {i}" })];
        Array.ForEach(workers, worker => worker.Start());
    }

    private void Work(long first)
    {
        var reader = new ClipReader();
        var queue = queues[first % queues.Length];
        var (epoch, order) = (-1L, Array.Empty<int>());
        try
        {
            for (var at = first; ; at += queues.Length)
            {
                if (at / share.Parts / StepsPerEpoch is var next && next != epoch)
                {
                    order = Order(epoch = next);
                }

                queue.Add(Fill(at, order, reader), ended.Token);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // nobody takes any more
        }
    }

    private Filled Fill(long at, int[] order, ClipReader reader)
    {
        var filled = spare.TryTake(out var used) ? used : new Filled(plan, share.Rows);
        filled.Origins = plan.Clips.ToDictionary(
            clip => clip.Name, clip => new ClipOrigins(new long[share.Rows], new long[share.Rows], new long[share.Rows * clip.Frames]), StringComparer.Ordinal);
        try
        {
            var (step, number) = (at / share.Parts, at % share.Parts);
            var (epoch, start) = (step / StepsPerEpoch, (step % StepsPerEpoch * share.Batch) + (number * share.Batch / share.Parts) + share.First);
            for (var row = 0; row < share.Rows; row++)
            {
                ended.Token.ThrowIfCancellationRequested();
                var random = new SampleRandom(share.Seed, epoch, start + row);
                filled.Videos[row] = Read(reader, order[(start + row) % order.Length], random, filled, row);
                filled.Randoms[row] = random.For(1);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            filled.Failure = ExceptionDispatchInfo.Capture(error);
        }

        return filled;
    }

    // Fisher and Yates 1938.
    private int[] Order(long epoch)
    {
        var random = new SampleRandom(share.Seed, epoch, -1);
        var order = Enumerable.Range(0, videos.Count).ToArray();
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    private long Read(ClipReader reader, int index, SampleRandom sample, Filled filled, int row)
    {
        var random = sample.For(0);
        for (var tries = 1; ; tries++)
        {
            var video = videos[index];
            try
            {
                foreach (var clip in plan.Clips)
                {
                    Read(reader, clip.From is { } from ? numbered[from(video.Number, sample.For(SharedPart))] : video, clip, random, sample.For(SharedPart), filled, row);
                }

                return video.Number;
            }
            catch (PackException) when (options.OnBroken == OnFault.Skip && tries < Tries)
            {
                index = random.Below(videos.Count);
            }
        }
    }

    private void Read(ClipReader reader, TrainingVideo video, ClipPlan clip, SampleRandom random, SampleRandom shared, Filled filled, int row)
    {
        var frames = Frames(reader, video, clip, random, shared, filled.Clips[clip.Name].AsSpan(row * ClipReader.Bytes(clip), ClipReader.Bytes(clip)));
        var origins = filled.Origins[clip.Name];
        (origins.Videos[row], origins.Lengths[row]) = (video.Number, video.Video.Frames);
        Array.ConvertAll(frames, frame => (long)frame).CopyTo(origins.Frames, row * clip.Frames);
    }

    private int[] Frames(ClipReader reader, TrainingVideo video, ClipPlan clip, SampleRandom random, SampleRandom shared, Span<byte> target)
    {
        try
        {
            return reader.Read(video.Pack, video.Video, clip, random, shared, target);
        }
        catch (PackException error)
        {
            broken.TryAdd(video.Video.Name, error.Message);
            throw;
        }
    }

    private sealed class Filled(ViewPlan plan, int rows)
    {
        public IReadOnlyDictionary<string, byte[]> Clips { get; } =
            plan.Clips.ToDictionary(clip => clip.Name, clip => new byte[checked(rows * ClipReader.Bytes(clip))], StringComparer.Ordinal);

        /// <summary>New ones for each batch, which keeps them.</summary>
        public IReadOnlyDictionary<string, ClipOrigins> Origins { get; set; } = new Dictionary<string, ClipOrigins>(StringComparer.Ordinal);

        public long[] Videos { get; } = new long[rows];

        public SampleRandom[] Randoms { get; } = new SampleRandom[rows];

        public ExceptionDispatchInfo? Failure { get; set; }
    }
}
