namespace Sosia.Library.Tests;

/// <summary>What this assembly does when a test starts it as a program.</summary>
internal static class Child
{
    public static int Main(string[] args) => args.Length;
}
