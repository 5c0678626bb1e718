using Sosia.Learning.Encoders;
using Sosia.Learning.Objectives;
using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>Sizes of a <see cref="PrototypeHead"/>.</summary>
/// <param name="Hidden">Of both hidden layers.</param>
/// <param name="Bottleneck">Of the vector that is compared with the prototypes.</param>
/// <param name="Prototypes">K.</param>
public sealed record PrototypeHeadShape(int Hidden = 2048, int Bottleneck = 256, int Prototypes = 65536);

/// <summary>
/// The projection head of DINO (Caron et al. 2021, code) and SVT: an MLP of three layers, unit length, then the cosine with each of K learnt prototypes. It is
/// not part of the encoder, and thrown away after training.
/// </summary>
public sealed class PrototypeHead : Module
{
    private readonly Linear first;
    private readonly Linear second;
    private readonly Linear third;
    private readonly Prototypes prototypes;

    /// <summary>With the published starting values: matrices truncated normal 0.02, biases 0; prototypes as PyTorch starts a linear layer.</summary>
    /// <param name="width">D.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    public PrototypeHead(int width, PrototypeHeadShape shape, Generator? generator = null)
    {
        using (SkipInit.Enter())
        {
            first = Part("mlp.0", new Linear(width, shape.Hidden));
            second = Part("mlp.2", new Linear(shape.Hidden, shape.Hidden));
            third = Part("mlp.4", new Linear(shape.Hidden, shape.Bottleneck));
            prototypes = Part("last_layer", new Prototypes(shape.Bottleneck, shape.Prototypes));
        }

        TransformerInit.TruncatedNormal(this, generator);
        prototypes.Initialise(generator);
    }

    /// <summary>Vectors to logits.</summary>
    /// <param name="vectors">N x D.</param>
    /// <param name="learnPrototypes">Whether they get a gradient; not in the first epoch, when the vectors still mean little.</param>
    /// <returns>N x K.</returns>
    public Tensor Forward(Tensor vectors, bool learnPrototypes = true)
    {
        var z = third.Forward(second.Forward(first.Forward(vectors).Gelu()).Gelu());
        return prototypes.Forward(Cosine.Unit(z), learnPrototypes);
    }

    // A linear layer whose rows are g · v / |v| (weight normalisation, Salimans and Kingma 2016); g stays 1, so that it is no parameter.
    private sealed class Prototypes : Module
    {
        private readonly Tensor scale;
        private readonly Tensor direction;

        public Prototypes(int width, int count)
        {
            scale = Buffer("weight_g", Tensor.Ones([count, 1]));
            direction = Parameter("weight_v", Tensor.Empty([count, width]));
        }

        public void Initialise(Generator? generator) => Init.FanIn(direction, direction.Size(1), generator);

        public Tensor Forward(Tensor z, bool learn)
        {
            var v = learn ? direction : direction.Detach();
            return z.Linear(v * (scale / v.LinalgVectorNorm(2, [1], keepdim: true)));
        }
    }
}
