using System.Globalization;
using System.Text.RegularExpressions;
using Sosia.Torch;

namespace Sosia.Learning.Import;

/// <summary>Convolutional encoders. What their networks have no use for is told from the names alone; the rest goes to the network as it is.</summary>
public static partial class PublishedNames
{
    private static readonly string[] MixedBlocks = ["3b", "3c", "4b", "4c", "4d", "4e", "4f", "5b", "5c"];

    // Places of the mixed blocks in the sequences of torchvision and kylemin/S3D; poolings lie between.
    private static readonly int[] MixedPlaces = [5, 6, 8, 9, 10, 11, 12, 14, 15];

    /// <summary>Residual networks of torchvision, Hara et al. and pytorchvideo, and I3D of either port: their names are ours.</summary>
    /// <param name="state">The file's.</param>
    public static PublishedState Convolutional(IEnumerable<(string Name, Tensor Tensor)> state) =>
        Sort(Unwrapped(state, "state_dict.", "model_state.", "module."), static _ => true, static _ => false);

    /// <summary>C3D, R3D and R(2+1)D pre-trained by clip order (xudejing/video-clip-order-prediction): under <c>base_network.</c>, beside the layers that order clips.</summary>
    /// <param name="state">The file's.</param>
    public static PublishedState ClipOrder(IEnumerable<(string Name, Tensor Tensor)> state) =>
        Sort(Unwrapped(state, "module.", "base_network."), static name => !IsOfOrder(name), IsOfOrder);

    /// <summary>
    /// S3D and R2D3D-50 of CoCLR (TengdaHan/CoCLR): under <c>encoder_q.0.</c>, beside the projector, the key encoder and queues. The tensors of S3D, which
    /// the file holds twice, are taken once.
    /// </summary>
    /// <param name="state">The file's.</param>
    public static PublishedState CoClr(IEnumerable<(string Name, Tensor Tensor)> state) =>
        Sort(Unwrapped(state, "state_dict.", "module.", "encoder_q.0."), static name => !IsLeftOutOfCoClr(name), IsLeftOutOfCoClr);

    /// <summary>I3D and R(2+1)D of FAME (Mark12Ding/FAME): under <c>encoder_q.</c>, beside the projector, the key encoder and the queue.</summary>
    /// <param name="state">The file's.</param>
    public static PublishedState Fame(IEnumerable<(string Name, Tensor Tensor)> state) =>
        Sort(Unwrapped(state, "state_dict.", "module.", "encoder_q."), static name => !IsLeftOutOfFame(name), IsLeftOutOfFame);

    /// <summary>The 3D ResNet of SLIC (rvl-lab-utoronto/video_similarity_search), beside its projection.</summary>
    /// <param name="state">The file's.</param>
    public static PublishedState Slic(IEnumerable<(string Name, Tensor Tensor)> state) =>
        Sort(Unwrapped(state, "state_dict.", "module."), static name => !IsLeftOutOfSlic(name), IsLeftOutOfSlic);

    /// <summary>CARL's network (minghchen/CARL_code), inside <c>model_state</c>, beside its projection.</summary>
    /// <param name="state">The file's.</param>
    public static PublishedState Carl(IEnumerable<(string Name, Tensor Tensor)> state) => Sort(
        Unwrapped(state, "model_state.", "module."),
        static name => name.Split('.')[0] is "backbone" or "res_finetune" or "embed",
        static name => name.Split('.')[0] is "ssl_projection");

    /// <summary>The slow network of SlowFast's own files (facebookresearch/SlowFast).</summary>
    /// <param name="state">The file's.</param>
    public static PublishedState SlowFast(IEnumerable<(string Name, Tensor Tensor)> state) =>
        Sort(Renamed(Unwrapped(state, "model_state.", "module."), SlowFastName), static _ => true, static _ => false);

    /// <summary>S3D of torchvision.</summary>
    /// <param name="state">The file's.</param>
    public static PublishedState S3dTorchVision(IEnumerable<(string Name, Tensor Tensor)> state) =>
        Sort(Renamed(Unwrapped(state, "module."), TorchVisionS3dName), static _ => true, static _ => false);

    /// <summary>S3D of kylemin/S3D.</summary>
    /// <param name="state">The file's.</param>
    public static PublishedState S3dKylemin(IEnumerable<(string Name, Tensor Tensor)> state) =>
        Sort(Renamed(Unwrapped(state, "module."), KyleminS3dName), static _ => true, static _ => false);

    private static IEnumerable<(string Name, Tensor Tensor)> Renamed(IEnumerable<(string Name, Tensor Tensor)> state, Func<string, string> name) =>
        state.Select(entry => (name(entry.Name), entry.Tensor));

