using System.Text.Json.Serialization;

namespace Sosia.Learning.Methods;

/// <summary>How much of a method there is.</summary>
public enum MethodState
{
    /// <summary>Named only.</summary>
    [JsonStringEnumMemberName("planned")]
    Planned,

    /// <summary>All of it: network, objectives, training, evaluation.</summary>
    [JsonStringEnumMemberName("whole")]
    Whole,
}

/// <summary>A method as it was published.</summary>
/// <param name="Id">As recipes and commands call it.</param>
/// <param name="Title">Of the paper.</param>
/// <param name="Authors">In their order.</param>
/// <param name="Venue">With its year.</param>
/// <param name="Arxiv">Number there.</param>
/// <param name="Purpose">What it is for, in a sentence.</param>
/// <param name="State">How much of it there is.</param>
/// <param name="Reconstruction">What of it is not the authors' but ours, where it is known what is; null while it is planned.</param>
public sealed record MethodCard(
    string Id, string Title, string Authors, string Venue, string Arxiv, string Purpose, MethodState State = MethodState.Planned, string? Reconstruction = null);
