using Sosia.Learning.Evaluation;
using Sosia.Learning.Evaluation.Datasets;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>Features of the videos of a list that could be read.</summary>
/// <param name="Vectors">N x D: means over the clips.</param>
/// <param name="Retrieval">N x what retrieval compares: the flattened map, or the vector where there is none.</param>
/// <param name="IsMap">Whether it is the map.</param>
/// <param name="Labels">N classes.</param>
/// <param name="Unread">Classes of the videos that could not be read.</param>
internal sealed record ClassFeatures(Tensor Vectors, Tensor Retrieval, bool IsMap, IReadOnlyList<int> Labels, IReadOnlyList<int> Unread)
{
    /// <summary>N names, as the list has them.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>N x clips x D: the vector of every clip; null where no task asks for it.</summary>
    public Tensor? Clips { get; init; }
}

/// <summary>Decodes videos and computes their features, unless they are kept from before.</summary>
internal sealed class FeatureReading(EncoderEvaluationRequest request, IProgress<IngestProgress>? progress, CancellationToken stop)
{
    private readonly FeatureCache cache = new(request.Cache, request.Fingerprint, $"{request.Clips.Words}, the vector of each");
    private readonly bool byClip = request.Tasks.Contains(EncoderTask.Linear);
    private readonly List<UnreadVideo> unread = [];
    private int done;

    /// <summary>The videos that could not be read, by list and in its order.</summary>
    public IReadOnlyList<UnreadVideo> Unread => unread;

    /// <summary>Videos that were decoded, and not kept from before.</summary>
    public int Decoded { get; private set; }

    /// <summary>Reads a list.</summary>
    public ClassFeatures Of(IReadOnlyList<LabelledVideo> list, bool isTest)
    {
        using var scope = TensorScope.Enter();
        var located = LocatedVideos.Of(list, request.Videos);
        foreach (var video in located.Missing)
        {
            unread.Add(new UnreadVideo(video.Name, isTest, "no such file", null));
            Done();
        }

        var (read, labels, names, lost) = (new List<VideoFeatures>(), new List<int>(), new List<string>(), located.Missing.Select(video => video.Label).ToList());
        foreach (var (video, pixels, failure) in located.Found.Chunk(request.Threads).SelectMany(Decode))
        {
            var name = Path.GetRelativePath(Path.GetFullPath(request.Videos), video.Name);
            if (failure is not null)
            {
                unread.Add(new UnreadVideo(name, isTest, failure.Reason, video.Name));
                lost.Add(video.Label);
            }
            else
            {
                read.Add(Read(video.Name, pixels));
                labels.Add(video.Label);
                names.Add(name);
            }

            Done();
        }

        if (read.Count == 0)
        {
            var none = scope.Keep(Tensor.Zeros([0, 0]));
            return new ClassFeatures(none, none, false, labels, lost);
        }

        var vectors = scope.Keep(Tensor.Stack([.. read.Select(one => one.Vector)]));
        var maps = read[0].Map is null ? null : scope.Keep(Tensor.Stack([.. read.Select(one => one.Map!)]));
        var clips = byClip ? scope.Keep(Tensor.Stack([.. read.Select(one => one.Clips!)])) : null;
        return new ClassFeatures(vectors, maps ?? vectors, maps is not null, labels, lost) { Names = names, Clips = clips };
    }

    private void Done() => progress?.Report(new IngestProgress(++done, request.Set.Training.Count + request.Set.Test.Count, 0));

    // No clips of a video whose features are kept.
    private (LabelledVideo Video, byte[]? Clips, VideoException? Failure)[] Decode(LabelledVideo[] videos) =>
        ParallelDecoding.Of(videos, request.Threads, video => cache.Contains(video.Name) ? null : TestClipReader.Read(video.Name, request.Clips, stop), stop);

    private VideoFeatures Read(string video, byte[]? pixels)
    {
        using var scope = TensorScope.Enter();
        var (clips, map) = pixels is null ? Kept(video) : Computed(video, pixels);
        var mean = ClipRetrieval.MeanOfClips(clips.Unsqueeze(0)).Squeeze(0);
        return new VideoFeatures(scope.Keep(mean), map is null ? null : scope.Keep(map), byClip ? scope.Keep(clips) : null);
    }

    private (Tensor Clips, Tensor? Map) Kept(string video)
    {
        var kept = cache.Read(video);
        return (kept["clips"], kept.GetValueOrDefault("map"));
    }

    private (Tensor Clips, Tensor? Map) Computed(string video, byte[] pixels)
    {
        var (clips, map) = Features(pixels);
        (string, Tensor)[] both = map is null ? [("clips", clips)] : [("clips", clips), ("map", map)];
        cache.Write(video, both);
        Decoded++;
        return (clips, map);
    }

    // The vector of each clip, clips x D, and what retrieval compares: the mean over them.
    private (Tensor Clips, Tensor? Map) Features(byte[] pixels)
    {
        var (count, side) = (request.Clips.Clips, request.Clips.Side);
        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var wasTraining = request.Encoder.IsTraining;
        request.Encoder.Eval();
        try
        {
            var bytes = Tensor.Of(pixels, count, request.Clips.Frames, side, side, 3).To(request.Device);
            var features = request.Encoder.Forward(request.Prepare(Batch.Unit(bytes)));
            var map = features.Map is { } found && found.Size(3) > 1 && found.Size(4) > 1 ? ClipRetrieval.MeanOfClips(ClipRetrieval.Flattened(found).Unsqueeze(0)).Squeeze(0) : null;
            return (scope.Keep(OnCpu(features.Vector)), map is null ? null : scope.Keep(OnCpu(map)));
        }
        finally
        {
            request.Encoder.Train(wasTraining);
        }

        // A copy: a class token is a view that would hold the tokens of all clips.
        static Tensor OnCpu(Tensor features) => features.To(Device.Cpu, ScalarType.Float32).Clone();
    }

    // Of a video: D, what retrieval compares where it is not that, and clips x D where a task asks for it.
    private sealed record VideoFeatures(Tensor Vector, Tensor? Map, Tensor? Clips);
}
