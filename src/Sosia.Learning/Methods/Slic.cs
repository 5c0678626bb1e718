using System.Text.Json.Serialization;
using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation.Clustering;
using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Methods;

/// <summary>How SLIC clusters the videos.</summary>
public enum SlicClustering
{
    /// <summary>FINCH (Sarfraz et al. 2019), its finest partition.</summary>
    [JsonStringEnumMemberName("finch")]
    Finch,

    /// <summary>k-means of unit vectors.</summary>
    [JsonStringEnumMemberName("k-means")]
    KMeans,
}

/// <summary>SLIC; sources of the values are in the recipe.</summary>
/// <param name="Same">p_same: how likely the positive is of the anchor's own video.</param>
/// <param name="Margin">Of the triplets.</param>
/// <param name="TemporalMargin">Of L_td.</param>
/// <param name="TemporalWeight">Of L_td.</param>
/// <param name="Interval">Epochs from clustering to clustering.</param>
/// <param name="WarmupEpochs">Before the first clustering: each video is a cluster of its own.</param>
/// <param name="Clustering">How.</param>
/// <param name="Clusters">K of k-means.</param>
/// <param name="Hidden">Of the projection.</param>
/// <param name="Width">D, of the projection.</param>
/// <param name="Frames">Of a clip, one after the other.</param>
/// <param name="Side">Of a clip, pixels.</param>
/// <param name="LeastArea">Least share of the picture that a clip shows.</param>
/// <param name="Mirror">How likely a clip is mirrored.</param>
/// <param name="AnchorAnywhere">Whether the anchor begins anywhere, and not, as in the authors' code, with the video.</param>
/// <param name="Videos">Most videos that can be remembered.</param>
/// <param name="Augmentation">How clips are edited; null: the published colours and blur.</param>
public sealed record SlicOptions(
    double Same = 0.2,
    double Margin = 0.2,
    double TemporalMargin = 0.04,
    double TemporalWeight = 1,
    int Interval = 5,
    int WarmupEpochs = 0,
    SlicClustering Clustering = SlicClustering.Finch,
    int Clusters = 1000,
    int Hidden = 2048,
    int Width = 128,
    int Frames = 16,
    int Side = 128,
    double LeastArea = 0.25,
    double Mirror = 0.5,
    bool AnchorAnywhere = false,
    int Videos = 300_000,
    AugmentationOptions? Augmentation = null) : MethodOptions
{
    /// <inheritdoc/>
    public override Method Build(Func<Encoder> encoder, World world) => new Slic(encoder(), this);
}

/// <summary>
/// SLIC (Khorasgani et al. 2022): now and then all videos are clustered by their embeddings; the clusters say which other videos are positives and which
/// negatives of a triplet loss. A second loss keeps clips of different time apart.
/// </summary>
public sealed class Slic : Method
{
    private const int SurveyClips = 16; // at a time
    private const int ColourPart = 1; // of a sample's random numbers, and the number of the clip
    private const int TripletPart = 9;
    private const int AnchorPart = 1; // of what a sample's clips share
    private const int PositivePart = 2;

    private static readonly string[] Names = ["anchor", "positive", "anchor2"];

    private readonly SlicOptions options;
    private readonly SlicHead head;
    private readonly ClusterMemory memory;
    private readonly Augmentation augmentation;
    private VideoClusters clusters;

    /// <summary>Without clusters: each video is one.</summary>
    /// <param name="encoder">What is trained; it becomes a part of the method.</param>
    /// <param name="options">What else is to be said.</param>
    /// <exception cref="RecipeException">The options cannot be.</exception>
    public Slic(Encoder encoder, SlicOptions options)
    {
        Check(options);
        this.options = options;
        Encoder = Part("encoder", encoder);
        head = Part("head", new SlicHead(encoder.Width, options.Hidden, options.Width));
        memory = Part("clusters", new ClusterMemory(options.Videos));
        clusters = memory.Read();
        augmentation = new Augmentation(options.Augmentation ?? Colours(options.Side));
        Views = new ViewPlan(Clip(Names[0], Anchor), Clip(Names[1], Positive) with { From = Partner }, Clip(Names[2], Anchor));
    }

    /// <summary>Colours (p = 0.8: 0.5 each), grey (0.2) and blur (0.2), as the authors' code edits clips.</summary>
    /// <param name="side">Of a clip, pixels: the blur's deviation is 2 of them.</param>
    public static AugmentationOptions Colours(int side) => AugmentationOptions.None with
    {
        ColourJitter = 0.8,
        Brightness = 0.5,
        Contrast = 0.5,
        Saturation = 0.5,
        Hue = 0.5,
        Grey = 0.2,
        Blur = 0.2,
        LeastBlur = 2.0 / side,
        MostBlur = 2.0 / side,
    };

    /// <inheritdoc/>
    public override Encoder Encoder { get; }

    /// <inheritdoc/>
    public override ViewPlan Views { get; }

    /// <inheritdoc/>
    public override Tensor Prepare(Tensor clips) => PixelNormalisation.ImageNet.Apply(clips);

