using System.Text.Json;
using Sosia.Learning.Methods;
using Sosia.Learning.Training;

namespace Sosia.Reports;

/// <summary>Methods and their recipes as JSON.</summary>
public static partial class JsonReport
{
    /// <summary>Schema <c>sosia.methods/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="methods">In their order.</param>
    public static void Write(Stream output, IReadOnlyList<MethodCard> methods) => Write(output, "sosia.methods/1", json =>
        WriteArray(json, "methods", methods, card =>
        {
            json.WriteStartObject();
            WriteCard(json, card);
            json.WriteEndObject();
        }));

    /// <summary>Schema <c>sosia.method/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="method">Its card.</param>
    /// <param name="recipe">Null where there is none yet.</param>
    public static void Write(Stream output, MethodCard method, Recipe? recipe) => Write(output, "sosia.method/1", json =>
    {
        WriteCard(json, method);
        json.WriteString("reconstruction", method.Reconstruction);
        json.WriteString("recipe", recipe?.Name);
        WriteArray(json, "values", recipe is null ? [] : RecipeFile.Values(recipe), value =>
        {
            json.WriteStartObject();
            json.WriteString("path", value.Path);
            json.WritePropertyName("value");
            json.WriteRawValue(value.Value);
            json.WriteString("source", value.Source);
            json.WriteEndObject();
        });
    });

    private static void WriteCard(Utf8JsonWriter json, MethodCard card)
    {
        json.WriteString("id", card.Id);
        json.WriteString("title", card.Title);
        json.WriteString("authors", card.Authors);
        json.WriteString("venue", card.Venue);
        json.WriteString("arxiv", card.Arxiv);
        json.WriteString("purpose", card.Purpose);
        json.WriteString("state", card.State == MethodState.Whole ? "whole" : "planned");
    }
}
