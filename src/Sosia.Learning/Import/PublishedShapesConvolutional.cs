using Sosia.Learning.Encoders;

namespace Sosia.Learning.Import;

/// <summary>Convolutional networks, told from the channels of their first layers and the number of their blocks.</summary>
public static partial class PublishedShapes
{
    private const int WidthOfFrameHead = 32; // CARL's: 8 heads of 256 channels

    private static readonly int[] ResNetDepths = [10, 18, 34, 50, 101, 152, 200];

    /// <summary>The I3D of a state, of the port that FAME has.</summary>
    /// <param name="published">Of <see cref="PublishedNames.Fame"/>.</param>
    /// <exception cref="ArgumentException">An entry is missing or has no shape of an I3D.</exception>
    public static I3dShape I3d(PublishedState published) =>
        new(I3dPort.TensorFlowPadding, Channels(Shapes(published), "I3D", "conv3d_1a_7x7.conv3d.weight"));

    /// <summary>The R(2+1)D of a state with torchvision's names.</summary>
    /// <param name="published">Of <see cref="PublishedNames.Fame"/> or <see cref="PublishedNames.Convolutional"/>.</param>
    /// <exception cref="ArgumentException">An entry is missing or has no shape of an R(2+1)D.</exception>
    public static VideoResNetShape R2Plus1d(PublishedState published)
    {
        const string What = "R(2+1)D";
        var entries = Shapes(published);
        return new VideoResNetShape(VideoResNetKind.R2Plus1d, Channels(entries, What, "stem.3.weight"), Layers(entries, What));
    }

    /// <summary>The 3D ResNet of a state with the names of Hara et al.: depth, widths, shortcut. Whether there is a pooling after the stem, no entry tells.</summary>
    /// <param name="published">Of <see cref="PublishedNames.Slic"/> or <see cref="PublishedNames.Convolutional"/>.</param>
    /// <exception cref="ArgumentException">An entry is missing or has no shape of such a network.</exception>
    public static ResNet3dShape ResNet3d(PublishedState published)
    {
        const string What = "3D ResNet";
        var entries = Shapes(published);
        var stem = Entry(entries, What, "conv1.weight", 5);
        var (blocks, isDeep) = (Layers(entries, What), entries.ContainsKey("layer1.0.conv3.weight"));
        var shape = ResNetDepths.Select(depth => new ResNet3dShape(depth)).FirstOrDefault(known => known.IsDeep == isDeep && known.Blocks.SequenceEqual(blocks))
            ?? throw new ArgumentException($"this is no {What}: none has {string.Join(", ", blocks)} blocks in its layers");
        return shape with
        {
            TimeKernel = (int)stem[2],
            Shortcut = entries.Keys.Any(name => name.Contains(".downsample.", StringComparison.Ordinal)) ? ResNetShortcut.B : ResNetShortcut.A,
            Widths = [.. Enumerable.Range(1, blocks.Length).Select(layer => Channels(entries, What, $"layer{layer}.0.conv1.weight"))],
        };
    }

    /// <summary>CARL's network of a state: all sizes but the length of its training views, which no entry tells.</summary>
    /// <param name="published">Of <see cref="PublishedNames.Carl"/>.</param>
    /// <exception cref="ArgumentException">An entry is missing or has no shape of such a network.</exception>
    public static FrameSequenceShape FrameSequence(PublishedState published)
    {
        const string What = "network of CARL";
        var entries = Shapes(published);
        var hidden = Rows("embed.video_emb.weight");
        return new FrameSequenceShape
        {
            Backbone = new ResNet2dShape(
                [.. new[] { "backbone.4", "backbone.5", "backbone.6", "res_finetune" }.Select(layer => Count(entries.Keys, What, layer))],
                (int)Entry(entries, What, "backbone.0.weight", 4)[0]),
            Inner = Rows("embed.fc_layers.1.weight"),
            Hidden = hidden,
            Heads = Math.Max(1, hidden / WidthOfFrameHead),
            FeedForward = Rows("embed.video_encoder.enc_layers.0.feed_forward.fc1.weight"),
            Layers = Count(entries.Keys, What, "embed.video_encoder.enc_layers"),
            Embedding = Rows("embed.embedding_layer.weight"),
        };

        int Rows(string name) => (int)Entry(entries, What, name, 2)[0];
    }

    private static int Channels(Dictionary<string, long[]> entries, string what, string convolution) => (int)Entry(entries, what, convolution, 5)[0];

    private static int[] Layers(Dictionary<string, long[]> entries, string what) =>
        [.. Enumerable.Range(1, 4).Select(layer => Count(entries.Keys, what, $"layer{layer}"))];
}
