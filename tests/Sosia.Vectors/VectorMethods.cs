namespace Sosia.Vectors;

/// <summary>The methods that have code: id, then case name, then what computes and compares it.</summary>
public static class VectorMethods
{
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, Action<VectorCase>>> All { get; } =
        new Dictionary<string, IReadOnlyDictionary<string, Action<VectorCase>>>
        {
            ["3d-csl"] = ThreeDCslVectors.Cases,
            ["backbones"] = BackbonesVectors.Cases,
            ["carl"] = CarlVectors.Cases,
            ["downstream-evaluation"] = DownstreamEvaluationVectors.Cases,
            ["fame"] = FameVectors.Cases,
            ["mobilenet-v2"] = MobileNetVectors.Cases,
            ["moco"] = MocoVectors.Cases,
            ["mvd"] = MvdVectors.Cases,
            ["ndvr-evaluation"] = NdvrEvaluationVectors.Cases,
            ["pdq"] = PdqVectors.Cases,
            ["slic"] = SlicVectors.Cases,
            ["svt"] = SvtVectors.Cases,
            ["visil-alignment"] = VisilAlignmentVectors.Cases,
            ["vit-backbones"] = VitBackbonesVectors.Cases,
        };
}
