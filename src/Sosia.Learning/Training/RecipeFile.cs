using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Sosia.Learning.Encoders;

namespace Sosia.Learning.Training;

/// <summary>A value of a recipe.</summary>
/// <param name="Path">Where it stands: <c>stages.similarity.optimiser.rate</c>; a stage goes by its name.</param>
/// <param name="Value">As JSON writes it.</param>
/// <param name="Source">Where it is from; null where the recipe does not say.</param>
public sealed record RecipeValue(string Path, string Value, string? Source);

/// <summary>Recipes as JSON: those that ship, files, and single values changed.</summary>
public static class RecipeFile
{
    private const string Prefix = "recipes/";
    private const string Sources = "sources";

    private static readonly Dictionary<string, TransformerSize> Sizes = new(StringComparer.Ordinal) { ["small"] = TransformerSize.Small, ["base"] = TransformerSize.Base };

    /// <summary>The recipes that ship: methods, and <c>method.size</c> for other sizes.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. typeof(RecipeFile).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Select(n => n[Prefix.Length..^".json".Length]).Order(StringComparer.Ordinal)];

    /// <summary>A recipe that ships.</summary>
    /// <exception cref="RecipeException">There is none of this name.</exception>
    public static Recipe Named(string name)
    {
        using var stream = typeof(RecipeFile).Assembly.GetManifestResourceStream($"{Prefix}{name}.json")
            ?? throw new RecipeException($"there is no recipe {name}: those that ship are {string.Join(", ", Names)}");
        using var text = new StreamReader(stream);
        return Parse(text.ReadToEnd(), name);
    }

    /// <summary>The recipe of a method in a size.</summary>
    /// <param name="method">From <see cref="Names"/>.</param>
    /// <param name="size">One that ships as <c>method.size</c>, or that of a vision transformer: the paper's recipe for another encoder. Null: the paper's.</param>
    /// <exception cref="RecipeException">There is no such method or size.</exception>
    public static Recipe Named(string method, string? size)
    {
        if (size is null || Names.Contains($"{method}.{size}", StringComparer.Ordinal))
        {
            return Named(size is null ? method : $"{method}.{size}");
        }

        var recipe = Named(method);
        return recipe.Encoder is VideoTransformerOptions encoder && Sizes.TryGetValue(size, out var other)
            ? recipe with { Name = $"{method}-{size}", Encoder = encoder with { Width = other.Width, Depth = other.Depth, Heads = other.Heads } }
            : throw new RecipeException($"there is no size {size} of {method}: tiny, {string.Join(", ", Sizes.Keys)}");
    }

