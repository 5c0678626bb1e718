using Sosia.Learning.Encoders;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Methods;

/// <summary>
/// A way to train an encoder on videos without labels. Whatever it must remember (queues, momentum copies, memories) is a buffer or a part, so
/// that saving and resuming need no code of its own.
/// </summary>
public abstract class Method : Module
{
    /// <summary>What is kept when training is over.</summary>
    public abstract Encoder Encoder { get; }

    /// <summary>What one sample is made of.</summary>
    public abstract ViewPlan Views { get; }

    /// <summary>Pixels as the encoder takes them: in [-1, 1] where a method says nothing else.</summary>
    /// <param name="clips">In [0, 1].</param>
    public virtual Tensor Prepare(Tensor clips) => (clips - 0.5) / 0.5;

    /// <summary>Before the first step of a stage: what is fitted to the data once, such as a whitening.</summary>
    /// <param name="batches">Some batches that are not trained on in this order.</param>
    public virtual void Begin(IEnumerable<Batch> batches)
    {
    }

    /// <summary>After a checkpoint was read: what is computed from buffers.</summary>
    public virtual void Resume()
    {
    }

    /// <summary>Before each pass over the videos: what is computed from all of them now and then, such as clusters.</summary>
    /// <param name="videos">All that is trained on.</param>
    /// <param name="at">Where the training stands.</param>
    /// <returns>Whether what is drawn from now on is another: then clips that were read ahead are read again.</returns>
    public virtual bool BeginEpoch(IVideoSurvey videos, Progress at) => false;

    /// <summary>After the last step of a stage: what is fitted to the data with the trained weights.</summary>
    /// <param name="batches">Some batches.</param>
    public virtual void End(IEnumerable<Batch> batches)
    {
    }

    /// <summary>The losses of a batch; their weighted sum is made smaller.</summary>
    public abstract Losses Step(Batch batch, Progress at);

    /// <summary>After the parameters have moved: momentum, centres.</summary>
    public virtual void AfterStep(Progress at)
    {
    }
}
