using System.Text.Json.Serialization;
using Sosia.Learning.Encoders;
using Sosia.Learning.Methods;

namespace Sosia.Learning.Training;

/// <summary>All that decides what a training gives: with the same data and number of threads it gives the same weights.</summary>
/// <param name="Name">Of the method or of what was changed.</param>
/// <param name="Encoder">What is trained.</param>
/// <param name="Stages">One after the other; weights of the same name flow from each to the next.</param>
/// <param name="Seed">Of everything that is drawn.</param>
/// <param name="Data">What it learns from.</param>
/// <param name="Sources">Where values are from, by their paths (<c>stages.similarity.optimiser.rate</c>); the longest path that leads to a value counts.</param>
public sealed record Recipe(
    string Name,
    EncoderOptions Encoder,
    IReadOnlyList<Stage> Stages,
    int Seed = 1,
    DataOptions? Data = null,
    IReadOnlyDictionary<string, string>? Sources = null)
{
    /// <summary>The same without files of weights: for an encoder that is trained already.</summary>
    public Recipe WithoutFiles() => this with { Encoder = Encoder.WithoutFiles, Stages = [.. Stages.Select(stage => stage with { Method = stage.Method.WithoutFiles })] };
}

/// <summary>What a training learns from, beside the packs themselves.</summary>
/// <param name="Holdout">Share of the videos that are never trained on; the retrieval figure is taken on them.</param>
/// <param name="Workers">Threads that read clips; what they give does not depend on how many they are.</param>
/// <param name="Rate">Frames a second of a pack that is made for the training.</param>
/// <param name="Side">Short side in pixels of a pack that is made for the training.</param>
/// <param name="OnBroken">What is done about a frame that cannot be read.</param>
/// <param name="Stretch">Seconds of a video that count once in an epoch, so that a long video is seen more often; null: each video counts once.</param>
public sealed record DataOptions(
    double Holdout = 0.1, int Workers = 2, double Rate = 8, int Side = 256, OnFault OnBroken = OnFault.Skip, double? Stretch = null);

/// <summary>What is done about a broken clip, or a loss that is no number.</summary>
public enum OnFault
{
    /// <summary>Another clip is taken, or the step is left out; it is said and counted.</summary>
    [JsonStringEnumMemberName("skip")]
    Skip,

    /// <summary>The training stops and says why; the last checkpoint stays.</summary>
    [JsonStringEnumMemberName("stop")]
    Stop,
}

/// <summary>A part of a training.</summary>
/// <param name="Name">Under which its weights and figures are kept.</param>
/// <param name="Method">What is minimised.</param>
/// <param name="Optimiser">By what steps.</param>
/// <param name="Epochs">Passes over the videos.</param>
/// <param name="Steps">Steps instead of epochs.</param>
/// <param name="Batch">Samples a step, of all processes together.</param>
/// <param name="Accumulate">In how many parts a step's batch is computed, one after the other.</param>
/// <param name="Schedule">Of the learning rate.</param>
/// <param name="ClipNorm">Largest norm of all gradients together; null: any.</param>
/// <param name="Precision">Of activations; weights are always float32.</param>
/// <param name="GradientCheckpointing">Whether activations are computed again instead of kept.</param>
/// <param name="Ema">Part of the running mean of the weights that stays at each step; null: none is kept.</param>
/// <param name="OnNan">What is done about a loss or gradient that is no number.</param>
/// <param name="CheckpointMinutes">Minutes from checkpoint to checkpoint; there is one at the end in any case.</param>
/// <param name="ClipEach">Largest norm of each parameter's gradient, in place of <paramref name="ClipNorm"/>; null: any.</param>
public sealed record Stage(
    string Name,
    MethodOptions Method,
    OptimiserOptions Optimiser,
    int Epochs = 1,
    long? Steps = null,
    int Batch = 16,
    int Accumulate = 1,
    ScheduleOptions? Schedule = null,
    double? ClipNorm = null,
    Precision Precision = Precision.Float32,
    bool GradientCheckpointing = false,
    double? Ema = null,
    OnFault OnNan = OnFault.Stop,
    double CheckpointMinutes = 10,
    double? ClipEach = null);