    /// <summary>A recipe of a file.</summary>
    /// <exception cref="RecipeException">It cannot be read, or is no recipe.</exception>
    public static Recipe Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RecipeException($"cannot read the recipe {path}: {error.Message}", error);
        }
    }

    /// <summary>A recipe as JSON, with every value that it left out.</summary>
    public static string Text(Recipe recipe) => JsonSerializer.Serialize(recipe, RecipeJson.Default.Recipe);

    /// <summary>A recipe with values changed.</summary>
    /// <param name="recipe">Stays as it is.</param>
    /// <param name="assignments">Each <c>stages.similarity.batch=64</c>.</param>
    /// <exception cref="RecipeException">There is no such value, or it cannot be this.</exception>
    public static Recipe Set(Recipe recipe, IEnumerable<string> assignments)
    {
        var root = JsonNode.Parse(Text(recipe))!.AsObject();
        foreach (var assignment in assignments)
        {
            var parts = assignment.Split('=', 2);
            if (parts.Length != 2)
            {
                throw new RecipeException($"--set {assignment}: write PATH=VALUE, such as --set seed=2");
            }

            Assign(root, parts[0].Trim(), parts[1].Trim());
            root = JsonNode.Parse(Text(Parse(root.ToJsonString(), $"--set {assignment}")))!.AsObject(); // what it brings is filled in, and faults are named
        }

        return Parse(root.ToJsonString(), "--set");
    }

    /// <summary>All values in their order, each with its source.</summary>
    public static IReadOnlyList<RecipeValue> Values(Recipe recipe)
    {
        var root = JsonNode.Parse(Text(recipe with { Sources = null }))!;
        return [.. Leaves(root, "").Select(leaf => new RecipeValue(leaf.Path, leaf.Value, SourceOf(recipe.Sources, leaf.Path)))];
    }

    private static Recipe Parse(string json, string from)
    {
        try
        {
            var recipe = JsonSerializer.Deserialize(json, RecipeJson.Default.Recipe) ?? throw new RecipeException($"{from}: the recipe is empty");
            RecipeCheck.Throw(recipe);
            return recipe with { Data = recipe.Data ?? new DataOptions(), Stages = [.. recipe.Stages.Select(stage => stage with { Schedule = stage.Schedule ?? new ScheduleOptions() })] };
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw new RecipeException($"{from}: {error.Message}", error);
        }
        catch (RecipeException error)
        {
            throw new RecipeException($"{from}: {error.Message}", error);
        }
    }

    private static void Assign(JsonObject root, string path, string value)
    {
        var keys = path.Split('.');
        JsonNode at = root;
        for (var i = 0; i < keys.Length - 1; i++)
        {
            at = Child(at, keys[i], path) ?? throw new RecipeException($"there is no {path} in the recipe: {string.Join('.', keys[..(i + 1)])} is null");
        }

        var old = Child(at, keys[^1], path);
        var given = Literal(value, old);
        switch (at)
        {
            case JsonObject owner:
                owner[keys[^1]] = given;
                break;
            case JsonArray list:
                list[list.IndexOf(old)] = given;
                break;
        }

        var sources = root[Sources] as JsonObject ?? [];
        sources[path] = "set by you";
        root[Sources] = sources;
    }

    private static JsonNode? Child(JsonNode at, string key, string path)
    {
        switch (at)
        {
            case JsonObject owner when owner.TryGetPropertyValue(key, out var child):
                return child;
            case JsonArray list when list.FirstOrDefault(one => NameOf(one) == key) is { } named:
                return named;
            case JsonArray list when int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count:
                return list[index];
            default:
                throw new RecipeException($"there is no {path} in the recipe: in place of {key} there may stand {string.Join(", ", Keys(at))}");
        }
    }

    private static IEnumerable<string> Keys(JsonNode at) => at switch
    {
        JsonObject owner => owner.Select(property => property.Key).Where(key => key != Sources),
        JsonArray list => list.Select((one, i) => NameOf(one) ?? i.ToString(CultureInfo.InvariantCulture)),
        _ => ["nothing"],
    };

    // A word that is no JSON is a string, so that nobody must quote twice; so is anything that takes the place of a string.
    private static JsonNode? Literal(string value, JsonNode? old)
    {
        if (old is JsonValue text && text.GetValueKind() == JsonValueKind.String && value != "null")
        {
            return JsonValue.Create(value);
        }

        try
        {
            return JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            return JsonValue.Create(value);
        }
    }

    private static IEnumerable<(string Path, string Value)> Leaves(JsonNode? node, string path) => node switch
    {
        JsonObject owner => owner.Where(property => path.Length > 0 || property.Key != Sources)
            .SelectMany(property => Leaves(property.Value, path.Length == 0 ? property.Key : $"{path}.{property.Key}")),
        JsonArray list when list.Any(one => one is JsonObject) => list.SelectMany((one, i) => Leaves(one, $"{path}.{NameOf(one) ?? i.ToString(CultureInfo.InvariantCulture)}")),
        _ => [(path, node?.ToJsonString(RecipeJson.Readable) ?? "null")],
    };

    private static string? NameOf(JsonNode? node) => node is JsonObject owner && owner["name"] is JsonValue name ? name.ToString() : null;

    private static string? SourceOf(IReadOnlyDictionary<string, string>? sources, string path)
    {
        for (var prefix = path; prefix.Length > 0; prefix = prefix.LastIndexOf('.') is var dot and >= 0 ? prefix[..dot] : "")
        {
            if (sources?.TryGetValue(prefix, out var source) == true)
            {
                return source;
            }
        }

        return null;
    }
}

/// <summary>How recipes are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowOutOfOrderMetadataProperties = true,
    RespectRequiredConstructorParameters = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(Recipe))]
internal sealed partial class RecipeJson : JsonSerializerContext
{
    /// <summary>Without escapes that a reader of a terminal stumbles over.</summary>
    public static JsonSerializerOptions Readable { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
