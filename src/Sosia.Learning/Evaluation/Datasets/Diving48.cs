using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Learning.Evaluation.Datasets;

/// <summary>Diving48 (Li et al. 2018) with the labels of version 2; those of version 1 have errors.</summary>
public static class Diving48
{
    /// <summary>Reads <c>Diving48_vocab.json</c>, <c>Diving48_V2_train.json</c> and <c>Diving48_V2_test.json</c>.</summary>
    /// <param name="folder">Of these files.</param>
    /// <exception cref="AnnotationException">One cannot be read, or is something else.</exception>
    public static LabelledSet Read(string folder)
    {
        var classes = ReadClasses(Path.Combine(folder, "Diving48_vocab.json"));
        return new LabelledSet(
            classes, ReadList(Path.Combine(folder, "Diving48_V2_train.json"), classes.Count), ReadList(Path.Combine(folder, "Diving48_V2_test.json"), classes.Count));
    }

    // [["Back", "15som", "05Twis", "FREE"], ..]
    private static List<string> ReadClasses(string path)
    {
        var classes = new List<string>();
        var json = AnnotationJson.Open(path);
        json.List("the file");
        while (json.Item())
        {
            classes.Add(string.Join(", ", json.Texts("a class")));
        }

        return classes;
    }

    // [{"vid_name": "..", "label": 26, "start_frame": 0, "end_frame": 151}, ..]
    private static List<LabelledVideo> ReadList(string path, int classes)
    {
        var videos = new List<LabelledVideo>();
        var json = AnnotationJson.Open(path);
        json.List("the file");
        while (json.Item())
        {
            var (video, label) = ("", -1.0);
            json.Object("a video");
            while (json.Property(out var name))
            {
                switch (name)
                {
                    case "vid_name":
                        video = json.Text("vid_name");
                        break;
                    case "label":
                        label = json.Number("label");
                        break;
                    default:
                        json.Skip();
                        break;
                }
            }

            if (video.Length == 0 || label < 0 || label >= classes || label != Math.Floor(label))
            {
                throw json.Wrong($"video {video}: no vid_name, or a label that is no class of {classes}");
            }

            videos.Add(new LabelledVideo($"{video}.mp4", (int)label));
        }

        return videos;
    }
}
