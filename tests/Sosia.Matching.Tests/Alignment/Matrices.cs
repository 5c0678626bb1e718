using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Sosia.Matching.Tests;

/// <summary>Matrices for the tests of the alignments.</summary>
internal static class Matrices
{
    /// <summary>Shapes where something often goes wrong.</summary>
    public static IEnumerable<SimilarityMatrix> Odd()
    {
        foreach (var (rows, columns) in new[] { (0, 0), (0, 5), (5, 0), (1, 1), (1, 9), (9, 1), (2, 2), (12, 12) })
        {
            yield return Filled(rows, columns, 0);
            yield return Filled(rows, columns, 1);
            yield return Filled(rows, columns, -1);
            yield return Noise(new Random(7), rows, columns, -1, 1);
        }
    }

    public static SimilarityMatrix Filled(int rows, int columns, float value)
    {
        var cells = new float[rows * columns];
        Array.Fill(cells, value);
        return new SimilarityMatrix(cells, rows, columns);
    }

    public static SimilarityMatrix Noise(Random random, int rows, int columns, float low, float high)
    {
        var cells = new float[rows * columns];
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = low + ((high - low) * random.NextSingle());
        }

        return new SimilarityMatrix(cells, rows, columns);
    }

    /// <summary>Adds a value along a line of the given speed: what a copy looks like.</summary>
    public static void Plant(SimilarityMatrix matrix, int q0, int r0, int length, double speed = 1, float value = 0.6f)
    {
        for (var i = 0; i < length; i++)
        {
            matrix.Cells[((q0 + i) * matrix.Columns) + r0 + (int)Math.Round(i * speed)] += value;
        }
    }

    /// <summary>
    /// Checks small matrices whose cells are whole tenths, so that ties are common; a failure prints the matrix and FsCheck's seed.
    /// </summary>
    public static void ForAll(Action<SimilarityMatrix> check, int least = 0, int most = 6, int low = -10)
    {
        var matrices =
            from rows in Gen.Choose(least, most)
            from columns in Gen.Choose(least, most)
            from tenths in Gen.Choose(low, 10).ArrayOf(rows * columns)
            select new SimilarityMatrix(Array.ConvertAll(tenths, static t => t / 10f), rows, columns);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(matrices.ToArbitrary(), matrix => Named(check, matrix)));
    }

    private static void Named(Action<SimilarityMatrix> check, SimilarityMatrix matrix)
    {
        try
        {
            check(matrix);
        }
        catch (Exception error)
        {
            var cells = string.Join(' ', matrix.Cells.Select(static c => c.ToString(CultureInfo.InvariantCulture)));
            throw new InvalidOperationException($"{matrix.Rows} x {matrix.Columns}: {cells}", error);
        }
    }
}
