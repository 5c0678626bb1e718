using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What a VideoMAE pre-training network is made of.</summary>
/// <param name="Encoder">Width, depth, heads of the encoder.</param>
/// <param name="Decoder">Of the decoder.</param>
/// <param name="Patch">Side of a patch.</param>
/// <param name="Tubelet">Frames of a patch.</param>
/// <param name="DropPath">Of the last block of encoder and decoder.</param>
public sealed record VideoMaePretrainingShape(TransformerSize Encoder, TransformerSize Decoder, int Patch = 16, int Tubelet = 2, double DropPath = 0)
{
    /// <summary>VideoMAE S (modeling_pretrain.py and the pre-training script).</summary>
    public static VideoMaePretrainingShape Small { get; } = new(TransformerSize.Small, new(192, 4, 3));

    /// <summary>VideoMAE B (modeling_pretrain.py and the pre-training script).</summary>
    public static VideoMaePretrainingShape Base { get; } = new(TransformerSize.Base, new(384, 4, 6));

    /// <summary>VideoMAE L (modeling_pretrain.py and the pre-training script).</summary>
    public static VideoMaePretrainingShape Large { get; } = new(TransformerSize.Large, new(512, 12, 8));

    /// <summary>Numbers of a target: the pixels of a tubelet.</summary>
    public int Pixels => 3 * Tubelet * Patch * Patch;
}

/// <summary>What VideoMAE's pre-training network says of a batch.</summary>
/// <param name="Encoded">N x visible x D, after the encoder's norm.</param>
/// <param name="Prediction">N x hidden x pixels of a tubelet; the hidden ones in the order of their places.</param>
public sealed record Reconstruction(Tensor Encoded, Tensor Prediction);

/// <summary>VideoMAE's pre-training network (Tong et al. 2022): most tubelets are hidden, and a small decoder says what was there.</summary>
public sealed class VideoMaePretraining : Module
{
    private readonly VideoMaePretrainingShape shape;
    private readonly Tensor maskToken;
    private readonly Linear toDecoder;
    private readonly TokenDecoder decoder;
    private readonly FixedPositions positions;

    /// <summary>With the published starting values: Xavier uniform, biases 0, the mask token normal 0.02.</summary>
    /// <param name="shape">What it is made of.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    public VideoMaePretraining(VideoMaePretrainingShape shape, Generator? generator = null)
    {
        this.shape = shape;
        positions = new FixedPositions(shape.Decoder.Width, VideoMaePositions.Flat);
        using (SkipInit.Enter())
        {
            maskToken = Parameter("mask_token", Tensor.Empty([1, 1, shape.Decoder.Width]));
            Encoder = Part("encoder", new VideoMae(
                new VideoMaeShape(shape.Encoder, shape.Patch, shape.Tubelet, Pooling: VideoMaePooling.MeanOfNormalised, DropPath: shape.DropPath)));
            toDecoder = Part("encoder_to_decoder", new Linear(shape.Encoder.Width, shape.Decoder.Width, bias: false));
            decoder = Part("decoder", new TokenDecoder(shape.Decoder, shape.Pixels, shape.DropPath));
        }

        TransformerInit.Xavier(this, generator, limit: 0.02);
        Encoder.InitialisePatches(generator);
        Init.FanIn(toDecoder.Weight, shape.Encoder.Width, generator);
    }

    /// <summary>What is kept after pre-training; its vector is the mean of normalised tokens.</summary>
    public VideoMae Encoder { get; }

    /// <summary>Says what is hidden.</summary>
    /// <param name="clips">N x 3 x T x H x W.</param>
    /// <param name="hidden">N x tokens, true where hidden; as many in each clip.</param>
    public Reconstruction Forward(Tensor clips, Tensor hidden)
    {
        var grid = Encoder.Cut(clips);
        var n = grid.Batch;
        var (seen, unseen) = (Masks.Visible(hidden), Masks.Hidden(hidden));
        var encoded = Encoder.Norm(Encoder.Encode(Encoder.Embed(grid, seen), n)); // N·visible x D
        var prediction = decoder.Forward(toDecoder.Forward(encoded), maskToken, positions.For(grid, encoded), seen, unseen, n);
        return new Reconstruction(encoded.View([n, -1, shape.Encoder.Width]), prediction);
    }

    /// <summary>
    /// What should be said: pixels in (time, row, column, colour), and where <paramref name="normalise"/>, of each tubelet and colour less their
    /// mean and by their (unbiased deviation + 1e-6).
    /// </summary>
    /// <param name="clips">N x 3 x T x H x W with pixels in [0, 1].</param>
    /// <param name="patch">Side of a patch.</param>
    /// <param name="tubelet">Frames of a patch.</param>
    /// <param name="normalise">As published.</param>
    /// <returns>N x tokens x pixels.</returns>
    public static Tensor Targets(Tensor clips, int patch, int tubelet, bool normalise = true)
    {
        var s = clips.Shape;
        var parts = clips.Reshape([s[0], 3, s[2] / tubelet, tubelet, s[3] / patch, patch, s[4] / patch, patch])
            .Permute([0, 2, 4, 6, 3, 5, 7, 1]).Reshape([s[0], -1, tubelet * patch * patch, 3]); // N x tokens x pixels x 3
        if (normalise)
        {
            parts = (parts - parts.Mean([2], keepdim: true)) / (parts.Std([2], correction: 1, keepdim: true) + 1e-6);
        }

        return parts.Flatten(2);
    }

    /// <summary>Mean of the squared differences over the hidden tubelets.</summary>
    /// <param name="prediction">N x hidden x pixels.</param>
    /// <param name="targets">N x tokens x pixels.</param>
    /// <param name="hidden">N x tokens.</param>
    public static Tensor Loss(Tensor prediction, Tensor targets, Tensor hidden) => prediction.MseLoss(Masks.OfHidden(targets, hidden));
}
