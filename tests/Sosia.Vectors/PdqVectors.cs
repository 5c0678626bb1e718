namespace Sosia.Vectors;

/// <summary>The cases of <c>pdq</c>.</summary>
public static class PdqVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = new Dictionary<string, Action<VectorCase>>
    {
    };
}
