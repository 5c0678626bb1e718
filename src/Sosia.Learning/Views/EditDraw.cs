namespace Sosia.Learning.Views;

/// <summary>What an edit draws its parameters from.</summary>
/// <param name="Random">Its own.</param>
/// <param name="Strength">0 to 1: how far it goes.</param>
public sealed record EditDraw(SampleRandom Random, double Strength = 1)
{
    /// <summary>A value between two at full strength; the less strength, the nearer to what changes nothing.</summary>
    /// <param name="nothing">The value that changes nothing.</param>
    /// <param name="least">Lower bound at full strength.</param>
    /// <param name="most">Upper bound at full strength.</param>
    public double From(double nothing, double least, double most) => nothing + (Strength * (Random.Between(least, most) - nothing));

    /// <summary>One of these.</summary>
    public T Pick<T>(params ReadOnlySpan<T> values) => values[Random.Below(values.Length)];

    /// <summary>Left, or right, each as often.</summary>
    public double Sign() => Pick(-1.0, 1.0);
}
