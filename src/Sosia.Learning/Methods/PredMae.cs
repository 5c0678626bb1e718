using Sosia.Learning.Encoders;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Methods;

/// <summary>Stage 1 of 3D-CSL. All of it but its idea is ours, after the habits of masked autoencoders.</summary>
/// <param name="MaskRatio">Share of the places that the encoder does not see.</param>
/// <param name="DecoderWidth">Dd; null: half of the encoder's.</param>
/// <param name="DecoderDepth">Blocks of the decoder.</param>
/// <param name="DecoderHeads">Of each block; null: half of the encoder's, where they share the width.</param>
/// <param name="NormaliseTargets">Each patch less its mean and by its deviation, as in MAE.</param>
/// <param name="Intervals">Seconds from frame to frame, one of them is drawn; null: the sibling's 32 and 16 frames at 30 a second.</param>
/// <param name="LeastScale">Least short side of the picture that the window is cut from, over the window's.</param>
/// <param name="MostScale">The largest.</param>
/// <param name="Mirror">How likely the clip is mirrored.</param>
public sealed record PredMaeOptions(
    double MaskRatio = 0.75,
    int? DecoderWidth = null,
    int DecoderDepth = 4,
    int? DecoderHeads = null,
    bool NormaliseTargets = false,
    IReadOnlyList<double>? Intervals = null,
    double LeastScale = 256.0 / 224,
    double MostScale = 320.0 / 224,
    double Mirror = 0.5) : MethodOptions
{
    /// <inheritdoc/>
    public override Method Build(Func<Encoder> encoder, World world) => new PredMae(ThreeDCsl.Fitting(encoder(), "predmae"), this);
}

/// <summary>
/// PredMAE, stage 1 of 3D-CSL (Deng et al. 2023, figure): of 2t frames the first t, masked, go through the encoder; a small decoder says what the
/// next t look like.
/// </summary>
public sealed class PredMae : Method
{
    private const int VisiblePart = 1; // of a sample's random numbers

    private readonly PredMaeOptions options;
    private readonly VideoTransformer encoder;
    private readonly FutureDecoder decoder;
    private readonly int frames; // t

    /// <summary>With a decoder of starting weights.</summary>
    /// <param name="encoder">With divided attention, for t frames; it becomes a part of the method.</param>
    /// <param name="options">What else is to be said.</param>
    /// <exception cref="RecipeException">The options cannot be.</exception>
    public PredMae(VideoTransformer encoder, PredMaeOptions options)
    {
        this.options = options;
        this.encoder = Part("encoder", encoder);
        var (shape, size) = (encoder.Shape, encoder.Shape.Size);
        var width = options.DecoderWidth ?? size.Width / 2;
        var heads = options.DecoderHeads ?? Math.Max(1, size.Heads / 2);
        if (width <= 0 || heads <= 0 || width % heads != 0)
        {
            throw new RecipeException($"predmae: {heads} heads cannot share a decoderWidth of {width}; set decoderWidth and decoderHeads so that they do");
        }

        if (options.DecoderDepth < 0)
        {
            throw new RecipeException($"predmae: decoderDepth is {options.DecoderDepth}, and may be 0 or more");
        }

        decoder = Part("decoder", new FutureDecoder(shape, new TransformerSize(width, options.DecoderDepth, heads)));
        if ((long)(decoder.Places * (1 - options.MaskRatio)) is var seen && (seen < 1 || seen > decoder.Places))
        {
            throw new RecipeException($"predmae: with a maskRatio of {options.MaskRatio} the encoder sees {seen} of {decoder.Places} places; at least 1 and at most all");
        }

        frames = shape.Frames;
        Views = new ViewPlan(ThreeDCsl.Clip(2 * frames, shape.Height, options.Intervals, options.LeastScale, options.MostScale, options.Mirror) with { AnyPlace = true });
    }

    /// <inheritdoc/>
    public override Encoder Encoder => encoder;

    /// <inheritdoc/>
    public override ViewPlan Views { get; }

    /// <inheritdoc/>
    public override Losses Step(Batch batch, Progress at)
    {
        var video = Prepare(batch["clip"]); // B x 3 x 2t x H x W
        var prediction = Forward(video.Narrow(2, 0, frames), Visible(batch.Randoms, video.Device));
        var target = Targets(video.Narrow(2, frames, frames), encoder.Shape.Patch, options.NormaliseTargets);
        return new Losses(new LossTerm("mse", Loss(prediction, target)));
    }

    /// <summary>Says what comes after frames of which only some places are seen.</summary>
    /// <param name="past">B x 3 x t x H x W in [-1, 1].</param>
    /// <param name="visible">B x V places, ascending.</param>
    /// <returns>B x N x t x P·P·3.</returns>
    public Tensor Forward(Tensor past, Tensor visible)
    {
        var (classes, tokens, _) = encoder.Embed(past, visible);
        (classes, tokens) = encoder.Encode(classes, tokens, frames);
        return decoder.Forward(encoder.Norm(classes), encoder.Norm(tokens), visible);
    }

    /// <summary>What should be said: the pixels of the frames that follow, patch by patch.</summary>
    /// <param name="future">B x 3 x t x H x W in [-1, 1].</param>
    /// <param name="patch">P.</param>
    /// <param name="normalise">Of each patch less their mean and by sqrt(unbiased variance + 1e-6), all colours together.</param>
    /// <returns>B x N x t x P·P·3, inside a patch (row, column, colour).</returns>
    public static Tensor Targets(Tensor future, int patch, bool normalise)
    {
        var s = future.Shape;
        var pictures = future.Transpose(1, 2).Reshape([-1, 3, s[3], s[4]]); // B·t pictures
        return MaskedAutoencoder.Targets(pictures, patch, normalise).View([s[0], s[2], -1, 3 * patch * patch]).Transpose(1, 2);
    }

    /// <summary>The mean squared difference over every place: none of the frames that follow was seen.</summary>
    /// <returns>Scalar.</returns>
    public static Tensor Loss(Tensor prediction, Tensor target) => prediction.To(target.Type).MseLoss(target);

    // One score a place and clip, for all its frames: divided attention needs the same places in each.
    private Tensor Visible(IReadOnlyList<SampleRandom> randoms, Device device)
    {
        var scores = randoms.SelectMany(random => Scores(random.For(VisiblePart))).ToArray();
        return Masks.TubeOfScores(Tensor.Of(scores, randoms.Count, decoder.Places).To(device), options.MaskRatio);

        IEnumerable<double> Scores(SampleRandom random) => Enumerable.Range(0, decoder.Places).Select(_ => random.Next());
    }
}