/// <summary>Of activations.</summary>
public enum Precision
{
    /// <summary>Single.</summary>
    [JsonStringEnumMemberName("float32")]
    Float32,

    /// <summary>Where it gains, in eight bits of mantissa (autocast).</summary>
    [JsonStringEnumMemberName("bfloat16")]
    BFloat16,
}

/// <summary>By what steps a loss is made smaller.</summary>
/// <param name="Rate">The largest of the schedule.</param>
/// <param name="Name">Which.</param>
/// <param name="RateBatch">The rate is for so many samples a step and grows with them (Goyal et al. 2017); null: it is as it stands.</param>
/// <param name="WeightDecay">Times the rate: the part of a weight lost at each step.</param>
/// <param name="Beta1">AdamW's; SGD's momentum.</param>
/// <param name="Beta2">AdamW's.</param>
/// <param name="Eps">AdamW's.</param>
/// <param name="Groups">Parameters with values of their own; the first that matches counts.</param>
/// <param name="WeightDecayEnd">Towards which the weight decay goes along half a cosine, of parameters that have no value of their own; null: it stays.</param>
public sealed record OptimiserOptions(
    double Rate,
    OptimiserName Name = OptimiserName.AdamW,
    double? RateBatch = null,
    double WeightDecay = 0,
    double Beta1 = 0.9,
    double Beta2 = 0.999,
    double Eps = 1e-8,
    IReadOnlyList<GroupOptions>? Groups = null,
    double? WeightDecayEnd = null);

/// <summary>Which optimiser.</summary>
public enum OptimiserName
{
    /// <summary>Loshchilov and Hutter 2019.</summary>
    [JsonStringEnumMemberName("adamw")]
    AdamW,

    /// <summary>Stochastic gradient descent with momentum; weight decay is added to the gradient.</summary>
    [JsonStringEnumMemberName("sgd")]
    Sgd,

    /// <summary>Kingma and Ba 2015; weight decay is added to the gradient.</summary>
    [JsonStringEnumMemberName("adam")]
    Adam,
}

/// <summary>Parameters with values of their own.</summary>
/// <param name="Match">Ends of names: <c>pos_embed</c> is that of every part.</param>
/// <param name="WeightDecay">Instead of the optimiser's; null: the same.</param>
/// <param name="RateFactor">Times the optimiser's rate.</param>
public sealed record GroupOptions(IReadOnlyList<string> Match, double? WeightDecay = null, double RateFactor = 1);

/// <summary>The learning rate over the steps of a stage.</summary>
/// <param name="Name">Which.</param>
/// <param name="WarmupEpochs">Of rising linearly from <paramref name="WarmupFactor"/> to 1, as a factor on the schedule.</param>
/// <param name="WarmupSteps">Instead of epochs.</param>
/// <param name="WarmupFactor">At the first step.</param>
/// <param name="Floor">Cosines: at the end, as a part of the largest.</param>
/// <param name="ByEpoch">Whether the rate stays the same through each epoch.</param>
/// <param name="Milestones">Steps: the epochs from which on the rate is a tenth of what it was.</param>
public sealed record ScheduleOptions(
    ScheduleName Name = ScheduleName.Cosine,
    double WarmupEpochs = 0,
    long? WarmupSteps = null,
    double WarmupFactor = 1e-3,
    double Floor = 0,
    bool ByEpoch = false,
    IReadOnlyList<long>? Milestones = null);

/// <summary>Which schedule.</summary>
public enum ScheduleName
{
    /// <summary>Half a cosine from 1 to the floor (Loshchilov and Hutter 2017).</summary>
    [JsonStringEnumMemberName("cosine")]
    Cosine,

    /// <summary>1 after the warm-up.</summary>
    [JsonStringEnumMemberName("constant")]
    Constant,

    /// <summary>A tenth of the rate from each milestone on.</summary>
    [JsonStringEnumMemberName("steps")]
    Steps,

    /// <summary>A line from 0 through the warm-up, and then half a cosine of what is left to the floor (DINO and VideoMAE, code); <c>warmupFactor</c> does not count.</summary>
    [JsonStringEnumMemberName("warmed-cosine")]
    WarmedCosine,
}
