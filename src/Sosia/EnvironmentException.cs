namespace Sosia;

/// <summary>The machine lacks something that was needed: the message says what, and how to get it.</summary>
public sealed class EnvironmentException : Exception
{
    /// <summary>With a message.</summary>
    public EnvironmentException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and what led to it.</summary>
    public EnvironmentException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
