using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class SelfDistillationTests
{
    private static readonly Temperatures Usual = new(0.1, 0.04);

    // Three samples of four views, five prototypes.
    private readonly Tensor student = Tensor.Randn([12, 5], new Generator(1)).RequireGrad();
    private readonly Tensor teacher = Tensor.Randn([6, 5], new Generator(2)).RequireGrad();
    private readonly Tensor centre = Tensor.Zeros([1, 5]);

    [Fact]
    public void Each_term_is_the_cross_entropy_of_two_views()
    {
        using var scope = TensorScope.Enter();
        var terms = SelfDistillation.Terms(student, teacher, centre, 3, Usual).ToArray<float>();
        Assert.Equal(6, terms.Length);
        var (q, p) = ((teacher / 0.04).Softmax(1), (student / 0.1).LogSoftmax(1));
        (int Teacher, int Student)[] pairs = [(0, 1), (0, 2), (0, 3), (1, 0), (1, 2), (1, 3)];
        foreach (var ((i, j), term) in pairs.Zip(terms))
        {
            var wanted = -(q.Narrow(0, 3 * i, 3) * p.Narrow(0, 3 * j, 3)).Sum([1]).Mean().Item<float>();
            Assert.Equal(wanted, term, 1e-4f * Math.Abs(wanted));
        }
    }

    [Fact]
    public void The_student_learns_and_the_teacher_does_not()
    {
        using var scope = TensorScope.Enter();
        SelfDistillation.Loss(student, teacher, centre, 3, Usual).Backward();
        Assert.True(student.Grad!.Abs().Max().Item() > 0);
        Assert.Null(teacher.Grad);
        FiniteDifferences.Check(
            at => SelfDistillation.Loss(at, teacher.To(ScalarType.Float64), centre.To(ScalarType.Float64), 3, Usual), student.Detach(), 1e-5);
    }

    [Fact]
    public void A_shift_of_all_logits_of_a_row_changes_nothing_and_large_ones_stay_numbers()
    {
        using var scope = TensorScope.Enter();
        var loss = SelfDistillation.Loss(student, teacher, centre, 3, Usual).Item();
        Assert.Equal(loss, SelfDistillation.Loss(student + 3, teacher + 3, centre, 3, Usual).Item(), 1e-3 * loss);
        Assert.Equal(loss, SelfDistillation.Loss(student, teacher + 3, centre + 3, 3, Usual).Item(), 1e-3 * loss);
        Assert.True(double.IsFinite(SelfDistillation.Loss(student * 1000, teacher * 1000, centre, 3, Usual).Item()));
    }

    [Theory]
    [InlineData(5)] // no whole number of views
    [InlineData(12)] // one view
    [InlineData(0)]
    [InlineData(-3)]
    public void Rows_that_are_no_views_are_refused(long batch)
    {
        using var scope = TensorScope.Enter();
        Assert.Throws<ArgumentException>(() => SelfDistillation.Loss(student, teacher, centre, batch, Usual));
        Assert.Throws<ArgumentException>(() => SelfDistillation.Loss(teacher, student, centre, 3, Usual)); // more targets than views
    }

    [Theory]
    [InlineData(0, 0.04)]
    [InlineData(0.1, 0)]
    [InlineData(double.NaN, 0.04)]
    public void Temperatures_that_are_not_positive_are_refused(double student, double teacher)
    {
        using var scope = TensorScope.Enter();
        Assert.Throws<ArgumentException>(() => SelfDistillation.Loss(this.student, this.teacher, centre, 3, new Temperatures(student, teacher)));
    }

    [Fact]
    public void A_centre_comes_to_the_mean_and_forgets_what_is_no_number()
    {
        using var scope = TensorScope.Enter();
        using var running = new Centre(5);
        running.Update(teacher);
        Assert.All(running.Value.ToArray<float>().Zip(teacher.Mean([0]).ToArray<float>()), pair => Assert.Equal(0.1f * pair.Second, pair.First, 1e-6f));
        for (var i = 0; i < 200; i++) { running.Update(teacher); }
        Assert.All(running.Value.ToArray<float>().Zip(teacher.Mean([0]).ToArray<float>()), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
        running.Update(Tensor.Full([2, 5], double.NaN));
        Assert.True(running.Value.IsFinite().All().Item<bool>());
        Assert.Equal(["center"], running.NamedState().Select(entry => entry.Name));
        Assert.Empty(running.Parameters());
    }
}
