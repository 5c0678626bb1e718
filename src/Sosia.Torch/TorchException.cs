namespace Sosia.Torch;

/// <summary>Libtorch, or the door to it, refused: the message names the operator, the types and shapes of its arguments, and why.</summary>
public class TorchException : Exception
{
    /// <summary>With a message.</summary>
    public TorchException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and what led to it.</summary>
    public TorchException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>There is no memory for a tensor, on the CPU or on a GPU.</summary>
public sealed class TorchOutOfMemoryException(string message) : TorchException(message);

/// <summary>An argument of a call has the wrong kind, number or range; libtorch was not reached.</summary>
public sealed class TorchArgumentException(string message) : TorchException(message);

/// <summary>The libtorch that runs has no operator of this name.</summary>
public sealed class UnknownOperatorException(string message) : TorchException(message);

/// <summary>There is no libtorch, or none that can be loaded.</summary>
public sealed class TorchUnavailableException(string message) : TorchException(message);
