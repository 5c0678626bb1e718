using Xunit;

namespace Sosia.Vectors;

/// <summary>One test a case of every file kept here that has code.</summary>
public sealed class VectorTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "files");

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var path in Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal))
        {
            var file = VectorFile.Load(path);
            foreach (var one in file.Cases.Where(_ => VectorMethods.All.ContainsKey(file.Method)))
            {
                data.Add(file.Method, one.Name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees(string method, string name)
    {
        var one = VectorFile.Load(Path.Combine(Folder, method + ".json")).Cases.Single(c => c.Name == name);
        var result = VectorRunner.Run(one, VectorMethods.All[method]);

        // What a case names as not covered is seen in the runner's report; all else must agree.
        var leftOut = result.Verdict == Verdict.NotCovered && one.Left.Count > 0;
        Assert.True(result.Verdict == Verdict.Passed || leftOut, $"{result.Verdict}: {result.Detail}");
    }
}
