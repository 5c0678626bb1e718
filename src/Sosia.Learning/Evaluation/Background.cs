using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Evaluation;

/// <summary>
/// What clips of unrelated videos look like to an encoder (ours): a whitening that takes away what all have in common, and how alike unrelated clips still
/// are then. Few encoders spread their vectors over all directions; without it one that is hardly trained finds everything in everything.
/// </summary>
public sealed class Background : Module
{
    /// <summary>One pair of unrelated clips in so many is more alike than <see cref="Unrelated"/>.</summary>
    public const int Pairs = 1000;

    private const int FewestPairs = 100; // whose greatest cosine tells enough
    private const double Floor = 0.01; // share of the mean eigenvalue: on two trained encoders 0.003 to 0.1 did alike
    private const int ClipsOfDirection = 2; // at least, so that no direction is that of one clip

    private readonly Whitening whitening;
    private readonly Tensor unrelated; // scalar

    /// <summary>Nothing is known yet.</summary>
    /// <param name="inputs">D of the encoder.</param>
    /// <param name="outputs">Directions that are kept.</param>
    public Background(int inputs, int outputs)
    {
        whitening = Part("whitening", new Whitening(inputs, outputs));
        unrelated = Buffer("unrelated", Tensor.Zeros([]));
    }

    /// <summary>Numbers of a whitened vector.</summary>
    public int Width => (int)whitening.Projection.Size(0);

    /// <summary>Cosine of whitened vectors above which one in <see cref="Pairs"/> pairs of unrelated clips lies.</summary>
    public double Unrelated => unrelated.Item<float>();

    /// <summary>Measures it.</summary>
    /// <param name="known">N x D, of any length, N at least 2: clips that the whitening is fitted to.</param>
    /// <param name="heldOut">M x D: clips of videos that the encoder has not seen.</param>
    /// <param name="videos">M: of which video each of those is.</param>
    /// <returns>Null where there are too few pairs of two videos, or their cosines tell nothing: all vectors are alike.</returns>
    /// <exception cref="ArgumentException">They are not as many, or fewer than 2 are known.</exception>
    public static Background? Of(Tensor known, Tensor heldOut, IReadOnlyList<long> videos)
    {
        if (known.Size(0) < 2 || heldOut.Size(0) != videos.Count)
        {
            throw new ArgumentException($"{known.Size(0)} clips to fit to, and {heldOut.Size(0)} vectors of {videos.Count} clips", nameof(videos));
        }

        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var (count, width) = ((int)known.Size(0), (int)known.Size(1));
        var background = new Background(width, Math.Min(width, count / ClipsOfDirection));
        background.whitening.Fit(Cosine.Unit(known.To(ScalarType.Float32)), Tensor.Ones([count]), Floor);
        var cosines = Cosines(background.Apply(heldOut), videos);
        var unrelated = cosines.Length < FewestPairs ? 0 : cosines[^(1 + (cosines.Length / Pairs))];
        if (!(unrelated > 0))
        {
            background.Dispose();
            return null;
        }

        background.unrelated.FillInPlace(unrelated);
        return background;
    }

    /// <summary>Out of what a file holds of it.</summary>
    /// <param name="state">As <see cref="ModuleState.ToStored(Module)"/> gives it.</param>
    /// <exception cref="StateMismatchException">An entry is missing, or has another shape.</exception>
    public static Background Read(IReadOnlyList<StoredTensor> state)
    {
        var projection = state.FirstOrDefault(stored => stored.Name == "whitening.projection" && stored.Shape.Length == 2);
        var background = new Background((int)(projection?.Shape[1] ?? 1), (int)(projection?.Shape[0] ?? 1));
        background.Load(state);
        return background;
    }

    /// <summary>Vectors without what all have in common.</summary>
    /// <param name="vectors">N x D, of any length.</param>
    /// <returns>N x <see cref="Width"/>, of length 1.</returns>
    public Tensor Apply(Tensor vectors)
    {
        using var full = Autocast.Enter(vectors.Device.Type, enabled: false); // what little differs must not be rounded away
        return whitening.Forward(Cosine.Unit(vectors.To(ScalarType.Float32)));
    }

    // Of all pairs of two videos, rising.
    private static float[] Cosines(Tensor rows, IReadOnlyList<long> videos)
    {
        var all = Cosine.Matrix(rows, rows).ToArray<float>();
        var places = Enumerable.Range(0, videos.Count);
        float[] cosines = [.. places.SelectMany(i => places.Skip(i + 1).Where(j => videos[i] != videos[j]).Select(j => all[(i * videos.Count) + j]))];
        Array.Sort(cosines);
        return cosines;
    }
}
