using System.Text.Json;
using Sosia.Learning.Encoders;
using Sosia.Learning.Import;
using Sosia.Torch;

namespace Sosia.Vectors;

/// <summary>The networks of <c>backbones</c>: forward stage by stage, training mode with gradients and running statistics, sizes of stages.</summary>
public static class BackboneNetworkVectors
{
    private static readonly string[] Layers = ["stem", "layer1", "layer2", "layer3", "layer4"];
    private static readonly string[] Stages = ["stem", "stage1", "stage2", "stage3", "stage4"];
    private static readonly string[] Hara = ["conv1", "layer1", "layer2", "layer3", "layer4"];
    private static readonly string[] ClipOrder = ["conv1", "conv2", "conv3", "conv4", "conv5"];
    private static readonly string[] Clip3d = ["conv1", "conv2", "conv3b", "conv4b", "conv5b"];
    private static readonly string[] Separable = ["block1", "block2", "block3", "block4", "block5"];
    private static readonly string[] Inflated = ["conv1a", "conv2c", "mixed3c", "mixed4f", "mixed5c"];

    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = new Dictionary<string, Action<VectorCase>>
    {
        ["r3d_narrow"] = static one => VideoNetwork(one, VideoResNetKind.R3d),
        ["mc3_narrow"] = static one => VideoNetwork(one, VideoResNetKind.Mc3),
        ["r2plus1d_narrow"] = static one => VideoNetwork(one, VideoResNetKind.R2Plus1d),
        ["r3d_18"] = static one => VideoNetwork(one, VideoResNetKind.R3d),
        ["mc3_18"] = static one => VideoNetwork(one, VideoResNetKind.Mc3),
        ["r2plus1d_18"] = static one => VideoNetwork(one, VideoResNetKind.R2Plus1d),
        ["r2plus1d_training"] = static one => Training(one, new VideoResNet(Shape(one, VideoResNetKind.R2Plus1d))),
        ["c3d_narrow"] = C3dNetwork,
        ["c3d"] = C3dNetwork,
        ["r3d_10_vcop"] = static one => ClipOrderNetwork(one, factored: false),
        ["r21d_10_vcop"] = static one => ClipOrderNetwork(one, factored: true),
        ["resnet3d_10_narrow"] = static one => HaraNetwork(one, 10),
        ["resnet3d_18"] = static one => HaraNetwork(one, 18),
        ["resnet3d_50"] = static one => HaraNetwork(one, 50),
        ["resnet3d_10_training"] = static one => Training(one, new ResNet3d(Shape(one, 10))),
        ["r2d3d_50"] = R2d3dNetwork,
        ["slow_narrow"] = SlowNetwork,
        ["slow_r50"] = SlowNetwork,
        ["slow_r50_slowfast_names"] = SlowFastNetwork,
        ["s3d"] = static one => S3dNetwork(one, gated: false),
        ["s3dg"] = static one => S3dNetwork(one, gated: true),
        ["s3d_torchvision"] = TorchVisionS3d,
        ["i3d"] = static one => I3dNetwork(one, I3dPort.Piergiaj),
        ["i3d_tf_ports"] = static one => I3dNetwork(one, I3dPort.TensorFlowPadding),
        ["shapes_r3d_18_16x112x112"] = Shapes,
        ["shapes_r3d_18_8x56x56"] = Shapes,
        ["shapes_mc3_18_16x112x112"] = Shapes,
        ["shapes_r2plus1d_18_16x112x112"] = Shapes,
        ["shapes_r2plus1d_18_32x112x112"] = Shapes,
        ["shapes_c3d_16x112x112"] = Shapes,
        ["shapes_resnet3d_50_16x112x112"] = Shapes,
        ["shapes_resnet3d_50_16x224x224"] = Shapes,
        ["shapes_r2d3d_50_16x224x224"] = Shapes,
        ["shapes_r2d3d_50_32x128x128"] = Shapes,
        ["shapes_slow_r50_8x224x224"] = Shapes,
        ["shapes_slow_r50_16x112x112"] = Shapes,
        ["shapes_s3d_32x128x128"] = Shapes,
        ["shapes_s3d_64x224x224"] = Shapes,
        ["shapes_i3d_64x224x224"] = Shapes,
        ["shapes_i3d_16x112x112"] = Shapes,
    };

    private static void VideoNetwork(VectorCase one, VideoResNetKind kind)
    {
        using var network = new VideoResNet(Shape(one, kind));
        Network(one, network, Layers, network.Classify);
    }

    private static void HaraNetwork(VectorCase one, int depth)
    {
        using var network = new ResNet3d(Shape(one, depth));
        Network(one, network, Hara, network.Classify);
    }

    private static void C3dNetwork(VectorCase one)
    {
        using var network = new C3d(new(Option(one, "base", 64), Option(one, "classes", 0)));
        Network(one, network, Clip3d, network.Classify);
    }

    private static void ClipOrderNetwork(VectorCase one, bool factored)
    {
        using var network = new ClipOrderResNet(new(factored));
        Network(one, network, ClipOrder);
    }

    private static void R2d3dNetwork(VectorCase one)
    {
        using var network = new ResNet2d3d(new());
        var features = Network(one, network, Layers);
        using var noGrad = NoGrad.Enter();
        one.Expect("layer4_before_relu", network.LastBeforeRelu(features.Stages[3]));
    }

