using FsCheck;
using FsCheck.Fluent;
using Sosia.Matching;
using Xunit;

namespace Sosia.Tests.Reports;

public sealed class MatrixPictureTests
{
    [Fact]
    public void ASmallMatrixIsShownCellByCell()
    {
        var picture = MatrixPicture.Of(new SimilarityMatrix([-1, 0, 0.5f, 1, 2, float.NaN], 2, 3));
        Assert.Equal((3, 2), (picture.Width, picture.Height));
        Assert.Equal([0, 0, 128, 255, 255, 0], picture.Grey);
    }

    [Fact]
    public void AThinDiagonalOfALargeMatrixStaysWhole()
    {
        const int Rows = 1000, Columns = 777;
        var cells = new float[Rows * Columns];
        for (var column = 0; column < Columns; column++)
        {
            cells[(column * Columns) + column] = 1;
        }

        var picture = MatrixPicture.Of(new SimilarityMatrix(cells, Rows, Columns));
        Assert.Equal((128, 128), (picture.Width, picture.Height));
        for (var x = 0; x < picture.Width; x++)
        {
            Assert.Equal(255, Enumerable.Range(0, picture.Height).Max(y => picture.Grey[(y * picture.Width) + x]));
        }
    }

    [Fact]
    public void EveryPixelIsTheMaximumOfItsCells() => Prop.ForAll(
        Gen.Choose(0, 300).Two().ToArbitrary(),
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (size, seed) =>
        {
            var (rows, columns) = size;
            var random = new Random(seed);
            var matrix = new SimilarityMatrix([.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle())], rows, columns);
            var picture = MatrixPicture.Of(matrix);
            var expected = new byte[picture.Width * picture.Height];
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    ref var pixel = ref expected[(row * picture.Height / rows * picture.Width) + (column * picture.Width / columns)];
                    pixel = Math.Max(pixel, (byte)MathF.Round(matrix[row, column] * 255));
                }
            }

            Assert.Equal((Math.Min(columns, 128), Math.Min(rows, 128)), (picture.Width, picture.Height));
            Assert.Equal(expected, picture.Grey);
        }).QuickCheckThrowOnFailure();
}
