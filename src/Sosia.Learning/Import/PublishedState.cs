using Sosia.Torch;

namespace Sosia.Learning.Import;

/// <summary>A published state under our names.</summary>
/// <param name="State">What the network gets; tensors are those given.</param>
/// <param name="LeftOut">Names of the file that the network has no use for, and that are known: a decoder, a head.</param>
/// <param name="Unknown">Names of the file that nobody knows: to be told to the user.</param>
public sealed record PublishedState(
    IReadOnlyList<(string Name, Tensor Tensor)> State, IReadOnlyList<string> LeftOut, IReadOnlyList<string> Unknown);

/// <summary>What became of a published state.</summary>
/// <param name="Loaded">Names of the network that were set.</param>
/// <param name="Resized">Of these, position tables that were brought to the network's size.</param>
/// <param name="Fresh">Names of the network that keep their starting values.</param>
/// <param name="LeftOut">As in <see cref="PublishedState"/>.</param>
/// <param name="Unknown">As in <see cref="PublishedState"/>.</param>
public sealed record ImportReport(
    IReadOnlyList<string> Loaded,
    IReadOnlyList<string> Resized,
    IReadOnlyList<string> Fresh,
    IReadOnlyList<string> LeftOut,
    IReadOnlyList<string> Unknown);
