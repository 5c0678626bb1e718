using System.Xml.Linq;

namespace Sosia.Tests.House;

/// <summary>What a project may reference: of ours, and of others. The order is that of ARCHITECTURE.md: references point upward only.</summary>
internal sealed record Layer(string Project, string[] Ours, string[] Packages);

internal static class Layers
{
    public static readonly Layer[] Order =
    [
        new("Sosia.Torch", [], []),
        new("Sosia.Video", [], ["System.Numerics.Tensors", "System.IO.Hashing"]),
        new("Sosia.Matching", [], ["System.Numerics.Tensors", "MathNet.Numerics"]),
        new("Sosia.Library", ["Sosia.Matching"], ["Microsoft.Data.Sqlite", "SQLitePCLRaw.bundle_e_sqlite3", "SQLitePCLRaw.core", "System.IO.Hashing"]),
        new("Sosia.Learning", ["Sosia.Torch", "Sosia.Video", "Sosia.Matching"], ["System.Numerics.Tensors", "MathNet.Numerics"]),
        new("Sosia", ["Sosia.Torch", "Sosia.Video", "Sosia.Matching", "Sosia.Library", "Sosia.Learning"], ["System.Numerics.Tensors"]),
        new("Sosia.Cli", ["Sosia.Video", "Sosia.Matching", "Sosia.Library", "Sosia.Learning", "Sosia"], ["System.CommandLine", "Spectre.Console"]),
    ];

    /// <summary>What this project file references and may not.</summary>
    public static IEnumerable<string> Faults(TextFile project)
    {
        var name = Path.GetFileNameWithoutExtension(project.Path);
        var layer = Order.SingleOrDefault(layer => layer.Project == name);
        if (layer is null)
        {
            return [$"{name} is in no layer: give it a place in Layers.Order and in ARCHITECTURE.md"];
        }

        var xml = XDocument.Parse(project.Text);
        return Included(xml, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))
            .Except(layer.Ours).Select(other => $"{name} may not reference {other}")
            .Concat(Included(xml, "PackageReference").Except(layer.Packages).Select(other => $"{name} may not use the package {other}"))
            .Concat(Included(xml, "Reference").Select(other => $"{name} may not reference the file {other}"));
    }

    /// <summary>Packages without one exact central version.</summary>
    public static IEnumerable<string> LooseVersions(TextFile central, IEnumerable<TextFile> projects)
    {
        var versions = XDocument.Parse(central.Text).Descendants("PackageVersion").ToLookup(At("Include"), At("Version"));
        var loose = versions.SelectMany(package => package, (package, version) => (package.Key, version))
            .Where(package => !IsExact(package.version)).Select(package => $"{package.Key} {package.version}: not one exact version");
        var twice = versions.Where(package => package.Count() > 1).Select(package => $"{package.Key}: two versions");
        var own = projects.SelectMany(project => XDocument.Parse(project.Text).Descendants("PackageReference"), (project, reference) => (project, reference))
            .Where(use => use.reference.Attribute("Version") is not null || use.reference.Attribute("VersionOverride") is not null || !versions.Contains(At("Include")(use.reference)))
            .Select(use => $"{use.project.Path}: the version of {At("Include")(use.reference)} belongs into {central.Path}");
        return [.. loose, .. twice, .. own];
    }

    /// <summary>Projects that the solution leaves out: they would be neither built nor tested.</summary>
    public static IEnumerable<string> Forgotten(TextFile solution, IEnumerable<TextFile> projects) =>
        projects.Select(project => project.Path).Except(XDocument.Parse(solution.Text).Descendants("Project").Select(At("Path")))
            .Select(path => $"{path} is not in {solution.Path}");

    private static bool IsExact(string version) => version.Length > 0 && char.IsAsciiDigit(version[0]) && version.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');

    private static IEnumerable<string> Included(XDocument xml, string item) => xml.Descendants(item).Select(At("Include"));

    private static Func<XElement, string> At(string attribute) => element => element.Attribute(attribute)?.Value ?? "";
}
