namespace Sosia.Learning.Evaluation.Clustering;

/// <summary>Sets of numbers that are joined one by one (Galler and Fischer 1964).</summary>
internal sealed class DisjointSets
{
    private readonly int[] parents;

    /// <summary>Each number alone.</summary>
    /// <param name="count">Of the numbers from 0.</param>
    public DisjointSets(int count) => parents = [.. Enumerable.Range(0, count)];

    /// <summary>Makes one set of two.</summary>
    public void Join(int a, int b) => parents[Root(a)] = Root(b);

    /// <summary>The set of each number; sets are numbered by the first number that is in them.</summary>
    public Partition ToPartition()
    {
        var numbers = new Dictionary<int, int>();
        var labels = new int[parents.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            var root = Root(i);
            numbers.TryAdd(root, numbers.Count);
            labels[i] = numbers[root];
        }

        return new Partition(labels, numbers.Count);
    }

    private int Root(int number)
    {
        while (parents[number] != number)
        {
            parents[number] = parents[parents[number]];
            number = parents[number];
        }

        return number;
    }
}
