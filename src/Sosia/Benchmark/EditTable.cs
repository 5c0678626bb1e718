using Sosia.Video;

namespace Sosia;

/// <summary>The table of edits as Markdown: docs/edits.md holds it.</summary>
public static class EditTable
{
    /// <summary>A heading, its rule, and a row an edit.</summary>
    public static IReadOnlyList<string> Markdown { get; } =
    [
        "| name | group | what | drawn from |",
        "| --- | --- | --- | --- |",
        .. Edits.All.Select(edit => $"| `{edit.Name}` | {GroupName(edit)} | {edit.What} | {edit.Range} |"),
    ];

    /// <summary>The name of an edit's group, lower case.</summary>
    public static string GroupName(Edit edit) => edit.Group.ToString().ToLowerInvariant();
}
