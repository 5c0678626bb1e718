namespace Sosia;

/// <summary>What was asked cannot be done as it was asked: the message says what to ask instead.</summary>
public sealed class UsageException(string message) : Exception(message);
