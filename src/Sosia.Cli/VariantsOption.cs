using System.CommandLine;

namespace Sosia.Cli;

/// <summary>`--variants NAMES`: how queries are looked for beside plain.</summary>
internal static class VariantsOption
{
    public static Option<string> Create() => new("--variants")
    {
        Description = $"look for queries changed so, too: {string.Join(", ", VariantChoice.Names)}, with commas between them; inverted: the negative; turned by 90, 180 and 270 degrees; quarters and centre enlarged, for pictures in pictures. "
            + "Each of the 1, 1, 3 and 5 variants embeds the query once more; the library stays as it is",
        HelpName = "NAMES",
        DefaultValueFactory = _ => QueryVariant.Mirrored.Group,
    };
}