    private static bool IsOfOrder(string name) => name.Split('.')[0] is "fc7" or "fc8";

    private static bool IsLeftOutOfCoClr(string name) =>
        Doubled().IsMatch(name) || name.StartsWith("encoder_q.", StringComparison.Ordinal) || IsOfMoCo(name);

    private static bool IsLeftOutOfFame(string name) => name.Split('.')[0] is "id_head" or "fc" || IsOfMoCo(name);

    private static bool IsLeftOutOfSlic(string name) => name.Split('.')[0] is "fc" or "fc1" or "bn_proj" or "fc2";

    private static bool IsOfMoCo(string name) =>
        name.StartsWith("encoder_k.", StringComparison.Ordinal) || name.StartsWith("queue", StringComparison.Ordinal);

    // s3.pathway0_res1.branch2.a_bn.weight: blocks.2.res_blocks.1.branch2.norm_a.weight.
    private static string SlowFastName(string name)
    {
        var renamed = SlowFastBlock().Replace(name, static match =>
            FormattableString.Invariant($"blocks.{Number(match.Groups[1]) - 1}.res_blocks.{Number(match.Groups[2])}."));
        return SlowFastUnit().Replace(renamed, static match => match.Groups[2].Success ? $".branch2.norm_{match.Groups[1]}." : $".branch2.conv_{match.Groups[1]}.")
            .Replace(".branch1.", ".branch1_conv.", StringComparison.Ordinal)
            .Replace(".branch1_bn.", ".branch1_norm.", StringComparison.Ordinal)
            .Replace("s1.pathway0_stem.conv.", "blocks.0.conv.", StringComparison.Ordinal)
            .Replace("s1.pathway0_stem.bn.", "blocks.0.norm.", StringComparison.Ordinal)
            .Replace("head.projection.", "blocks.5.proj.", StringComparison.Ordinal);
    }

    // features.5.branch1.1.0.0.weight: Mixed_3b.branch1.1.conv1.weight. What stands after the unit is a pair (0.0, 0.1, 1.0, 1.1) or one convolution (0, 1).
    private static string TorchVisionS3dName(string name) => TorchVisionUnit().Match(name) is { Success: true } unit && InceptionPart(unit.Groups[1]) is { } part
        ? part + unit.Groups[2].Value.Replace("branch0.", "branch0.0.", StringComparison.Ordinal) + Unit(unit.Groups[3].Value) + unit.Groups[4].Value
        : name;

    private static string Unit(string numbers) => numbers switch
    {
        "0" => "conv",
        "1" => "bn",
        "0.0" => "conv1",
        "0.1" => "bn1",
        "1.0" => "conv2",
        _ => "bn2",
    };

    // base.5.branch1.1.conv_s.weight: Mixed_3b.branch1.1.conv1.weight.
    private static string KyleminS3dName(string name) => KyleminUnit().Match(name) is { Success: true } unit && InceptionPart(unit.Groups[1]) is { } part
        ? (part + unit.Groups[2].Value)
            .Replace(".conv_s.", ".conv1.", StringComparison.Ordinal).Replace(".bn_s.", ".bn1.", StringComparison.Ordinal)
            .Replace(".conv_t.", ".conv2.", StringComparison.Ordinal).Replace(".bn_t.", ".bn2.", StringComparison.Ordinal)
        : name.Replace("fc.0.", "classifier.1.", StringComparison.Ordinal);

    private static string? InceptionPart(Group place) => Number(place) switch
    {
        0 => "Conv_1a.",
        2 => "Conv_2b.",
        3 => "Conv_2c.",
        var number => Array.IndexOf(MixedPlaces, number) is >= 0 and var block ? $"Mixed_{MixedBlocks[block]}." : null,
    };

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^block[1-5]\.[0-5]\.")]
    private static partial Regex Doubled();

    [GeneratedRegex(@"^s([2-5])\.pathway0_res([0-9]{1,3})\.")]
    private static partial Regex SlowFastBlock();

    [GeneratedRegex(@"\.branch2\.([abc])(_bn)?\.")]
    private static partial Regex SlowFastUnit();

    [GeneratedRegex(@"^features\.([0-9]{1,2})\.((?:branch0\.|branch[12]\.[01]\.|branch3\.1\.)?)([01](?:\.[01])?)(\.\w+)$")]
    private static partial Regex TorchVisionUnit();

    [GeneratedRegex(@"^base\.([0-9]{1,2})\.(.+)$")]
    private static partial Regex KyleminUnit();
}
