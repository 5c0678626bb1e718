using System.Text.Json;
using Sosia.Video;

namespace Sosia.Reports;

/// <summary>What the page's script reads. Names are made printable here, so that no script has to.</summary>
internal static class ReportData
{
    internal static void Write(Utf8JsonWriter json, ReportContents contents)
    {
        json.WriteStartObject();
        json.WriteNumber("query", contents.Query ?? -1);
        json.WriteNumber("detailed", ReportModel.PairsInDetail);
        json.WriteNumber("sameSpeed", PairTraitsOf.SameSpeed);
        WriteVideos(json, contents);
        WriteGroups(json, contents);
        WritePairs(json, contents);
        json.WriteEndObject();
    }

    private static void WriteVideos(Utf8JsonWriter json, ReportContents contents)
    {
        json.WriteStartArray("videos");
        foreach (var (number, video) in contents.Videos.Index())
        {
            json.WriteStartObject();
            json.WriteString("name", Printable.Text(Path.GetFileName(video.Path)));
            json.WriteString("folder", Printable.Text(contents.FolderOf(video)));
            WriteNumber(json, "seconds", video.Duration, decimals: 3);
            if (contents.Thumbnails.TryGetValue(number, out var thumbnails))
            {
                json.WriteNumber("pictures", thumbnails.Pictures);
                WriteNumber(json, "aspect", thumbnails.Aspect, decimals: 3);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteGroups(Utf8JsonWriter json, ReportContents contents)
    {
        json.WriteStartArray("groups");
        foreach (var group in contents.Groups)
        {
            json.WriteStartObject();
            json.WriteNumber("representative", group.Representative);
            json.WriteStartArray("members");
            foreach (var member in group.Members)
            {
                json.WriteNumberValue(member);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePairs(Utf8JsonWriter json, ReportContents contents)
    {
        json.WriteStartArray("pairs");
        foreach (var (rank, numbered) in contents.Pairs.Index())
        {
            json.WriteStartObject();
            json.WriteNumber("a", numbered.A);
            json.WriteNumber("b", numbered.B);
            json.WriteNumber("group", numbered.Group);
            WriteNumber(json, "score", numbered.Pair.Score, decimals: 4);
            WriteTraits(json, numbered.Pair);
            WriteSegments(json, numbered.Pair.Segments);
            if (contents.Matrices.TryGetValue(rank, out var matrix))
            {
                json.WriteBase64String("matrix", matrix);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTraits(Utf8JsonWriter json, VideoPair pair)
    {
        var traits = PairTraitsOf.Of(pair);
        json.WriteBoolean("mirrored", traits.HasFlag(PairTraits.Mirrored));
        json.WriteBoolean("speed", traits.HasFlag(PairTraits.SpeedChanged));
        json.WriteBoolean("partial", traits.HasFlag(PairTraits.Partial));
        WriteNumber(json, "copied", PairTraitsOf.Covered(pair.Segments.Select(segment => segment.Query)), decimals: 3);
    }

    // [start in A, end in A, start in B, end in B, score, speed, variant: empty where plain], by the time in A.
    private static void WriteSegments(Utf8JsonWriter json, IReadOnlyList<CopiedSegment> segments)
    {
        json.WriteStartArray("segments");
        foreach (var segment in segments.OrderBy(segment => segment.Query.Start))
        {
            json.WriteStartArray();
            json.WriteNumberValue(Rounded(segment.Query.Start, 3));
            json.WriteNumberValue(Rounded(segment.Query.End, 3));
            json.WriteNumberValue(Rounded(segment.Reference.Start, 3));
            json.WriteNumberValue(Rounded(segment.Reference.End, 3));
            json.WriteNumberValue(Rounded(segment.Score, 4));
            json.WriteNumberValue(Rounded(segment.Speed, 4));
            json.WriteStringValue(segment.Variant == QueryVariant.Plain ? "" : segment.Variant.Name);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double value, int decimals) => json.WriteNumber(name, Rounded(value, decimals));

    private static double Rounded(double value, int decimals) => double.IsFinite(value) ? Math.Round(value, decimals) : 0;
}
