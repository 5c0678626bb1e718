namespace Sosia.Vectors;

/// <summary>What became of a case.</summary>
public enum Verdict
{
    Passed,
    Failed,
    NotCovered,
}

/// <param name="Case">Its name.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="Detail">The first difference, or what is not covered; empty when it passed.</param>
public sealed record CaseResult(string Case, Verdict Verdict, string Detail);

/// <summary>Runs the code of a method over the cases of its file.</summary>
public static class VectorRunner
{
    /// <summary>Runs one case; every exception of the code is a failure of the case.</summary>
    public static CaseResult Run(VectorCase one, IReadOnlyDictionary<string, Action<VectorCase>> code)
    {
        if (!code.TryGetValue(one.Name, out var check))
        {
            return new CaseResult(one.Name, Verdict.NotCovered, "no code yet");
        }

        try
        {
            check(one);
            one.RequireComplete();
        }
        catch (VectorMismatchException difference)
        {
            return new CaseResult(one.Name, Verdict.Failed, difference.Message);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return new CaseResult(one.Name, Verdict.Failed, $"{error.GetType().Name}: {error.Message}");
        }

        return one.Left.Count == 0
            ? new CaseResult(one.Name, Verdict.Passed, string.Empty)
            : new CaseResult(one.Name, Verdict.NotCovered, string.Join("; ", one.Left));
    }

    /// <summary>Runs every *.json of a folder and prints a line a file, then what failed or is not covered.</summary>
    /// <returns>True when nothing that has code failed and every file could be read.</returns>
    public static bool RunFolder(string folder, TextWriter output)
    {
        if (!Directory.Exists(folder))
        {
            output.WriteLine($"cannot read {folder}: no such folder");
            return false;
        }

        var paths = Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).ToList();
        if (paths.Count == 0)
        {
            output.WriteLine($"{folder}: no *.json files");
            return false;
        }

        var good = true;
        foreach (var path in paths)
        {
            good &= RunFile(path, output);
        }

        return good;
    }

    private static bool RunFile(string path, TextWriter output)
    {
        VectorFile file;
        try
        {
            file = VectorFile.Load(path);
        }
        catch (VectorFileException error)
        {
            output.WriteLine($"cannot read {error.Message}");
            return false;
        }

        if (!VectorMethods.All.TryGetValue(file.Method, out var code))
        {
            output.WriteLine($"{file.Method}: no code yet ({file.Cases.Count} cases)");
            return true;
        }

        var results = file.Cases.Select(one => Run(one, code)).ToList();
        output.WriteLine($"{file.Method}: {results.Count(static r => r.Verdict == Verdict.Passed)} of {results.Count} cases passed");
        foreach (var result in results.Where(static r => r.Verdict != Verdict.Passed))
        {
            output.WriteLine($"  {(result.Verdict == Verdict.Failed ? "failed" : "not covered")}: {result.Case}: {result.Detail}");
        }

        return results.TrueForAll(static r => r.Verdict != Verdict.Failed);
    }
}
