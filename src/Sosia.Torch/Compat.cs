using System.Collections.Concurrent;

namespace Sosia.Torch;

/// <summary>Where the libtorch that runs differs from 1.13, of which the typed methods were made: each difference, and its branch. A test finds new ones.</summary>
internal static class Compat
{
    /// <summary>Operators whose schema differs by more than SymInt for int and added arguments with defaults, and why that is harmless.</summary>
    public static readonly IReadOnlyDictionary<string, string> Differences = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["aten::std.correction"] = "correction is a Scalar since 2.0: an int is one",
        ["aten::var.correction"] = "correction is a Scalar since 2.0: an int is one",
    };

    private static readonly Operator FusedAdamW = new("aten::_fused_adamw_");
    private static readonly ConcurrentDictionary<DeviceType, bool> HasFusedAdamW = new();
    private static readonly Operator AttentionOf113 = new("aten::_scaled_dot_product_attention");
    private static readonly Operator AttentionOf2 = new("aten::scaled_dot_product_attention");

    /// <summary>Attention in one operator: its name and arguments are others in 1.13 and in 2.</summary>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, Tensor? mask, double dropout, bool causal)
    {
        if (AttentionOf2.Exists)
        {
            return AttentionOf2.Tensor(query, key, value, mask, dropout, causal);
        }

        var results = AttentionOf113.Tensors(query, key, value, mask, dropout, false, causal);
        results[1]?.Dispose(); // the weights, which nobody asked for
        return results[0];
    }

    /// <summary>A step of AdamW in one pass over memory: four times as fast as one operator after the other. Libtorch has it on GPUs since 2.0, on the CPU since 2.4.</summary>
    /// <param name="state">Parameters, gradients, their means and those of their squares.</param>
    /// <param name="steps">Taken by each parameter, this one too.</param>
    /// <param name="settings">Rate, two betas, decay, eps.</param>
    /// <returns>Whether it was done.</returns>
    public static bool StepAdamW((Tensor[] Parameters, Tensor[] Gradients, Tensor[] Means, Tensor[] Squares) state, ReadOnlySpan<long> steps, (double Rate, double Beta1, double Beta2, double Decay, double Eps) settings)
    {
        var (device, type) = (state.Parameters[0].Device, state.Parameters[0].Type);
        bool Fits(Tensor tensor) => tensor.IsContiguous && tensor.Device == device && tensor.Type == type; // it looks at nothing but the memory
        if (!HasFusedAdamW.GetOrAdd(device.Type, TryFusedAdamW) || !state.Parameters.All(Fits) || !state.Gradients.All(Fits))
        {
            return false;
        }

        var counts = new Dictionary<long, Tensor>(); // nearly always one
        var stepsOfEach = new Tensor[steps.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            stepsOfEach[i] = counts.TryGetValue(steps[i], out var known) ? known : counts[steps[i]] = Tensor.Full([], steps[i], ScalarType.Float32, device);
        }

        CallFusedAdamW(state, stepsOfEach, settings);
        return true;
    }

    private static void CallFusedAdamW(
        (Tensor[] Parameters, Tensor[] Gradients, Tensor[] Means, Tensor[] Squares) state,
        Tensor[] steps,
        (double Rate, double Beta1, double Beta2, double Decay, double Eps) settings) =>
        FusedAdamW.InPlace(
            state.Parameters,
            state.Gradients,
            state.Means,
            state.Squares,
            Array.Empty<Tensor>(),
            steps,
            settings.Rate,
            settings.Beta1,
            settings.Beta2,
            settings.Decay,
            settings.Eps,
            false,
            false);

    private static bool TryFusedAdamW(DeviceType device)
    {
        if (!FusedAdamW.Exists)
        {
            return false;
        }

        using var scope = TensorScope.Enter();
        Tensor One() => Tensor.Ones([1], device: new Device(device));
        try
        {
            CallFusedAdamW(([One()], [One()], [One()], [One()]), [Tensor.Full([], 1, ScalarType.Float32, new Device(device))], (0.1, 0.9, 0.9, 0, 1e-8));
            return true;
        }
        catch (TorchException)
        {
            return false; // 2.0 to 2.3 know its name on the CPU, too
        }
    }
}

public sealed partial class Tensor
{
    /// <summary>softmax(q kT / sqrt(d)) v over the last two dimensions (Vaswani et al. 2017, eq. 1).</summary>
    /// <param name="key">B x heads x S x d.</param>
    /// <param name="value">B x heads x S x d.</param>
    /// <param name="mask">Added to the scores, or true where attention is allowed; broadcast to B x heads x N x S.</param>
    /// <param name="dropout">Probability, applied to the weights.</param>
    /// <param name="causal">Whether a query sees only the keys up to its own place.</param>
    /// <returns>B x heads x N x d.</returns>
    public Tensor ScaledDotProductAttention(Tensor key, Tensor value, Tensor? mask = null, double dropout = 0, bool causal = false) =>
        Compat.Attention(this, key, value, mask, dropout, causal);
}
