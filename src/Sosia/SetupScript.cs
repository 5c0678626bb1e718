namespace Sosia;

/// <summary>The scripts of Sosia's sources that install what is missing; they lie in a folder above the program where it was built from them.</summary>
internal static class SetupScript
{
    /// <summary>Where a script is; null: the program was brought here without the sources.</summary>
    /// <param name="script">From the root of the sources.</param>
    public static string? Find(string script)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, script);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
