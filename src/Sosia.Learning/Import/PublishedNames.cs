using Sosia.Torch;

namespace Sosia.Learning.Import;

/// <summary>Published checkpoints brought to the names of our encoders: functions of names and tensors, which need no file.</summary>
public static partial class PublishedNames
{
    private static readonly string[] OfBlocks =
        ["norm1", "norm2", "attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2", "temporal_norm1", "temporal_attn.qkv", "temporal_attn.proj", "temporal_fc"];

    private static readonly string[] OfVideoMaeBlocks = ["norm1", "norm2", "attn.proj", "mlp.fc1", "mlp.fc2"];

    /// <summary>3D-CSL (dun-research/3D-CSL): under <c>feature_extractor.model.</c>, perhaps inside <c>state_dict</c>.</summary>
    public static PublishedState ThreeDCsl(IEnumerable<(string Name, Tensor Tensor)> state) =>
        Sort(Unwrapped(state, "state_dict.", "module.", "feature_extractor.", "model."), IsVideoTransformer, IsHead);

    /// <summary>TimeSformer (facebookresearch/TimeSformer): under <c>model.</c>, inside <c>model_state</c>.</summary>
    /// <param name="state">The file's.</param>
    /// <param name="head">Whether the classes of its head are wanted too.</param>
    public static PublishedState TimeSformer(IEnumerable<(string Name, Tensor Tensor)> state, bool head = false) =>
        Sort(Unwrapped(state, "model_state.", "module.", "model."), name => IsVideoTransformer(name) || (head && IsHead(name)), IsHead);

    /// <summary>An image ViT of timm, or MAE's fine-tuned ones: perhaps inside <c>model</c> or <c>state_dict</c>.</summary>
    /// <param name="state">The file's.</param>
    /// <param name="head">Whether the classes of its head are wanted too.</param>
    public static PublishedState Timm(IEnumerable<(string Name, Tensor Tensor)> state, bool head = false) =>
        Sort(Unwrapped(state, "state_dict.", "model.", "module."), name => IsImageTransformer(name) || (head && IsHead(name)), IsHead);

    /// <summary>The encoder of an MAE pre-training file (facebookresearch/mae), for a <see cref="Encoders.VisionTransformer"/>.</summary>
    public static PublishedState MaskedAutoencoder(IEnumerable<(string Name, Tensor Tensor)> state) =>
        Sort(Unwrapped(state, "model.", "module."), IsImageTransformer, name => name == "mask_token" || name.StartsWith("decoder_", StringComparison.Ordinal));

    /// <summary>The encoder of a VideoMAE pre-training file (MCG-NJU/VideoMAE), inside <c>model</c>: names under <c>encoder.</c>.</summary>
    /// <param name="state">The file's.</param>
    /// <param name="norm">Whether the network has the encoder's norm: not with <see cref="Encoders.VideoMaePooling.Mean"/>, whose fc_norm starts new.</param>
    public static PublishedState VideoMaePretraining(IEnumerable<(string Name, Tensor Tensor)> state, bool norm)
    {
        var named = Unwrapped(state, "model.", "module.").ToList();
        var sorted = Sort(
            named.Where(e => IsOfEncoder(e.Name)).Select(e => (e.Name["encoder.".Length..], e.Tensor)),
            name => IsVideoMae(name) && (norm || !IsPart(name, "norm")),
            name => IsPart(name, "norm"));
        var others = named.Where(e => !IsOfEncoder(e.Name)).Select(e => e.Name).ToLookup(IsOfDecoder);
        return sorted with
        {
            LeftOut = [.. sorted.LeftOut.Select(name => "encoder." + name), .. others[true]],
            Unknown = [.. sorted.Unknown.Select(name => "encoder." + name), .. others[false]],
        };
    }

