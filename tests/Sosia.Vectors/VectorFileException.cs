namespace Sosia.Vectors;

/// <summary>The vector file is not what the format says; the message names the file, the case and the tensor.</summary>
public sealed class VectorFileException : Exception
{
    public VectorFileException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>A result does not agree with its vector; the message names the first difference.</summary>
public sealed class VectorMismatchException : Exception
{
    public VectorMismatchException(string message)
        : base(message)
    {
    }
}
