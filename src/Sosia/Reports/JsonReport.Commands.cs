using System.Text.Json;
using Sosia.Video.Packs;

namespace Sosia.Reports;

/// <summary>What the commands that change or describe things say, as JSON.</summary>
public static partial class JsonReport
{
    /// <summary>Schema <c>sosia.added/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="result">What an ingest did.</param>
    public static void Write(Stream output, IngestResult result) => Write(output, "sosia.added/1", json =>
    {
        json.WriteNumber("added", result.Added);
        json.WriteNumber("unchanged", result.Unchanged);
        json.WriteNumber("same_content", result.SameContent);
        json.WriteNumber("moved", result.Moved);
        json.WriteNumber("missing", result.Missing);
        WriteSeconds(json, "seconds", result.Seconds);
        WriteArray(json, "damaged", result.Damaged, d => WritePathAnd(json, d.Path, "damage", d.Damage));
        WriteArray(json, "failures", result.Failures, f => WritePathAnd(json, f.Path, "reason", f.Reason));
    });

    /// <summary>Schema <c>sosia.packed/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="folder">Of the pack.</param>
    /// <param name="result">What a packing did.</param>
    /// <param name="videos">How many videos the pack holds.</param>
    /// <param name="bytes">How large its frames are.</param>
    public static void Write(Stream output, string folder, PackingResult result, int videos, long bytes) => Write(output, "sosia.packed/1", json =>
    {
        WritePath(json, "pack", folder);
        json.WriteNumber("added", result.Added);
        json.WriteNumber("unchanged", result.Unchanged);
        json.WriteNumber("frames", result.Frames);
        WriteSeconds(json, "seconds", result.Seconds);
        json.WriteNumber("videos", videos);
        json.WriteNumber("bytes", bytes);
        WriteArray(json, "damaged", result.Damaged, d => WritePathAnd(json, d.Path, "damage", d.Damage));
        WriteArray(json, "failures", result.Failures, f => WritePathAnd(json, f.Path, "reason", f.Reason));
    });

    /// <summary>Schema <c>sosia.removed/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="result">What was taken out.</param>
    public static void Write(Stream output, RemovalResult result) => Write(output, "sosia.removed/1", json =>
    {
        json.WriteNumber("videos", result.Videos);
        json.WriteNumber("files", result.Files);
    });

    /// <summary>Schema <c>sosia.exported/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="written">The files.</param>
    public static void Write(Stream output, IReadOnlyList<string> written) => Write(output, "sosia.exported/1", json =>
        WriteArray(json, "files", written, path => json.WriteStringValue(Absolute(path))));

    /// <summary>Schema <c>sosia.models/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="embedders">The default first.</param>
    public static void Write(Stream output, IEnumerable<IEmbedder> embedders) => Write(output, "sosia.models/1", json =>
        WriteArray(json, "models", [.. embedders], embedder =>
        {
            json.WriteStartObject();
            json.WriteString("name", embedder.Model);
            json.WriteString("identity", embedder.Identity.Name);
            json.WriteString("description", embedder.Description);
            json.WriteBoolean("default", embedder == Embedders.Default);
            json.WriteEndObject();
        }));

    /// <summary>Schema <c>sosia.imported/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="imported">The model, and which entries of the checkpoint were used.</param>
    public static void Write(Stream output, ImportedModel imported) => Write(output, "sosia.imported/1", json =>
    {
        json.WriteString("model", imported.Model);
        WritePath(json, "path", imported.Path);
        json.WriteNumber("loaded", imported.Report.Loaded.Count);
        WriteArray(json, "resized", imported.Report.Resized, json.WriteStringValue);
        WriteArray(json, "left_out", imported.Report.LeftOut, json.WriteStringValue);
        WriteArray(json, "unknown", imported.Report.Unknown, json.WriteStringValue);
    });

    /// <summary>Schema <c>sosia.doctor/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="findings">What was looked for.</param>
    public static void Write(Stream output, IReadOnlyList<Finding> findings) => Write(output, "sosia.doctor/1", json =>
        WriteArray(json, "findings", findings, finding =>
        {
            json.WriteStartObject();
            json.WriteString("name", finding.Name);
            json.WriteBoolean("ok", finding.Ok);
            json.WriteString("found", finding.Found);
            json.WriteString("advice", finding.Advice);
            json.WriteEndObject();
        }));

    /// <summary>Schema <c>sosia.demo/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="checks">One a copy, and one a false match.</param>
    /// <param name="report">The page that was written.</param>
    public static void Write(Stream output, IReadOnlyList<DemoCheck> checks, string report) => Write(output, "sosia.demo/1", json =>
    {
        WritePath(json, "report", report);
        WriteArray(json, "checks", checks, check =>
        {
            json.WriteStartObject();
            json.WriteString("edit", check.Edit);
            json.WriteString("copy", check.Copy);
            json.WriteString("expected", check.Expected);
            json.WriteString("found", check.Found);
            json.WriteString("outcome", Outcome(check.Outcome));
            json.WriteEndObject();
        });
    });

    private static string Outcome(DemoOutcome outcome) => outcome switch
    {
        DemoOutcome.Found => "found",
        DemoOutcome.BeyondEmbedder => "beyond",
        _ => "wrong",
    };

    private static void WritePathAnd(Utf8JsonWriter json, string path, string name, string text)
    {
        json.WriteStartObject();
        WritePath(json, "path", path);
        json.WriteString(name, text);
        json.WriteEndObject();
    }
}
