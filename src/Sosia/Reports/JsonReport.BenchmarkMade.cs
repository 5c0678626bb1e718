namespace Sosia.Reports;

/// <summary>What making a benchmark did, as JSON.</summary>
public static partial class JsonReport
{
    /// <summary>Schema <c>sosia.benchmark-made/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="result">What was made.</param>
    public static void Write(Stream output, BenchmarkMade result) => Write(output, "sosia.benchmark-made/1", json =>
    {
        WritePath(json, "folder", result.Folder);
        WritePath(json, "truth", Path.Combine(result.Folder, "truth.csv"));
        WritePath(json, "originals", result.Originals);
        json.WriteNumber("sources", result.Sources);
        json.WriteNumber("made", result.Made);
        json.WriteNumber("kept", result.Kept);
        WriteArray(json, "skipped", result.Skipped, one => WritePathAnd(json, one.Path, "reason", one.Reason));
        WriteArray(json, "failures", result.Failures, one => WritePathAnd(json, one.Path, "reason", one.Reason));
    });
}
