using Sosia.Tests.House;
using Xunit;

namespace Sosia.Tests.Benchmark;

/// <summary>docs/edits.md tells what the code does.</summary>
public sealed class EditTableTests
{
    [Fact]
    public void TheDocumentHoldsTheTableRowByRow()
    {
        var written = Repository.At("docs/edits.md").Text.Split('\n').Where(line => line.StartsWith('|')).ToArray();
        foreach (var (row, line) in EditTable.Markdown.Zip(written))
        {
            Assert.True(row == line, $"docs/edits.md has\n{line}\nwhere the code has\n{row}\nput the output of `sosia benchmark make --list --markdown` in the place of its table");
        }

        Assert.Equal(EditTable.Markdown.Count, written.Length);
    }
}
