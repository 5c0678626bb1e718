namespace Sosia.Torch;

/// <summary>Trades time for memory: a part of a network keeps only its inputs, and is run once more when its gradients are wanted (Chen et al. 2016, 1604.06174).</summary>
public static class GradientCheckpoint
{
    /// <summary>Runs a part of a network so.</summary>
    /// <param name="part">From the inputs to one output. Its parameters must be leaves; it may hold no tensor that is freed before the backward pass.</param>
    /// <param name="device">Where it runs: the random numbers it draws there are drawn again.</param>
    /// <param name="inputs">At least one must require a gradient, as in PyTorch.</param>
    public static Tensor Run(Func<Tensor[], Tensor> part, Device device, params Tensor[] inputs)
    {
        using var random = RandomState(device);
        Tensor output;
        using (NoGrad.Enter())
        using (var scope = TensorScope.Enter())
        {
            output = scope.Keep(part(inputs));
        }

        var autocast = AutocastState.Of(device.Type);
        CustomFunction.Attach(inputs, [output], [random, .. inputs], (gradients, saved) => Again(part, device, autocast, gradients[0], saved));
        return output;
    }

    private static Tensor?[] Again(Func<Tensor[], Tensor> part, Device device, AutocastState autocast, Tensor? gradient, ReadOnlySpan<Tensor> saved)
    {
        if (gradient is null)
        {
            return new Tensor?[saved.Length - 1];
        }

        using var generator = Generator.Default(device);
        using var now = generator.State();
        Tensor[] inputs = [.. saved[1..].ToArray().Select(t => t.Detach().RequireGrad(t.RequiresGrad))];
        Tensor output;
        generator.Restore(saved[0]);
        try
        {
            using var grad = EnableGrad.Enter();
            using var mode = autocast.Enter();
            output = part(inputs);
        }
        finally
        {
            generator.Restore(now);
        }

        output.Backward(gradient); // the parameters gather theirs here
        return [.. inputs.Select(input => input.Grad)];
    }

    private static Tensor RandomState(Device device)
    {
        using var generator = Generator.Default(device);
        return generator.State();
    }

    private readonly record struct AutocastState(DeviceType Device, bool Enabled, ScalarType Type)
    {
        public static AutocastState Of(DeviceType device)
        {
            Native.NativeTorch.Check(Native.NativeTorch.sosia_autocast(device, out var mode), "autocast");
            return new AutocastState(device, mode.Enabled != 0, mode.Type);
        }

        public Autocast Enter() => Autocast.Enter(Device, Type, Enabled);
    }
}
