namespace Sosia.Learning.Evaluation.Datasets;

/// <summary>A video of a list.</summary>
/// <param name="Name">Its path in the folder of videos.</param>
/// <param name="Label">Its class, from 0.</param>
public sealed record LabelledVideo(string Name, int Label);

/// <summary>A data set with classes, as one of its splits has it; the order of the lists is kept.</summary>
/// <param name="Classes">Names, by number.</param>
/// <param name="Training">The training list.</param>
/// <param name="Test">The test list.</param>
public sealed record LabelledSet(IReadOnlyList<string> Classes, IReadOnlyList<LabelledVideo> Training, IReadOnlyList<LabelledVideo> Test);

/// <summary>Which videos of a list are there.</summary>
/// <param name="Found">In the list's order, <see cref="LabelledVideo.Name"/> as a full path.</param>
/// <param name="Missing">The others. A missing test video counts as wrong, unless asked otherwise.</param>
public sealed record LocatedVideos(IReadOnlyList<LabelledVideo> Found, IReadOnlyList<LabelledVideo> Missing)
{
    /// <summary>Looks for the files of a list.</summary>
    /// <param name="list">Paths in the folder, or full ones.</param>
    /// <param name="folder">Of videos.</param>
    public static LocatedVideos Of(IReadOnlyList<LabelledVideo> list, string folder)
    {
        var files = list.Select(video => (Video: video, Path: Path.GetFullPath(video.Name, Path.GetFullPath(folder)))).ToLookup(one => File.Exists(one.Path));
        return new LocatedVideos([.. files[true].Select(one => one.Video with { Name = one.Path })], [.. files[false].Select(one => one.Video)]);
    }
}
