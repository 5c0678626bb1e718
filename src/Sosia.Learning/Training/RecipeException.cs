namespace Sosia.Learning.Training;

/// <summary>A recipe that cannot be followed; the message says which value and what is allowed.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class RecipeException(string message, Exception? inner = null) : Exception(message, inner);
