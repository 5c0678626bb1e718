using Sosia.Learning.Encoders;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class MvdStudentTests
{
    private static readonly VideoMaeShape Shape = new(
        new(32, 1, 4), 8, Pooling: VideoMaePooling.MeanAsIs, Positions: VideoMaePositions.Grid, Frames: 4, Side: 16);

    [Fact]
    public void Hidden_pixels_do_not_reach_the_answers()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var student = Student();
        var clips = Tensor.Randn([2, 3, 4, 16, 16], new Generator(2));
        var hidden = Masks.TubeOfOrder(Tensor.Rand([2, 4], new Generator(3)).ArgSort(), 2, 0.75);
        var before = student.Forward(clips, hidden);
        var pixels = hidden.View([2, 1, 2, 1, 2, 1, 2, 1]).Expand([2, 3, 2, 2, 2, 8, 2, 8]).Reshape(clips.Shape);
        var after = student.Forward(clips.MaskedFill(pixels, 9), hidden);
        Assert.Equal([2L, 2, 32], before.Encoded.Shape);
        Assert.Equal([2L, 6, 5], before.Image.Shape);
        Assert.Equal([2L, 6, 7], before.Video.Shape);
        Assert.Equal(before.Image.ToArray<float>(), after.Image.ToArray<float>());
        Assert.Equal(before.Video.ToArray<float>(), after.Video.ToArray<float>());
        Assert.NotEqual(before.Image.ToArray<float>(), student.Forward(clips * 2, hidden).Image.ToArray<float>());
    }

    [Fact]
    public void The_decoders_share_nothing_but_the_encoder()
    {
        using var scope = TensorScope.Enter();
        using var student = Student();
        var hidden = Masks.TubeOfOrder(Tensor.Rand([2, 4], new Generator(3)).ArgSort(), 2, 0.75);
        student.Forward(Tensor.Randn([2, 3, 4, 16, 16], new Generator(2)), hidden).Image.Square().Mean().Backward();
        foreach (var (name, parameter) in student.NamedParameters())
        {
            var isOther = name.EndsWith("_vid", StringComparison.Ordinal) || name.Contains("_vid.", StringComparison.Ordinal);
            Assert.True(isOther == (parameter.Grad is null), name);
        }
    }

    [Fact]
    public void Its_vector_is_the_mean_of_the_tokens_as_they_are()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var student = Student();
        var features = student.Encoder.Forward(Tensor.Randn([2, 3, 4, 16, 16], new Generator(2)));
        Assert.Equal(features.Tokens!.Mean([1]).ToArray<float>(), features.Vector.ToArray<float>());
        Assert.Equal(["norm.weight", "norm.bias"], student.Encoder.NamedState().Select(entry => entry.Name).Where(name => name.StartsWith("norm", StringComparison.Ordinal)));
    }

    [Fact]
    public void Mask_tokens_are_drawn_small_and_a_seed_gives_one_student()
    {
        using var scope = TensorScope.Enter();
        using var student = Student();
        using var same = Student();
        foreach (var (name, token) in student.NamedParameters().Where(p => p.Name.StartsWith("mask_token", StringComparison.Ordinal)))
        {
            Assert.InRange(token.Abs().Max().Item(), 0.005, 0.02);
        }

        Assert.All(student.NamedState().Zip(same.NamedState()), pair => Assert.Equal(pair.First.Tensor.ToArray<float>(), pair.Second.Tensor.ToArray<float>()));
    }

    [Fact]
    public void An_encoder_with_other_positions_or_pooling_is_refused()
    {
        using var flat = new VideoMae(Shape with { Positions = VideoMaePositions.Flat });
        using var fine = new VideoMae(Shape with { Pooling = VideoMaePooling.Mean });
        Assert.Throws<ArgumentException>(() => new MvdStudent(flat, new(new(16, 1, 2), 5, 7)));
        Assert.Throws<ArgumentException>(() => new MvdStudent(fine, new(new(16, 1, 2), 5, 7)));
        using var encoder = new VideoMae(Shape);
        Assert.Throws<ArgumentException>(() => new MvdStudent(encoder, new(new(24, 1, 2), 5, 7))); // no multiple of 16
    }

    [Theory]
    [InlineData(384, 2, 6)]
    [InlineData(768, 2, 12)]
    public void Decoders_of_small_students_are_as_wide_as_they_are(int width, int depth, int heads) =>
        Assert.Equal(new TransformerSize(width, depth, heads), MvdStudentShape.DecoderOf(new(width, 12, heads)));

    [Fact]
    public void Decoders_of_large_students_are_narrower()
    {
        Assert.Equal(new TransformerSize(512, 4, 8), MvdStudentShape.DecoderOf(TransformerSize.Large));
        Assert.Equal(new TransformerSize(640, 8, 8), MvdStudentShape.DecoderOf(new(1280, 32, 16)));
    }

    [Fact]
    public void Positions_by_the_grid_are_those_of_time_row_and_column()
    {
        using var scope = TensorScope.Enter();
        var table = PositionTables.Sine(3, 4, 5, 32)[0];
        var wider = PositionTables.Sine(2, 4, 7, 32)[0];
        Assert.Equal(table[(1 * 20) + (2 * 5) + 3].ToArray<float>(), wider[(1 * 28) + (2 * 7) + 3].ToArray<float>());
        Assert.Equal(60, table.ToArray<float>().Chunk(32).Select(row => string.Join(' ', row)).Distinct(StringComparer.Ordinal).Count());
        Assert.Throws<ArgumentException>(() => PositionTables.Sine(2, 2, 2, 24));
    }

    private static MvdStudent Student() => new(new VideoMae(Shape), new(new(16, 1, 2), 5, 7), new Generator(1));
}
