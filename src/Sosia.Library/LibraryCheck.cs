namespace Sosia.Library;

/// <summary>Looks for damage anywhere in a library and goes on where it finds some.</summary>
internal sealed class LibraryCheck(VideoLibrary library, Catalogue catalogue)
{
    private readonly List<LibraryFinding> findings = [];

    public IReadOnlyList<LibraryFinding> Run()
    {
        try
        {
            CheckCatalogue();
            catalogue.Read(() => catalogue.Segments()).ForEach(CheckSegment);
            CheckClips();
        }
        catch (LibraryException problem)
        {
            findings.Add(new LibraryFinding(Catalogue.FileName, problem.Message));
        }

        return findings;
    }

    private void CheckCatalogue()
    {
        var damage = catalogue.Read(() => catalogue.Query("PRAGMA integrity_check(20)", row => row.GetString(0)));
        findings.AddRange(damage.Where(line => line != "ok").Select(line => new LibraryFinding(Catalogue.FileName, line)));
        var dangling = catalogue.Read(() => catalogue.Query("PRAGMA foreign_key_check", row => row.GetString(0)));
        findings.AddRange(dangling.Distinct(StringComparer.Ordinal).Select(
            table => new LibraryFinding(Catalogue.FileName, $"table {table} names rows that are not there")));
    }

    private void CheckSegment(SegmentEntry entry)
    {
        try
        {
            var wrong = SegmentCheck.WrongParts(Path.Combine(library.Folder, entry.Name), entry, library.Embedder);
            findings.AddRange(wrong.Select(problem => new LibraryFinding(entry.Name, problem)));
        }
        catch (Exception problem) when (problem is LibraryException or IOException or UnauthorizedAccessException)
        {
            findings.Add(new LibraryFinding(entry.Name, problem.Message));
        }
    }

    /// <summary>Whether every video has its clips; mapping files that were just found damaged would be no good.</summary>
    private void CheckClips()
    {
        if (findings.Count == 0)
        {
            library.Snapshot().Dispose();
        }
    }
}