    private static void SlowNetwork(VectorCase one)
    {
        using var network = new SlowResNet(new(Option(one, "base", 64), Numbers(one, "layers"), Option(one, "classes", 0)));
        Network(one, network, Stages, network.Classify);
    }

    private static void SlowFastNetwork(VectorCase one)
    {
        using var network = new SlowResNet(new(Classes: Option(one, "classes", 0)));
        Renamed(one, network, PublishedNames.SlowFast(one.StateTensors()), Stages, network.Classify);
    }

    private static void S3dNetwork(VectorCase one, bool gated)
    {
        using var network = new S3d(new(gated));
        Network(one, network, Separable);
    }

    private static void TorchVisionS3d(VectorCase one)
    {
        using var network = new S3d(new(Classes: Option(one, "classes", 0), Norm: S3dShape.TensorFlowNorm));
        Renamed(one, network, PublishedNames.S3dTorchVision(one.StateTensors()), Separable, network.Classify);
    }

    private static void I3dNetwork(VectorCase one, I3dPort port)
    {
        using var network = new I3d(new(port, Classes: Option(one, "classes", 0)));
        Network(one, network, Inflated, network.Classify);
    }

    private static void Training(VectorCase one, Encoder network)
    {
        using var owned = network;
        network.Load(one.StateTensors());
        var clip = one.Tensor("clip").RequireGrad();
        var embedding = network.Forward(clip).Vector;
        var loss = (embedding * one.Tensor("r")).Sum();
        loss.Backward();
        one.Expect("embedding", embedding);
        one.Expect("loss", loss);
        one.Expect("grad_clip", clip.Grad!);
        one.ExpectGradients(network);
        one.ExpectAfter(network);
    }

    // Names, number of parameters, the map of every stage, the embedding and the scores.
    private static Features Network(VectorCase one, Encoder network, string[] stages, Func<Tensor, Tensor>? classify = null)
    {
        one.ExpectEntries(network);
        network.Load(one.StateTensors());
        return Compare(one, network, stages, classify);
    }

    // The same where the case has names that are brought to ours: all of them, and nothing else.
    private static void Renamed(VectorCase one, Encoder network, PublishedState published, string[] stages, Func<Tensor, Tensor> classify)
    {
        network.Load(published.State);
        one.Expect("parameters", network.CountParameters());
        Compare(one, network, stages, classify);
    }

    private static Features Compare(VectorCase one, Encoder network, string[] stages, Func<Tensor, Tensor>? classify)
    {
        network.Eval();
        using var noGrad = NoGrad.Enter();
        var features = network.Forward(one.Tensor("clip"));
        foreach (var (name, map) in stages.Zip(features.Stages, (name, map) => (name, map)))
        {
            one.Expect(name, map);
        }

        one.Expect("embedding", features.Vector);
        if (one.ExpectedNames.Contains("logits")) { one.Expect("logits", classify!(features.Vector)); }

        return features;
    }

    // Sizes do not depend on widths: narrow networks, in which two hundred million places are quick.
    private static void Shapes(VectorCase one)
    {
        using Encoder network = one.Options.GetProperty("network").GetString() switch
        {
            "r3d_18" => new VideoResNet(new(VideoResNetKind.R3d, 2)),
            "mc3_18" => new VideoResNet(new(VideoResNetKind.Mc3, 2)),
            "r2plus1d_18" => new VideoResNet(new(VideoResNetKind.R2Plus1d, 2)),
            "c3d" => new C3d(new(2)),
            "resnet3d_50" => new ResNet3d(new(50, Widen: 1 / 32.0)),
            "r2d3d_50" => new ResNet2d3d(new(2)),
            "slow_r50" => new SlowResNet(new(2)),
            "s3d" => new S3d(new(Base: 4)),
            "i3d" => new I3d(new(Base: 4)),
            var other => throw new VectorFileException($"no network '{other}'"),
        };
        network.Eval();
        using var noGrad = NoGrad.Enter();
        var features = network.Forward(Tensor.Zeros([1, 3, .. one.Integers("size")]));
        one.Expect("stages", [.. features.Stages.SelectMany(static map => map.Shape[2..])]);
    }

    private static VideoResNetShape Shape(VectorCase one, VideoResNetKind kind) =>
        new(kind, Option(one, "base", 64), Numbers(one, "layers"), Option(one, "classes", 0));

    private static ResNet3dShape Shape(VectorCase one, int depth) => new(
        depth,
        Option(one, "conv1_t_size", 7),
        Option(one, "conv1_t_stride", 1),
        Has(one, "no_max_pool") && one.Option("no_max_pool") != 0,
        Has(one, "widen_factor") ? one.Option("widen_factor") : 1,
        Classes: Option(one, "classes", 0));

    private static int Option(VectorCase one, string name, int otherwise) => Has(one, name) ? (int)one.Option(name) : otherwise;

    private static int[]? Numbers(VectorCase one, string name) =>
        Has(one, name) ? [.. one.Options.GetProperty(name).EnumerateArray().Select(static n => n.GetInt32())] : null;

    private static bool Has(VectorCase one, string option) => one.Options.ValueKind == JsonValueKind.Object && one.Options.TryGetProperty(option, out _);
}
