using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What an MVD student is made of.</summary>
/// <param name="Encoder">Width, depth, heads of the encoder; the width is a multiple of 16.</param>
/// <param name="Decoder">Of each of both decoders; the width is a multiple of 16.</param>
/// <param name="ImageWidth">Of the image teacher's tokens.</param>
/// <param name="VideoWidth">Of the video teacher's tokens.</param>
/// <param name="Frames">Of a clip, a multiple of the tubelet.</param>
/// <param name="Height">Of a clip, a multiple of the patch.</param>
/// <param name="Width">Of a clip, a multiple of the patch.</param>
/// <param name="Patch">Side of a patch.</param>
/// <param name="Tubelet">Frames of a patch.</param>
/// <param name="DropPath">Of the last block of encoder and decoders, rising to it linearly.</param>
public sealed record MvdStudentShape(
    TransformerSize Encoder,
    TransformerSize Decoder,
    int ImageWidth,
    int VideoWidth,
    int Frames = 16,
    int Height = 224,
    int Width = 224,
    int Patch = 16,
    int Tubelet = 2,
    double DropPath = 0.1)
{
    /// <summary>The decoder that the authors' scripts give a student of this size.</summary>
    public static TransformerSize DecoderOf(TransformerSize encoder) => encoder.Width switch
    {
        <= 768 => encoder with { Depth = 2 },
        <= 1024 => new(512, 4, 8),
        _ => new(640, 8, 8),
    };
}

/// <summary>What an MVD student says of a batch.</summary>
/// <param name="Encoded">N x visible x D, after the norm.</param>
/// <param name="Image">N x hidden x D of the image teacher, in the order of the places.</param>
/// <param name="Video">N x hidden x D of the video teacher.</param>
public sealed record Distilled(Tensor Encoded, Tensor Image, Tensor Video);

/// <summary>
/// The student of MVD (Wang et al. 2023) under its published names: an encoder sees the tubelets that are not hidden, and two decoders that share nothing say
/// what an image teacher and a video teacher see at the hidden ones.
/// </summary>
public sealed class MvdStudent : Module
{
    private readonly Tensor positions;
    private readonly Branch image;
    private readonly Branch video;

    /// <summary>With the published starting values: Xavier uniform, biases 0, mask tokens truncated normal 0.02; position tables fixed.</summary>
    /// <param name="shape">What it is made of.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    /// <exception cref="ArgumentException">A width is no multiple of 16.</exception>
    public MvdStudent(MvdStudentShape shape, Generator? generator = null)
    {
        using (SkipInit.Enter())
        {
            positions = Buffer("pos_embed", Positions(shape, shape.Encoder.Width));
            Encoder = Part("", new VideoMae(EncoderShape(shape)));
            image = new Branch(shape, shape.ImageWidth);
            video = new Branch(shape, shape.VideoWidth);
            Register(image, "img");
            Register(video, "vid");
        }

        TransformerInit.Xavier(this, generator);
        Encoder.InitialisePatches(generator);
        foreach (var token in new[] { image.MaskToken, video.MaskToken })
        {
            Init.TruncatedNormal(token, 0.02, 0.02, generator);
        }
    }

    /// <summary>What is kept after pre-training; its vector is the mean of the tokens as they leave the last block.</summary>
    public VideoMae Encoder { get; }

    /// <summary>Says what the teachers see at the hidden tubelets.</summary>
    /// <param name="clips">N x 3 x T x H x W of the sizes given.</param>
    /// <param name="hidden">N x tokens, true where hidden; as many in each clip.</param>
    public Distilled Forward(Tensor clips, Tensor hidden)
    {
        var grid = Encoder.Cut(clips);
        var (n, visible, asked) = (grid.Batch, Masks.Visible(hidden), Masks.Hidden(hidden));
        var encoded = Encoder.Norm(Encoder.Encode(Encoder.Embed(grid, visible, positions), n)); // N·visible x D
        return new Distilled(encoded.View([n, -1, Encoder.Width]), image.Forward(encoded, visible, asked, n), video.Forward(encoded, visible, asked, n));
    }

    /// <summary>The encoder alone: as the feature network is built for a student that was trained.</summary>
    public static VideoMaeShape EncoderShape(MvdStudentShape shape) => new(
        shape.Encoder, shape.Patch, shape.Tubelet, Pooling: VideoMaePooling.MeanAsIs, DropPath: shape.DropPath, Positions: VideoMaePositions.Grid);

    private static Tensor Positions(MvdStudentShape shape, int width) =>
        PositionTables.Sine(shape.Frames / shape.Tubelet, shape.Height / shape.Patch, shape.Width / shape.Patch, width);

    // The published names have the branch at their end: mask_token_img, down_img, decoder_img.
    private void Register(Branch branch, string name)
    {
        Parameter($"mask_token_{name}", branch.MaskToken);
        Buffer($"pos_embed_{name}", branch.Positions);
        Part($"down_{name}", branch.Down);
        Part($"decoder_{name}", branch.Decoder);
    }

    private sealed class Branch(MvdStudentShape shape, int outputs)
    {
        public Tensor MaskToken { get; } = Tensor.Empty([1, 1, shape.Decoder.Width]);

        public Tensor Positions { get; } = MvdStudent.Positions(shape, shape.Decoder.Width);

        public Linear Down { get; } = new(shape.Encoder.Width, shape.Decoder.Width);

        public TokenDecoder Decoder { get; } = new(shape.Decoder, outputs, shape.DropPath);

        public Tensor Forward(Tensor encoded, Tensor visible, Tensor hidden, long clips) =>
            Decoder.Forward(Down.Forward(encoded), MaskToken, Positions, visible, hidden, clips);
    }
}
