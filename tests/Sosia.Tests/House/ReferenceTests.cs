using Xunit;

namespace Sosia.Tests.House;

/// <summary>The layers of ARCHITECTURE.md hold, and every package has one exact version.</summary>
public class ReferenceTests
{
    private static readonly TextFile[] Sources = [.. Repository.Under("src/", ".csproj")];
    private static readonly TextFile[] Projects = [.. Repository.Under("", ".csproj")];

    [Fact]
    public void ProjectsReferenceOnlyWhatTheyMay()
    {
        Assert.NotEmpty(Sources);
        Assert.Empty(Sources.SelectMany(Layers.Faults));
    }

    [Fact]
    public void TheOrderPointsUpward()
    {
        var names = Layers.Order.Select(layer => layer.Project).ToList();
        Assert.All(Layers.Order, layer => Assert.All(layer.Ours, other => Assert.InRange(names.IndexOf(other), 0, names.IndexOf(layer.Project) - 1)));
    }

    [Fact]
    public void VersionsAreExactAndCentral() => Assert.Empty(Layers.LooseVersions(Repository.At("Directory.Packages.props"), Projects));

    [Fact]
    public void TheSolutionHoldsEveryProject() => Assert.Empty(Layers.Forgotten(Repository.At("Sosia.slnx"), Projects));

    [Theory]
    [InlineData("Sosia.Matching", "<ProjectReference Include=\"../Sosia.Video/Sosia.Video.csproj\" />", "Sosia.Matching may not reference Sosia.Video")]
    [InlineData("Sosia.Library", "<ProjectReference Include=\"..\\Sosia.Video\\Sosia.Video.csproj\" />", "Sosia.Library may not reference Sosia.Video")]
    [InlineData("Sosia.Video", "<PackageReference Include=\"Spectre.Console\" />", "Sosia.Video may not use the package Spectre.Console")]
    [InlineData("Sosia", "<ProjectReference Include=\"../../tests/Sosia.Tests/Sosia.Tests.csproj\" />", "Sosia may not reference Sosia.Tests")]
    [InlineData("Sosia.Video", "<Reference Include=\"Some.dll\" />", "Sosia.Video may not reference the file Some.dll")]
    [InlineData("Sosia.Extra", "", "Sosia.Extra is in no layer: give it a place in Layers.Order and in ARCHITECTURE.md")]
    public void AForbiddenReferenceIsFound(string project, string item, string fault) =>
        Assert.Equal([fault], Layers.Faults(Project($"src/{project}/{project}.csproj", item)));

    [Fact]
    public void AnAllowedReferenceIsNoFault() =>
        Assert.Empty(Layers.Faults(Project("src/Sosia.Library/Sosia.Library.csproj", "<ProjectReference Include=\"../Sosia.Matching/Sosia.Matching.csproj\" />")));

    [Theory]
    [InlineData("1.*")]
    [InlineData("[1.0,2.0)")]
    [InlineData("")]
    [InlineData("$(Newest)")]
    public void ALooseVersionIsFound(string version) =>
        Assert.Equal([$"A {version}: not one exact version"], Layers.LooseVersions(Project("Central.props", $"<PackageVersion Include=\"A\" Version=\"{version}\" />"), []));

    [Theory]
    [InlineData("<PackageReference Include=\"A\" Version=\"1.0.0\" />")]
    [InlineData("<PackageReference Include=\"A\" VersionOverride=\"1.0.0\" />")]
    [InlineData("<PackageReference Include=\"B\" />")]
    public void AVersionOfItsOwnIsFound(string reference) =>
        Assert.Single(Layers.LooseVersions(Project("Central.props", "<PackageVersion Include=\"A\" Version=\"1.0.0-rc.1\" />"), [Project("x.csproj", reference)]));

    [Fact]
    public void AForgottenProjectIsFound() =>
        Assert.Equal(["src/B/B.csproj is not in S.slnx"],
            Layers.Forgotten(new("S.slnx", "<Solution><Project Path=\"src/A/A.csproj\" /></Solution>"), [new("src/A/A.csproj", ""), new("src/B/B.csproj", "")]));

    private static TextFile Project(string path, string items) => new(path, $"<Project><ItemGroup>{items}</ItemGroup></Project>");
}
