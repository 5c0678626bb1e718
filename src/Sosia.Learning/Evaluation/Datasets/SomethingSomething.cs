using System.Globalization;
using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Learning.Evaluation.Datasets;

/// <summary>Something-Something v2 (Goyal et al. 2017): 174 classes. Directions matter: such videos are never mirrored.</summary>
public static class SomethingSomething
{
    private const string Prefix = "something-something-v2-";

    /// <summary>Reads <c>something-something-v2-labels.json</c>, <c>-train.json</c> and <c>-validation.json</c>, which is what papers test on.</summary>
    /// <param name="folder">Of these files.</param>
    /// <exception cref="AnnotationException">One cannot be read, or is something else.</exception>
    public static LabelledSet Read(string folder)
    {
        var labels = ReadLabels(Path.Combine(folder, $"{Prefix}labels.json"));
        return new LabelledSet(
            [.. labels.OrderBy(label => label.Value).Select(label => label.Key)],
            ReadList(Path.Combine(folder, $"{Prefix}train.json"), labels),
            ReadList(Path.Combine(folder, $"{Prefix}validation.json"), labels));
    }

    // {"Approaching something with your camera": "0", ..}
    private static Dictionary<string, int> ReadLabels(string path)
    {
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        var json = AnnotationJson.Open(path);
        json.Object("the file");
        while (json.Property(out var template))
        {
            var number = json.Text($"the number of {template}");
            if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var label) || !labels.TryAdd(template, label))
            {
                throw json.Wrong($"class {template} twice, or without a number");
            }
        }

        return labels.Values.Order().SequenceEqual(Enumerable.Range(0, labels.Count))
            ? labels
            : throw new AnnotationException(path, 0, $"the numbers of {labels.Count} classes are not 0 to {labels.Count - 1}");
    }

    // [{"id": "78687", "label": ".., "template": "Holding [something] next to [something]", "placeholders": [..]}, ..]
    private static List<LabelledVideo> ReadList(string path, Dictionary<string, int> labels)
    {
        var videos = new List<LabelledVideo>();
        var json = AnnotationJson.Open(path);
        json.List("the file");
        while (json.Item())
        {
            var (id, template) = ("", "");
            json.Object("a video");
            while (json.Property(out var name))
            {
                switch (name)
                {
                    case "id":
                        id = json.Text("id");
                        break;
                    case "template":
                        template = json.Text("template").Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
                        break;
                    default:
                        json.Skip();
                        break;
                }
            }

            if (id.Length == 0 || !labels.TryGetValue(template, out var label))
            {
                throw json.Wrong($"video {id}: no id, or no class {template}");
            }

            videos.Add(new LabelledVideo($"{id}.webm", label));
        }

        return videos;
    }
}
