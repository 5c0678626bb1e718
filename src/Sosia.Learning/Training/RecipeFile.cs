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

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, CommentHandling = JsonCommentHandling.Skip };
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
        return Checked(Parse(text.ReadToEnd(), name), name);
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
            return Checked(Parse(File.ReadAllText(path), path), path);
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
        var given = assignments.ToList();
        foreach (var assignment in given)
        {
            var parts = assignment.Split('=', 2);
            if (parts.Length != 2)
            {
                throw new RecipeException($"--set {assignment}: write PATH=VALUE, such as --set seed=2");
            }

            var root = JsonNode.Parse(Text(recipe))!.AsObject();
            Assign(root, parts[0].Trim(), parts[1].Trim());
            recipe = Parse(root.ToJsonString(), $"--set {assignment}"); // the next one may go into what this one brings
        }

        return Checked(recipe, $"--set {string.Join(' ', given)}"); // all together: one alone may need another
    }

    /// <summary>All values in their order, each with its source.</summary>
    public static IReadOnlyList<RecipeValue> Values(Recipe recipe)
    {
        var root = JsonNode.Parse(Text(recipe with { Sources = null }))!;
        return [.. Leaves(root, "").Select(leaf => new RecipeValue(leaf.Path, leaf.Value, SourceOf(recipe.Sources, leaf.Path)))];
    }

    /// <summary>A recipe of a text, with what it left out.</summary>
    /// <param name="json">The text.</param>
    /// <param name="from">What faults are told of.</param>
    /// <exception cref="RecipeException">It is no recipe.</exception>
    public static Recipe Parse(string json, string from)
    {
        try
        {
            var node = JsonNode.Parse(json, documentOptions: Strict);
            RecipeShape.Throw(node);
            var recipe = node.Deserialize(RecipeJson.Default.Recipe)!;
            return recipe with { Data = recipe.Data ?? new DataOptions(), Stages = [.. recipe.Stages.Select(stage => stage with { Schedule = stage.Schedule ?? new ScheduleOptions() })] };
        }
        catch (JsonException error)
        {
            var line = error.LineNumber is { } number ? $"line {number + 1}: " : "";
            throw new RecipeException($"{from}: {line}{error.Message.Split(" LineNumber:")[0].Split(" Path:")[0]}", error);
        }
        catch (RecipeException error)
        {
            throw new RecipeException($"{from}: {error.Message}", error);
        }
    }

    private static Recipe Checked(Recipe recipe, string from)
    {
        try
        {
            RecipeCheck.Throw(recipe);
            return recipe;
        }
        catch (RecipeException error)
        {
            throw new RecipeException($"{from}: {error.Message}", error);
        }
    }

    private static void Assign(JsonObject root, string path, string value)
    {
        var keys = path.Split('.');
        var (at, place) = ((JsonNode)root, "");
        foreach (var (i, key) in keys[..^1].Index())
        {
            var child = Child(at, key, path);
            place = Place(at, place, key, child);
            at = child ?? throw new RecipeException($"there is no {path} in the recipe: {place} is null; {string.Join('.', keys[..(i + 1)])}={{}} gives it its defaults");
        }

        var old = Child(at, keys[^1], path);
        place = Place(at, place, keys[^1], old);
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

        var kept = (root[Sources] as JsonObject ?? []).Where(source => source.Key != place && !source.Key.StartsWith(place + ".", StringComparison.Ordinal)).ToList();
        root[Sources] = new JsonObject([.. kept.Select(source => KeyValuePair.Create(source.Key, source.Value?.DeepClone())), KeyValuePair.Create(place, (JsonNode?)"set by you")]);
    }

    // The path of a child as Values writes it, however it was called; a list of numbers is one value.
    private static string Place(JsonNode at, string place, string key, JsonNode? child) => at switch
    {
        JsonArray list when !list.Any(one => one is JsonObject) => place,
        JsonArray => $"{place}.{RecipeShape.NameOf(child) ?? key}",
        _ => place.Length == 0 ? key : $"{place}.{key}",
    };

    private static JsonNode? Child(JsonNode at, string key, string path)
    {
        switch (at)
        {
            case JsonObject owner when (key != Sources || owner.Parent is not null) && owner.TryGetPropertyValue(key, out var child):
                return child;
            case JsonArray list when list.FirstOrDefault(one => RecipeShape.NameOf(one) == key) is { } named:
                return named;
            case JsonArray list when int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count:
                return list[index];
            case JsonValue:
                throw new RecipeException($"there is no {path} in the recipe: what stands before .{key} is a single value");
            default:
                throw new RecipeException($"there is no {path} in the recipe: in place of {key} there may stand {string.Join(", ", Keys(at))}");
        }
    }

    private static IEnumerable<string> Keys(JsonNode at) => at switch
    {
        JsonObject owner => owner.Select(property => property.Key).Where(key => key != Sources),
        JsonArray list => list.Select((one, i) => RecipeShape.NameOf(one) ?? i.ToString(CultureInfo.InvariantCulture)),
        _ => [],
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
        JsonArray list when list.Any(one => one is JsonObject) => list.SelectMany((one, i) => Leaves(one, $"{path}.{RecipeShape.NameOf(one) ?? i.ToString(CultureInfo.InvariantCulture)}")),
        _ => [(path, node?.ToJsonString(RecipeJson.Readable) ?? "null")],
    };

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
    RespectNullableAnnotations = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(Recipe))]
internal sealed partial class RecipeJson : JsonSerializerContext
{
    /// <summary>Without escapes that a reader of a terminal stumbles over.</summary>
    public static JsonSerializerOptions Readable { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