    /// <summary>A VideoMAE fine-tuning file (MCG-NJU/VideoMAE), inside <c>model</c> or <c>module</c>.</summary>
    /// <param name="state">The file's.</param>
    /// <param name="head">Whether the classes of its head are wanted too.</param>
    public static PublishedState VideoMae(IEnumerable<(string Name, Tensor Tensor)> state, bool head = false) =>
        Sort(Unwrapped(state, "model.", "module."), name => IsVideoMae(name) || (head && IsHead(name)), IsHead);

    /// <summary>VideoMAE's two biases in place of timm's one, for a network with <c>qkv.bias</c>: q, zeros, v.</summary>
    public static IEnumerable<(string Name, Tensor Tensor)> JoinedBiases(IEnumerable<(string Name, Tensor Tensor)> state)
    {
        var all = state.ToDictionary(e => e.Name, e => e.Tensor, StringComparer.Ordinal);
        foreach (var (name, tensor) in all)
        {
            var own = name.LastIndexOf('.') + 1;
            if (name[own..] == "q_bias")
            {
                yield return (name[..own] + "qkv.bias", Encoders.Attention.SplitBias(tensor, all[name[..own] + "v_bias"]));
            }
            else if (name[own..] != "v_bias")
            {
                yield return (name, tensor);
            }
        }
    }

    // Each prefix is taken off where every name has it, in this order.
    private static IEnumerable<(string Name, Tensor Tensor)> Unwrapped(IEnumerable<(string Name, Tensor Tensor)> state, params ReadOnlySpan<string> prefixes)
    {
        var named = state.ToList();
        foreach (var prefix in prefixes)
        {
            // A checkpoint holds more than its state, an optimiser for one: what has no prefix stays, and will be unknown.
            if (named.Exists(e => e.Name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                named = named.ConvertAll(e => e.Name.StartsWith(prefix, StringComparison.Ordinal) ? (e.Name[prefix.Length..], e.Tensor) : e);
            }
        }

        return named;
    }

    private static PublishedState Sort(IEnumerable<(string Name, Tensor Tensor)> state, Predicate<string> wanted, Predicate<string> known)
    {
        var all = state.ToList();
        return new PublishedState(
            all.FindAll(e => wanted(e.Name)),
            [.. all.Where(e => !wanted(e.Name) && known(e.Name)).Select(e => e.Name)],
            [.. all.Where(e => !wanted(e.Name) && !known(e.Name)).Select(e => e.Name)]);
    }

    private static bool IsVideoTransformer(string name) => name == "time_embed" || IsImageTransformer(name);

    private static bool IsImageTransformer(string name) =>
        name is "cls_token" or "pos_embed" || IsPart(name, "patch_embed.proj") || IsPart(name, "norm") || IsPart(name, "fc_norm") || IsOfBlock(name, OfBlocks);

    private static bool IsVideoMae(string name) =>
        IsPart(name, "patch_embed.proj") || IsPart(name, "norm") || IsPart(name, "fc_norm") || IsOfBlock(name, OfVideoMaeBlocks)
        || (BlockPart(name) is "attn.q_bias" or "attn.v_bias" or "attn.qkv.weight" or "gamma_1" or "gamma_2");

    private static bool IsHead(string name) => IsPart(name, "head");

    private static bool IsOfEncoder(string name) => name.StartsWith("encoder.", StringComparison.Ordinal);

    private static bool IsOfDecoder(string name) =>
        name is "mask_token" or "encoder_to_decoder.weight" || name.StartsWith("decoder.", StringComparison.Ordinal);

    private static bool IsPart(string name, string part) =>
        name.StartsWith(part, StringComparison.Ordinal) && name[part.Length..] is ".weight" or ".bias";

    private static bool IsOfBlock(string name, string[] parts) => BlockPart(name) is { } part && Array.Exists(parts, p => IsPart(part, p));

    // blocks.11.attn.qkv.weight: attn.qkv.weight.
    private static string? BlockPart(string name) =>
        name.Split('.', 3) is ["blocks", var number, var part] && number.All(char.IsAsciiDigit) ? part : null;
}
