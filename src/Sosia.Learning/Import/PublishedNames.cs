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

    /// <summary>
    /// DINOv2 (facebookresearch/dinov2), with registers or without, for a <see cref="Encoders.VisionTransformer"/> with layer scale. Files with the MLP of
    /// the giant have unknown names.
    /// </summary>
    public static PublishedState DinoV2(IEnumerable<(string Name, Tensor Tensor)> state) =>
        Sort(
            Unwrapped(state, "model.", "module.").Select(e => (Renamed(e.Name), e.Tensor)),
            name => name == "register_tokens" || IsImageTransformer(name) || BlockPart(name) is "gamma_1" or "gamma_2",
            name => name == "mask_token" || IsHead(name));

    /// <summary>The encoder of SVT (kahnchana/svt), of the published file or a training checkpoint: names under <c>backbone.</c>, perhaps inside <c>teacher</c>.</summary>
    /// <param name="state">The file's.</param>
    /// <param name="student">Whether a checkpoint's student is wanted; otherwise its teacher, as the authors evaluate.</param>
    public static PublishedState Svt(IEnumerable<(string Name, Tensor Tensor)> state, bool student = false) =>
        OfSvt(state, student, "backbone.", "head.", IsVideoTransformer);

    /// <summary>The projection head of SVT's training checkpoints, for a <see cref="Parts.PrototypeHead"/>.</summary>
    /// <inheritdoc cref="Svt"/>
    public static PublishedState SvtHead(IEnumerable<(string Name, Tensor Tensor)> state, bool student = false) =>
        OfSvt(state, student, "head.", "backbone.", IsPrototypeHead);

    /// <summary>A student of MVD (ruiwang2021/mvd), inside <c>model</c>: all of it, for an <see cref="Encoders.MvdStudent"/>.</summary>
    public static PublishedState MvdStudent(IEnumerable<(string Name, Tensor Tensor)> state) =>
        Sort(Unwrapped(state, "model.", "module."), name => IsVideoMae(name) || IsOfMvdDecoders(name), static _ => false);

    /// <summary>The encoder of an MVD student, for a <see cref="Encoders.VideoMae"/> with positions of the grid and <see cref="Encoders.VideoMaePooling.MeanAsIs"/>.</summary>
    public static PublishedState MvdEncoder(IEnumerable<(string Name, Tensor Tensor)> state) =>
        Sort(Unwrapped(state, "model.", "module."), IsVideoMae, IsOfMvdDecoders);

    /// <summary>The encoder of an MAE file as MVD's image teacher has it: its positions are MAE's table for the grid that is asked for.</summary>
    /// <param name="state">The file's.</param>
    /// <param name="rows">Of patches.</param>
    /// <param name="columns">Of patches.</param>
    public static PublishedState MvdImageTeacher(IEnumerable<(string Name, Tensor Tensor)> state, int rows, int columns)
    {
        var published = MaskedAutoencoder(state);
        return published with { State = [.. published.State.Select(e => e.Name == "pos_embed" ? (e.Name, Encoders.PositionTables.Sine(rows, columns, (int)e.Tensor.Size(2))) : e)] };
    }

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

    // A checkpoint holds both networks, an optimiser and a centre; the published file one network alone.
    private static PublishedState OfSvt(IEnumerable<(string Name, Tensor Tensor)> state, bool student, string part, string other, Predicate<string> isEntry)
    {
        var named = state.ToList();
        var (wanted, unwanted) = student ? ("student.", "teacher.") : ("teacher.", "student.");
        var own = named.Exists(e => e.Name.StartsWith(wanted, StringComparison.Ordinal)) ? wanted : "";
        var entries = named.FindAll(e => e.Name.StartsWith(own, StringComparison.Ordinal) && !e.Name.StartsWith(unwanted, StringComparison.Ordinal));
        var inside = Unwrapped(entries.Select(e => (e.Name[own.Length..], e.Tensor)), "module.").ToList();
        var sorted = Sort(
            inside.Where(e => e.Name.StartsWith(part, StringComparison.Ordinal)).Select(e => (e.Name[part.Length..], e.Tensor)), isEntry, static _ => false);
        var others = inside.Where(e => !e.Name.StartsWith(part, StringComparison.Ordinal)).ToLookup(e => e.Name.StartsWith(other, StringComparison.Ordinal), e => e.Name);
        return sorted with { LeftOut = [.. others[true], .. named.Except(entries).Select(e => e.Name)], Unknown = [.. sorted.Unknown, .. others[false]] };
    }

    // DINOv2 calls its layer scale ls1.gamma, where VideoMAE has gamma_1.
    private static string Renamed(string name) => name.Replace(".ls1.gamma", ".gamma_1", StringComparison.Ordinal).Replace(".ls2.gamma", ".gamma_2", StringComparison.Ordinal);

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

    private static bool IsPrototypeHead(string name) =>
        name is "last_layer.weight_g" or "last_layer.weight_v" || IsPart(name, "mlp.0") || IsPart(name, "mlp.2") || IsPart(name, "mlp.4");

    private static bool IsOfMvdDecoders(string name) =>
        name is "pos_embed" or "pos_embed_img" or "pos_embed_vid" or "mask_token_img" or "mask_token_vid" || IsPart(name, "down_img") || IsPart(name, "down_vid")
        || name.StartsWith("decoder_img.", StringComparison.Ordinal) || name.StartsWith("decoder_vid.", StringComparison.Ordinal);

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
