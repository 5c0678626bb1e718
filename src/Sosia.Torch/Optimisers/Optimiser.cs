namespace Sosia.Torch;

/// <summary>Changes parameters by their gradients. A parameter without a gradient stays as it is, and so does its state.</summary>
public abstract class Optimiser : IDisposable
{
    private const string Steps = "step";

    private readonly string[] stateNames;

    private protected Optimiser(IEnumerable<ParameterGroup> groups, double learningRate, double weightDecay, params string[] stateNames)
    {
        this.stateNames = stateNames;
        Groups = [.. groups];
        foreach (var group in Groups)
        {
            group.Complete(learningRate, weightDecay);
        }

        if (All.GroupBy(p => p.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"the parameter {twice.Key} is given twice", nameof(groups));
        }
    }

    /// <summary>As given; their rates may be changed between steps.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    private IEnumerable<TrainedParameter> All => Groups.SelectMany(group => group.Parameters);

    /// <summary>One step along the gradients that the parameters hold.</summary>
    public void Step()
    {
        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        foreach (var group in Groups)
        {
            var active = new List<TrainedParameter>(group.Parameters.Count);
            var gradients = new List<Tensor>(group.Parameters.Count);
            foreach (var parameter in group.Parameters)
            {
                if (parameter.Tensor.Grad is { } gradient)
                {
                    Begin(parameter);
                    parameter.Steps++;
                    active.Add(parameter);
                    gradients.Add(gradient);
                }
            }

            if (active.Count > 0)
            {
                Update(group, active, [.. gradients]);
            }
        }
    }

    /// <summary>Forgets all gradients.</summary>
    public void ZeroGrad()
    {
        foreach (var parameter in All)
        {
            parameter.Tensor.Grad = null;
        }
    }

    /// <summary>
    /// What a checkpoint needs beside the parameters, under names such as <c>head.weight.exp_avg</c>; rates belong to the schedule. The tensors
    /// are those in use: write them, or clone them, before the next step.
    /// </summary>
    public IEnumerable<(string Name, Tensor Tensor)> State()
    {
        foreach (var parameter in All.Where(p => p.Steps > 0))
        {
            yield return ($"{parameter.Name}.{Steps}", Tensor.Of(parameter.Steps));
            foreach (var (name, tensor) in stateNames.Zip(parameter.State))
            {
                yield return ($"{parameter.Name}.{name}", tensor);
            }
        }
    }

    /// <summary>Goes on from where <see cref="State"/> was taken: every step to come is the same, bit for bit.</summary>
    /// <exception cref="StateMismatchException">Names are missing or unexpected, or shapes differ: all of them are listed, and nothing is changed.</exception>
    public void Load(IEnumerable<(string Name, Tensor Tensor)> state)
    {
        var given = state.ToDictionary(entry => entry.Name, entry => entry.Tensor, StringComparer.Ordinal);
        var begun = All.Where(p => given.ContainsKey($"{p.Name}.{Steps}")).ToList();
        var expected = begun.SelectMany(p => stateNames.Select(name => (Name: $"{p.Name}.{name}", p.Tensor))).ToList();
        var shapes = expected.Where(e => given.TryGetValue(e.Name, out var g) && !g.Shape.AsSpan().SequenceEqual(e.Tensor.Shape))
            .Select(e => $"{e.Name} is {given[e.Name].Describe()} instead of {e.Tensor.Describe()}");
        StateMismatchException.ThrowIfAny(
            [.. expected.Select(e => e.Name).Where(name => !given.ContainsKey(name))],
            [.. given.Keys.Except(expected.Select(e => e.Name).Concat(begun.Select(p => $"{p.Name}.{Steps}")), StringComparer.Ordinal)],
            [.. shapes]);

        using var noGrad = NoGrad.Enter();
        foreach (var parameter in All)
        {
            Forget(parameter);
        }

        foreach (var parameter in begun)
        {
            Begin(parameter);
            parameter.Steps = (long)given[$"{parameter.Name}.{Steps}"].Item();
            foreach (var (name, tensor) in stateNames.Zip(parameter.State))
            {
                tensor.CopyInPlace(given[$"{parameter.Name}.{name}"]);
            }
        }
    }

    /// <summary>Frees the state, not the parameters.</summary>
    public void Dispose()
    {
        foreach (var parameter in All)
        {
            Forget(parameter);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Changes parameters that have a gradient, and their state; their steps are counted already.</summary>
    private protected abstract void Update(ParameterGroup group, IReadOnlyList<TrainedParameter> parameters, Tensor[] gradients);

    private static void Forget(TrainedParameter parameter)
    {
        Array.ForEach(parameter.State, tensor => tensor.Dispose());
        (parameter.State, parameter.Steps) = ([], 0);
    }

    private void Begin(TrainedParameter parameter)
    {
        if (parameter.State.Length == stateNames.Length)
        {
            return;
        }

        parameter.State = [.. stateNames.Select(_ => parameter.Tensor.ZerosLike())];
        Array.ForEach(parameter.State, TensorScope.Release);
    }
}
