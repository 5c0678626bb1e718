using Sosia.Learning.Views;

namespace Sosia.Learning.Tests;

public sealed class PictureWindowTests
{
    private const int Width = 24;
    private const int Height = 17;

    private static readonly byte[] Noise = Picture((_, _, _) => null);

    [Fact]
    public void A_window_of_its_own_size_is_a_copy()
    {
        var square = Noise[..(12 * 12 * 3)];
        Assert.Equal(square, Cut(square, 12, 12, new Window(0, 0, 12), 12));
    }

    [Theory]
    [InlineData(0, 0, 9)]
    [InlineData(15, 8, 9)]
    [InlineData(3, 5, 11)]
    public void Whole_pixels_are_cut_out_as_they_are(int left, int top, int side) =>
        Assert.Equal(Slice(left, top, side), Cut(Noise, Width, Height, new Window(left, top, side), side));

    [Fact]
    public void Mirrored_columns_change_places()
    {
        var seed = 6;
        var random = new Random(seed);
        for (var i = 0; i < 50; i++)
        {
            var (window, side) = Draw(random);
            var plain = Cut(Noise, Width, Height, window, side);
            var mirrored = Cut(Noise, Width, Height, window, side, mirrored: true);
            var reversed = plain.Chunk(3).Chunk(side).SelectMany(row => row.Reverse()).SelectMany(pixel => pixel).ToArray();
            Assert.True(reversed.SequenceEqual(mirrored), $"{window} to {side}, seed {seed}, draw {i}");
        }
    }

    [Fact]
    public void One_colour_stays_one_colour()
    {
        var seed = 7;
        var random = new Random(seed);
        foreach (var level in new byte[] { 0, 1, 127, 254, 255 })
        {
            var plain = Enumerable.Repeat(level, Noise.Length).ToArray();
            for (var i = 0; i < 40; i++)
            {
                var (window, side) = Draw(random);
                Assert.True(Cut(plain, Width, Height, window, side).All(value => value == level), $"{level} in {window} to {side}, seed {seed}");
            }
        }
    }

    [Theory]
    [InlineData(2, 3, 8, 16)] // larger
    [InlineData(1.3, 2.6, 12, 12)] // between pixels
    [InlineData(0, 0, 16, 4)] // smaller, several points for a pixel
    [InlineData(1, 0.5, 15, 10)]
    public void A_ramp_stays_a_ramp(double left, double top, double windowSide, int side)
    {
        var ramp = Picture((x, y, c) => c == 0 ? 8 * x : c == 1 ? 8 * y : 8 * (Width - 1 - x));
        var cut = Cut(ramp, Width, Height, new Window(left, top, windowSide), side);
        var step = windowSide / side;
        for (var i = 0; i < side * side; i++)
        {
            double x = left + ((i % side + 0.5) * step) - 0.5, y = top + ((i / side + 0.5) * step) - 0.5;
            if (x < 0 || y < 0 || x > Width - 1 || y > Height - 1)
            {
                continue; // edges are repeated there
            }

            Assert.Equal(8 * x, cut[i * 3], 1.0);
            Assert.Equal(8 * y, cut[(i * 3) + 1], 1.0);
            Assert.Equal(8 * (Width - 1 - x), cut[(i * 3) + 2], 1.0);
        }
    }

    [Fact]
    public void Edges_are_repeated_beyond_the_picture()
    {
        var left = Cut(Noise, Width, Height, new Window(-30, 4, 8), 8);
        var right = Cut(Noise, Width, Height, new Window(Width + 5, 4, 8), 8);
        var corner = Cut(Noise, Width, Height, new Window(-100, -100, 20), 5);
        for (var i = 0; i < 64; i++)
        {
            var row = (4 + (i / 8)) * Width;
            Assert.Equal(Noise.AsSpan(row * 3, 3), left.AsSpan(i * 3, 3));
            Assert.Equal(Noise.AsSpan((row + Width - 1) * 3, 3), right.AsSpan(i * 3, 3));
        }

        Assert.All(corner.Chunk(3), pixel => Assert.Equal(Noise[..3], pixel));
    }

