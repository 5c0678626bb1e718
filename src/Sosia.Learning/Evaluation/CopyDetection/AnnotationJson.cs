using System.Text.Json;

namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>Walks through a JSON file and says on which line it is not what it ought to be.</summary>
internal ref struct AnnotationJson
{
    private readonly ReadOnlySpan<byte> json;
    private readonly string file;
    private Utf8JsonReader reader;

    private AnnotationJson(ReadOnlySpan<byte> json, string file)
    {
        this.json = json;
        this.file = file;
        reader = new Utf8JsonReader(json);
    }

    /// <summary>At the first token.</summary>
    /// <exception cref="AnnotationException">The file cannot be read, or is no JSON.</exception>
    public static AnnotationJson Open(string path)
    {
        var cursor = new AnnotationJson(AnnotationFile.Bytes(path), path);
        cursor.Next();
        return cursor;
    }

    public void Next()
    {
        try
        {
            reader.Read();
        }
        catch (JsonException error)
        {
            throw new AnnotationException(file, (error.LineNumber ?? 0) + 1, $"no JSON: {error.Message}", error);
        }
    }

    /// <summary>Steps into an object.</summary>
    public void Object(string what) => Start(JsonTokenType.StartObject, what, "object");

    /// <summary>Steps into a list.</summary>
    public void List(string what) => Start(JsonTokenType.StartArray, what, "list");

    /// <summary>Steps to the value of the object's next property; false at the object's end, which is passed.</summary>
    public bool Property(out string name)
    {
        name = "";
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            Next();
            return false;
        }

        name = Text();
        return true;
    }

    /// <summary>False at the list's end, which is passed.</summary>
    public bool Item()
    {
        if (reader.TokenType != JsonTokenType.EndArray)
        {
            return true;
        }

        Next();
        return false;
    }

    /// <summary>A text, which is passed.</summary>
    public string Text(string what = "a name")
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
        {
            throw Wrong($"{what} is no text");
        }

        try
        {
            var text = reader.GetString()!;
            Next();
            return text;
        }
        catch (InvalidOperationException error)
        {
            throw Wrong($"{what} is no valid text", error);
        }
    }

    /// <summary>A finite number, which is passed.</summary>
    public double Number(string what)
    {
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var value) || !double.IsFinite(value))
        {
            throw Wrong($"{what} is no finite number");
        }

        Next();
        return value;
    }

    /// <summary>A list of texts, which is passed.</summary>
    public List<string> Texts(string what)
    {
        var texts = new List<string>();
        List(what);
        while (Item())
        {
            texts.Add(Text(what));
        }

        return texts;
    }

    /// <summary>Passes over a value, whatever it is.</summary>
    public void Skip()
    {
        try
        {
            reader.Skip();
        }
        catch (JsonException error)
        {
            throw new AnnotationException(file, (error.LineNumber ?? 0) + 1, $"no JSON: {error.Message}", error);
        }

        Next();
    }

    public readonly AnnotationException Wrong(string reason, Exception? inner = null) =>
        new(file, json[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1, reason, inner);

    private void Start(JsonTokenType token, string what, string kind)
    {
        if (reader.TokenType != token)
        {
            throw Wrong($"{what} is no {kind}");
        }

        Next();
    }
}
