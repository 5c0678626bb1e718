using Sosia.Learning.Encoders;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>
/// What momentum contrast is made of beside the encoder that it trains (MoCo, He et al. 2020): a head, a key network that follows both slowly, and the
/// queue of its keys.
/// </summary>
public sealed class MomentumContrast : Module
{
    private readonly Encoder encoder; // the method's part, not this one's
    private readonly World world;
    private readonly int groups;
    private readonly ProjectionHead head;
    private readonly Encoder key;
    private readonly ProjectionHead keyHead;

    /// <summary>The key network begins equal to the query network; the queue begins with random keys.</summary>
    /// <param name="encoder">What is trained.</param>
    /// <param name="key">Another of the same sizes; it becomes a part of this.</param>
    /// <param name="width">C, of a key.</param>
    /// <param name="layers">Of the head.</param>
    /// <param name="capacity">K, of the queue.</param>
    /// <param name="groups">In how many parts a process computes its keys, each with batch statistics of its own.</param>
    /// <param name="world">The processes that train together.</param>
    public MomentumContrast(Encoder encoder, Encoder key, int width, HeadLayers layers, int capacity, int groups, World world)
    {
        (this.encoder, this.groups, this.world) = (encoder, groups, world);
        head = Part("head", new ProjectionHead(encoder.Width, width, layers));
        this.key = Part("key", key);
        keyHead = Part("key_head", new ProjectionHead(encoder.Width, width, layers));
        Queue = Part("keys", new KeyQueue(width, capacity));
        Begin();
    }

    /// <summary>The keys of earlier batches.</summary>
    public KeyQueue Queue { get; }

    /// <summary>Makes the key network equal to the query network again.</summary>
    public void Begin()
    {
        MomentumCopy.Begin(key, encoder);
        MomentumCopy.Begin(keyHead, head);
    }

    /// <summary>What of the options of momentum contrast cannot be, in words; null: nothing.</summary>
    public static string? Fault(int capacity, int groups, int samples) =>
        groups < 1 || samples % groups != 0 ? $"a batch of {samples} cannot be shuffled in {groups} equal groups" : KeyQueue.Fault(capacity, samples);

    /// <summary>The key network moves towards the query network (He et al. 2020, eq. 2).</summary>
    public void Follow(double momentum)
    {
        MomentumCopy.Update(key, encoder, momentum);
        MomentumCopy.Update(keyHead, head, momentum);
    }

    /// <summary>Queries.</summary>
    /// <param name="clips">N x 3 x T x H x W, as the encoder takes them.</param>
    /// <returns>N x C, of length 1.</returns>
    public Tensor Query(Tensor clips) => head.Forward(encoder.Forward(clips).Vector);

    /// <summary>Keys, without a gradient, from shuffled batches.</summary>
    /// <param name="clips">N x 3 x T x H x W, as the encoder takes them.</param>
    /// <param name="random">Draws the order.</param>
    /// <returns>N x C, of length 1.</returns>
    public Tensor Key(Tensor clips, SampleRandom random) =>
        ShuffledBatch.Forward(clips, groups, world, random, part => keyHead.Forward(key.Forward(part).Vector));
}
