using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>
/// A second network that follows the first slowly (mean teacher, Tarvainen and Valpola 2017; the key encoder of MoCo, He et al. 2020; the teacher of
/// DINO, Caron et al. 2021). It is a part of the method like the first, so that a checkpoint holds it.
/// </summary>
public static class MomentumCopy
{
    /// <summary>Makes a network equal to another, buffers too; it gathers no gradients from then on.</summary>
    /// <param name="target">The copy.</param>
    /// <param name="source">What is copied; names and shapes are the same.</param>
    /// <exception cref="StateMismatchException">They are not.</exception>
    public static void Begin(Module target, Module source)
    {
        target.Load(source.NamedState());
        target.RequireGrad(false);
    }

    /// <summary>target &lt;- momentum · target + (1 - momentum) · source, parameter by parameter (He et al. 2020, eq. 2).</summary>
    /// <param name="target">The copy.</param>
    /// <param name="source">What it follows.</param>
    /// <param name="momentum">m, 0 to 1: 1 leaves the copy as it is, 0 makes it the source.</param>
    /// <param name="buffers">Whether buffers are set to the source's; otherwise the copy keeps its own, such as the statistics that its batch norms gather.</param>
    /// <exception cref="ArgumentOutOfRangeException">The momentum is not from 0 to 1.</exception>
    /// <exception cref="StateMismatchException">Names differ, or shapes.</exception>
    public static void Update(Module target, Module source, double momentum, bool buffers = false)
    {
        if (momentum is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "a momentum is from 0 to 1");
        }

        using var noGrad = NoGrad.Enter();
        var (copies, originals) = Pairs([.. target.NamedParameters()], [.. source.NamedParameters()]);
        if (copies.Length > 0)
        {
            Tensor.ForeachMulInPlace(copies, momentum);
            Tensor.ForeachAddInPlace(copies, originals, 1 - momentum);
        }

        if (buffers)
        {
            var (own, others) = Pairs(Buffers(target), Buffers(source));
            foreach (var (buffer, other) in own.Zip(others))
            {
                buffer.CopyInPlace(other);
            }
        }
    }

    private static (Tensor[] Target, Tensor[] Source) Pairs((string Name, Tensor Tensor)[] target, (string Name, Tensor Tensor)[] source)
    {
        var given = source.ToDictionary(entry => entry.Name, entry => entry.Tensor, StringComparer.Ordinal);
        var missing = target.Where(entry => !given.ContainsKey(entry.Name)).Select(entry => entry.Name).ToList();
        var unexpected = given.Keys.Except(target.Select(entry => entry.Name), StringComparer.Ordinal).ToList();
        var shapes = target.Where(entry => given.TryGetValue(entry.Name, out var other) && !other.Shape.AsSpan().SequenceEqual(entry.Tensor.Shape))
            .Select(entry => entry.Name).ToList();
        return missing.Count + unexpected.Count + shapes.Count > 0
            ? throw new StateMismatchException(missing, unexpected, shapes)
            : ([.. target.Select(entry => entry.Tensor)], [.. target.Select(entry => given[entry.Name])]);
    }

    private static (string Name, Tensor Tensor)[] Buffers(Module network)
    {
        var parameters = network.NamedParameters().Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        return [.. network.NamedState().Where(entry => !parameters.Contains(entry.Name))];
    }
}
