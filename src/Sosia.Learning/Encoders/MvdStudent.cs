using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What an MVD student has beside its encoder.</summary>
/// <param name="Decoder">Of each of both decoders; the width is a multiple of 16.</param>
/// <param name="ImageWidth">Of the image teacher's tokens.</param>
/// <param name="VideoWidth">Of the video teacher's tokens.</param>
public sealed record MvdStudentShape(TransformerSize Decoder, int ImageWidth, int VideoWidth)
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

    /// <summary>With the published starting values, the encoder's too: Xavier uniform, biases 0, mask tokens truncated normal 0.02; position tables fixed.</summary>
    /// <param name="encoder">It becomes a part of the student. Clips are of the size that it is trained on; its width is a multiple of 16.</param>
    /// <param name="shape">What else it is made of.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    /// <exception cref="ArgumentException">A width is no multiple of 16, or the encoder has other positions or no norm that decoders could take.</exception>
    public MvdStudent(VideoMae encoder, MvdStudentShape shape, Generator? generator = null)
    {
        if (encoder.Shape is not { Positions: VideoMaePositions.Grid, Pooling: VideoMaePooling.MeanAsIs })
        {
            throw new ArgumentException("the encoder of a student has positions of the grid, and its vector is the mean of the tokens as they are", nameof(encoder));
        }

        using (SkipInit.Enter())
        {
            positions = Buffer("pos_embed", Positions(encoder.Shape, encoder.Width));
            Encoder = Part("", encoder);
            image = new Branch(encoder.Shape, shape.Decoder, shape.ImageWidth);
            video = new Branch(encoder.Shape, shape.Decoder, shape.VideoWidth);
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

    private static Tensor Positions(VideoMaeShape shape, int width) =>
        PositionTables.Sine(shape.Frames / shape.Tubelet, shape.Side / shape.Patch, shape.Side / shape.Patch, width);

    // The published names have the branch at their end: mask_token_img, down_img, decoder_img.
    private void Register(Branch branch, string name)
    {
        Parameter($"mask_token_{name}", branch.MaskToken);
        Buffer($"pos_embed_{name}", branch.Positions);
        Part($"down_{name}", branch.Down);
        Part($"decoder_{name}", branch.Decoder);
    }

    private sealed class Branch(VideoMaeShape encoder, TransformerSize decoder, int outputs)
    {
        public Tensor MaskToken { get; } = Tensor.Empty([1, 1, decoder.Width]);

        public Tensor Positions { get; } = MvdStudent.Positions(encoder, decoder.Width);

        public Linear Down { get; } = new(encoder.Size.Width, decoder.Width);

        public TokenDecoder Decoder { get; } = new(decoder, outputs, encoder.DropPath);

        public Tensor Forward(Tensor encoded, Tensor visible, Tensor hidden, long clips) =>
            Decoder.Forward(Down.Forward(encoded), MaskToken, Positions, visible, hidden, clips);
    }
}
