using Sosia.Learning.Evaluation;
using Sosia.Learning.Evaluation.Datasets;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>Features of the videos of a list that could be read.</summary>
/// <param name="Vectors">N x D.</param>
/// <param name="Retrieval">N x what retrieval compares: the flattened map, or the vector where there is none.</param>
/// <param name="IsMap">Whether it is the map.</param>
/// <param name="Labels">N classes.</param>
/// <param name="Unread">Classes of the videos that could not be read.</param>
internal sealed record ClassFeatures(Tensor Vectors, Tensor Retrieval, bool IsMap, IReadOnlyList<int> Labels, IReadOnlyList<int> Unread)
{
    /// <summary>N names, as the list has them.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
}

/// <summary>Decodes videos and computes their features, unless they are kept from before.</summary>
internal sealed class FeatureReading(EncoderEvaluationRequest request, IProgress<IngestProgress>? progress, CancellationToken stop)
{
    private readonly FeatureCache cache = new(request.Cache, request.Fingerprint, request.Clips.Words);
    private readonly List<UnreadVideo> unread = [];
    private int done;

    /// <summary>The videos that could not be read, by list and in its order.</summary>
    public IReadOnlyList<UnreadVideo> Unread => unread;

    /// <summary>Videos that were decoded, and not kept from before.</summary>
    public int Decoded { get; private set; }

    /// <summary>Reads a list.</summary>
    public ClassFeatures Of(IReadOnlyList<LabelledVideo> list, bool isTest)
    {
        var located = LocatedVideos.Of(list, request.Videos);
        foreach (var video in located.Missing)
        {
            unread.Add(new UnreadVideo(video.Name, isTest, "no such file", null));
            Done();
        }

        var (vectors, maps, labels, names, lost) = (new List<Tensor>(), new List<Tensor>(), new List<int>(), new List<string>(), located.Missing.Select(video => video.Label).ToList());
        foreach (var (video, clips, failure) in located.Found.Chunk(request.Threads).SelectMany(Decode))
        {
            var name = Path.GetRelativePath(Path.GetFullPath(request.Videos), video.Name);
            if (failure is not null)
            {
                unread.Add(new UnreadVideo(name, isTest, failure.Reason, video.Name));
                lost.Add(video.Label);
            }
            else
            {
                var (vector, map) = clips is null ? Kept(video.Name) : Computed(video.Name, clips);
                vectors.Add(vector);
                maps.Add(map ?? vector);
                labels.Add(video.Label);
                names.Add(name);
            }

            Done();
        }

        return labels.Count == 0
            ? new ClassFeatures(Tensor.Zeros([0, 0]), Tensor.Zeros([0, 0]), false, labels, lost)
            : new ClassFeatures(Tensor.Stack([.. vectors]), Tensor.Stack([.. maps]), !ReferenceEquals(vectors[0], maps[0]), labels, lost) { Names = names };
    }

    private void Done() => progress?.Report(new IngestProgress(++done, request.Set.Training.Count + request.Set.Test.Count, 0));

    // No clips of a video whose features are kept.
    private (LabelledVideo Video, byte[]? Clips, VideoException? Failure)[] Decode(LabelledVideo[] videos) =>
        ParallelDecoding.Of(videos, request.Threads, video => cache.Contains(video.Name) ? null : TestClipReader.Read(video.Name, request.Clips, stop), stop);

    private (Tensor Vector, Tensor? Map) Kept(string video)
    {
        var kept = cache.Read(video);
        return (kept["vector"], kept.GetValueOrDefault("map"));
    }

    private (Tensor Vector, Tensor? Map) Computed(string video, byte[] clips)
    {
        var (vector, map) = Features(clips);
        (string, Tensor)[] both = map is null ? [("vector", vector)] : [("vector", vector), ("map", map)];
        cache.Write(video, both);
        Decoded++;
        return (vector, map);
    }

    // Means over the clips of a video: D, and what retrieval compares.
    private (Tensor Vector, Tensor? Map) Features(byte[] clips)
    {
        var (count, side) = (request.Clips.Clips, request.Clips.Side);
        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var wasTraining = request.Encoder.IsTraining;
        request.Encoder.Eval();
        try
        {
            var bytes = Tensor.Of(clips, count, request.Clips.Frames, side, side, 3).To(request.Device);
            var features = request.Encoder.Forward(request.Prepare(Batch.Unit(bytes)));
            var map = features.Map is { } found && found.Size(3) > 1 && found.Size(4) > 1 ? scope.Keep(Mean(ClipRetrieval.Flattened(found))) : null;
            return (scope.Keep(Mean(features.Vector)), map);
        }
        finally
        {
            request.Encoder.Train(wasTraining);
        }

        static Tensor Mean(Tensor clips) => ClipRetrieval.MeanOfClips(clips.Unsqueeze(0)).Squeeze(0).To(Device.Cpu, ScalarType.Float32);
    }
}
