using System.Collections;

namespace Sosia.Torch;

/// <summary>Modules named 0, 1, ... as in PyTorch: <c>blocks = Part("blocks", new ModuleList&lt;Block&gt;(...))</c> names the first <c>blocks.0</c>.</summary>
/// <typeparam name="T">Of all of them.</typeparam>
public sealed class ModuleList<T> : Module, IReadOnlyList<T>
    where T : Module
{
    private readonly T[] modules;

    /// <summary>Disposed with this list.</summary>
    public ModuleList(params IEnumerable<T> modules) => this.modules = [.. modules.Select((module, index) => Part($"{index}", module))];

    /// <inheritdoc/>
    public int Count => modules.Length;

    /// <inheritdoc/>
    public T this[int index] => modules[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)modules).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
