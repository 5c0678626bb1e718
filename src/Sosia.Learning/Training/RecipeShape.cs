using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Sosia.Learning.Training;

/// <summary>Compares JSON with what a recipe is made of, and says what does not fit in the words of a recipe: the messages of the JSON reader speak of types of the program.</summary>
internal static class RecipeShape
{
    private const string Name = "name";

    /// <summary>All that does not fit.</summary>
    /// <exception cref="RecipeException">Something does not.</exception>
    public static void Throw(JsonNode? recipe)
    {
        var faults = Faults(recipe, RecipeJson.Default.Recipe, "").ToList();
        if (faults.Count > 0)
        {
            throw new RecipeException(string.Join("; ", faults));
        }
    }

    /// <summary>What an entry of a list goes by: its name where it has one.</summary>
    public static string? NameOf(JsonNode? node) => node is JsonObject owner && owner[Name] is JsonValue name ? name.ToString() : null;

    private static IEnumerable<string> Faults(JsonNode? node, JsonTypeInfo type, string path) => type.Kind switch
    {
        JsonTypeInfoKind.Object => node is JsonObject owner ? FaultsOfObject(owner, type, path) : [Wrong(node, path, "{ ... }")],
        JsonTypeInfoKind.Enumerable => node is JsonArray list ? FaultsOfList(list, type, path) : [Wrong(node, path, "a list: [ ... ]")],
        JsonTypeInfoKind.Dictionary => node is JsonObject ? [] : [Wrong(node, path, "{ ... }")],
        _ => IsValue(node, type) ? [] : [Wrong(node, path, Expected(type.Type))],
    };

    private static IEnumerable<string> FaultsOfList(JsonArray list, JsonTypeInfo type, string path)
    {
        var element = Info(type.ElementType!);
        return list.Index().SelectMany(one => Faults(one.Item, element, $"{path}.{NameOf(one.Item) ?? FormattableString.Invariant($"{one.Index}")}"));
    }

    private static IEnumerable<string> FaultsOfObject(JsonObject owner, JsonTypeInfo type, string path)
    {
        if (type.PolymorphismOptions is { } options)
        {
            var kinds = options.DerivedTypes.ToDictionary(kind => (string)kind.TypeDiscriminator!, kind => kind.DerivedType, StringComparer.Ordinal);
            if (NameOf(owner) is not { } name || !kinds.TryGetValue(name, out var derived))
            {
                return [owner[Name] is { } other ? Wrong(other, At(path, Name), Either(kinds.Keys)) : $"{At(path, Name)} is missing: it is {Either(kinds.Keys)}"];
            }

            return FaultsOfProperties(owner, Info(derived), path, [Name]);
        }

        return FaultsOfProperties(owner, type, path, []);
    }

    private static IEnumerable<string> FaultsOfProperties(JsonObject owner, JsonTypeInfo type, string path, IEnumerable<string> more)
    {
        var properties = type.Properties.ToDictionary(property => property.Name, StringComparer.Ordinal);
        var keys = more.Concat(properties.Keys).ToList();
        foreach (var key in owner.Select(child => child.Key).Except(keys, StringComparer.Ordinal))
        {
            yield return $"there is no {At(path, key)} in a recipe: in place of {key} there may stand {string.Join(", ", keys)}";
        }

        foreach (var property in properties.Values)
        {
            var at = At(path, property.Name);
            if (!owner.TryGetPropertyValue(property.Name, out var value))
            {
                if (property.IsRequired)
                {
                    yield return $"{at} is missing";
                }

                continue;
            }

            var inner = Nullable.GetUnderlyingType(property.PropertyType);
            if (value is null && (inner is not null || (property.IsSetNullable && !property.PropertyType.IsValueType)))
            {
                continue;
            }

            foreach (var fault in Faults(value, Info(inner ?? property.PropertyType), at))
            {
                yield return fault;
            }
        }
    }

    // Of an enumeration its words alone: the JSON reader would take numbers too, and any.
    private static bool IsValue(JsonNode? node, JsonTypeInfo type)
    {
        if (type.Type.IsEnum)
        {
            return node?.GetValueKind() == JsonValueKind.String && Words(type.Type).Contains(node.GetValue<string>(), StringComparer.OrdinalIgnoreCase);
        }

        try
        {
            return node is not null && node.Deserialize(type) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Wrong(JsonNode? node, string path, string expected) =>
        $"{(path.Length == 0 ? "a recipe" : path)} cannot be {node?.ToJsonString(RecipeJson.Readable) ?? "null"}: it is {expected}";

    private static string Expected(Type type)
    {
        if (type.IsEnum)
        {
            return Either(Words(type));
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Int32 or TypeCode.Int64 => "a whole number",
            TypeCode.Double => "a number",
            TypeCode.Boolean => "true or false",
            _ => "a text",
        };
    }

    private static string Either(IEnumerable<string> words) => string.Join(", ", words) is var all && all.LastIndexOf(", ", StringComparison.Ordinal) is var last and >= 0
        ? $"{all[..last]} or {all[(last + 2)..]}"
        : all;

    private static IEnumerable<string> Words(Type type) =>
        Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => JsonSerializer.Serialize(Enum.ToObject(type, value), Info(type)).Trim('"'));

    private static JsonTypeInfo Info(Type type) => RecipeJson.Default.GetTypeInfo(type)!;

    private static string At(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