    /// <inheritdoc/>
    /// <remarks>Clusters are of the projections of a clip from the middle of each video, the network being in evaluation mode.</remarks>
    public override bool BeginEpoch(IVideoSurvey videos, Progress at)
    {
        if (at.Epoch < options.WarmupEpochs || (at.Epoch - options.WarmupEpochs) % options.Interval != 0)
        {
            return false;
        }

        if (videos.Videos.Count > options.Videos)
        {
            throw new RecipeException($"slic: there are {videos.Videos.Count} videos to cluster: set videos to as many");
        }

        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        memory.Write(videos.Videos, Clusters(Embeddings(videos)));
        clusters = memory.Read();
        return true;
    }

    /// <inheritdoc/>
    public override void Resume() => clusters = memory.Read();

    /// <inheritdoc/>
    public override Losses Step(Batch batch, Progress at)
    {
        var clips = Tensor.Cat([.. Names.Select((name, i) => Edited(batch, name, i))], 0);
        var embeddings = head.Forward(Encoder.Forward(clips).Vector); // 3N x D: one batch for the norms
        long[] labels = [.. Names[..2].SelectMany(name => batch.Origins(name).Videos).Select(clusters.Label)];
        return Objective(embeddings, labels, batch.Randoms[0].For(TripletPart));
    }

    /// <summary>L_triplet over anchors and positives, and L_td.</summary>
    /// <param name="embeddings">3N x D, of any length: anchors, positives, the anchors again.</param>
    /// <param name="labels">2N clusters.</param>
    /// <param name="random">Draws negatives.</param>
    public Losses Objective(Tensor embeddings, IReadOnlyList<long> labels, SampleRandom random)
    {
        using var full = Autocast.Enter(embeddings.Device.Type, enabled: false);
        var parts = embeddings.To(ScalarType.Float32).Chunk(3, 0); // N x D each
        var pairs = Tensor.Cat([parts[0], parts[1]], 0);
        var triplets = Triplets.Choose(pairs, labels, options.Margin, random.Next);
        return new Losses(
            new LossTerm("triplet", Triplets.Loss(pairs, triplets, options.Margin)),
            new LossTerm("temporal", TemporalDiscrimination.Loss(parts[0], parts[2], parts[1], options.TemporalMargin), options.TemporalWeight));
    }

    // A number for each row.
    private IReadOnlyList<int> Clusters(Tensor embeddings) => options.Clustering switch
    {
        SlicClustering.KMeans => KMeans.Of(Cosine.Unit(embeddings), Math.Min(options.Clusters, (int)embeddings.Size(0)), new SampleRandom(0, 0, 0)).Clusters.Labels,
        _ => Finch.Of(embeddings).Partitions[0].Labels,
    };

    // V x D.
    private Tensor Embeddings(IVideoSurvey videos)
    {
        Eval();
        try
        {
            var rows = videos.Describe(MiddleClip(), SurveyClips, clips => head.Forward(Encoder.Forward(Prepare(clips)).Vector).To(ScalarType.Float32).ToArray<float>()).SelectMany(some => some).ToArray();
            return Tensor.Of(rows, videos.Videos.Count, options.Width);
        }
        finally
        {
            Train();
        }
    }

    private ClipPlan MiddleClip() => new("middle", options.Frames, [1], options.Side)
    {
        Times = (length, _, _) => SlicClips.Anchor(length, options.Frames) is var first && length > options.Frames
            ? [.. first.Select(frame => frame + ((length - options.Frames) / 2))]
            : first,
    };

    private ClipPlan Clip(string name, FrameChoice times) => new(name, options.Frames, [1], options.Side)
    {
        Times = times,
        Crop = (width, height, random) => AreaCrop.Draw(width, height, (options.LeastArea, 1), random),
        Mirror = options.Mirror,
    };

    private int[] Anchor(int length, double rate, SampleRandom sample) =>
        options.AnchorAnywhere ? SlicClips.Anywhere(length, options.Frames, sample.For(AnchorPart).Next()) : SlicClips.Anchor(length, options.Frames);

    private int[] Positive(int length, double rate, SampleRandom sample) => SlicClips.Positive(length, options.Frames, sample.For(PositivePart).Next());

    private long Partner(long video, SampleRandom sample)
    {
        var random = sample.For(PositivePart + 1);
        return clusters.Positive(video, options.Same, random.Next(), random.Next());
    }

    private Tensor Edited(Batch batch, string name, int number) =>
        Prepare(augmentation.Apply(batch[name], batch.Randoms, ColourPart + number));

    private static void Check(SlicOptions options)
    {
        if (options is not { Same: >= 0 and <= 1, Margin: >= 0, TemporalMargin: >= 0, TemporalWeight: >= 0, Mirror: >= 0 and <= 1, LeastArea: > 0 and <= 1 })
        {
            throw new RecipeException("slic: same and mirror are probabilities from 0 to 1, margins and temporalWeight are not negative, and leastArea is a share above 0");
        }

        if (options is not { Interval: >= 1, WarmupEpochs: >= 0, Clusters: >= 1, Hidden: >= 1, Width: >= 1, Frames: >= 1, Side: >= 8, Videos: >= 1 })
        {
            throw new RecipeException("slic: interval, clusters, hidden, width, frames and videos are 1 or more, side 8 or more, warmupEpochs 0 or more");
        }
    }
}