    [Fact]
    public void It_is_the_mean_of_bilinear_points_wherever_the_window_lies()
    {
        var seed = 8;
        var random = new Random(seed);
        for (var i = 0; i < 300; i++)
        {
            var (window, side) = Draw(random);
            var found = Cut(Noise, Width, Height, window, side); // the source has no byte more than the picture: to read outside of it throws
            for (var at = 0; at < found.Length; at++)
            {
                var expected = Mean(window, side, at / 3 % side, at / 3 / side, at % 3);
                Assert.True(Math.Abs(expected - found[at]) <= 2.6, $"{window} to {side}, seed {seed}, draw {i}: {found[at]} instead of {expected} at {at}");
            }
        }
    }

    [Fact]
    public void The_whole_picture_is_squeezed_into_the_square()
    {
        var stripes = Picture((x, y, c) => c == 0 ? 10 * (x / 3) : c == 1 ? (y < 8 ? 40 : 200) : 7);
        var cut = Cut(stripes, Width, 16, new Window(0, 0, Width, 16), 8);
        for (var i = 0; i < 64; i++)
        {
            Assert.Equal((10 * (i % 8), i < 32 ? 40 : 200, 7), (cut[i * 3], cut[(i * 3) + 1], cut[(i * 3) + 2])); // three columns and two rows for a pixel
        }
    }

    // Half of them squares.
    private static (Window Window, int Side) Draw(Random random)
    {
        var (left, top, length) = ((random.NextDouble() * 80) - 40, (random.NextDouble() * 80) - 40, Length());
        return (random.Next(2) == 0 ? new Window(left, top, length) : new Window(left, top, length, Length()), random.Next(1, 14));

        double Length() => 0.5 + (random.NextDouble() * (random.Next(4) == 0 ? 200 : 30));
    }

    // In double, point by point. Weights of 8 bits cost up to 1/256 of a difference on each axis.
    private static double Mean(Window window, int side, int x, int y, int channel)
    {
        var (across, down) = (Points(window.Width), Points(window.Height));
        return Enumerable.Range(0, across * down).Average(i => Point(
            At(window.Left, window.Width, x, i % across, across), At(window.Top, window.Height, y, i / across, down), channel));

        int Points(double length) => Math.Clamp((int)Math.Round(length / side), 1, 8);
        double At(double start, double length, int pixel, int point, int points) => start + (((pixel * points) + point + 0.5) * length / side / points) - 0.5;
    }

    private static double Point(double x, double y, int channel)
    {
        double At(double column, double row) => Noise[((((int)Math.Clamp(row, 0, Height - 1)) * Width) + (int)Math.Clamp(column, 0, Width - 1)) * 3 + channel];
        double left = Math.Floor(x), top = Math.Floor(y), right = x - left, down = y - top;
        return ((1 - down) * (((1 - right) * At(left, top)) + (right * At(left + 1, top)))) + (down * (((1 - right) * At(left, top + 1)) + (right * At(left + 1, top + 1))));
    }

    private static byte[] Picture(Func<int, int, int, int?> value)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, Width * Height * 3).Select(i => (byte)(value(i / 3 % Width, i / 3 / Width, i % 3) ?? random.Next(256)))];
    }

    private static byte[] Slice(int left, int top, int side) =>
        [.. Enumerable.Range(0, side).SelectMany(y => Noise.AsSpan((((top + y) * Width) + left) * 3, side * 3).ToArray())];

    private static byte[] Cut(byte[] source, int width, int height, Window window, int side, bool mirrored = false)
    {
        var target = new byte[side * side * 3];
        PictureWindow.Cut(source, width, height, window, target, side, mirrored);
        return target;
    }
}
