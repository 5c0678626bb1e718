using Sosia.Torch;

namespace Sosia.Learning.Objectives;

/// <summary>What logits are divided by before their softmax.</summary>
/// <param name="Student">Above 0.</param>
/// <param name="Teacher">Above 0; lower than the student's, so that targets are sharp.</param>
public readonly record struct Temperatures(double Student, double Teacher);

/// <summary>
/// Self-distillation over views (DINO, Caron et al. 2021, eq. 3; SVT, Ranasinghe et al. 2022): of each sample, what the student says of any view is to be
/// what the teacher says of another one.
/// </summary>
public static class SelfDistillation
{
    /// <summary>
    /// The mean over the batch of -sum over k of q_ik log p_jk for each teacher view i and each student view j that is another one, with
    /// q = softmax((teacher - centre) / temperature) without gradient and p = softmax(student / temperature).
    /// </summary>
    /// <param name="student">V·B x K logits, view by view.</param>
    /// <param name="teacher">G·B x K logits of the first G of these views.</param>
    /// <param name="centre">1 x K.</param>
    /// <param name="batch">B.</param>
    /// <param name="temperatures">Of both.</param>
    /// <returns>G·(V - 1) in nats: teacher view by teacher view.</returns>
    /// <exception cref="ArgumentException">Rows are no whole number of views, a teacher view is none of the student's, there is one view only, or a temperature is not above 0.</exception>
    public static Tensor Terms(Tensor student, Tensor teacher, Tensor centre, long batch, Temperatures temperatures)
    {
        var (views, targets) = Views(student, teacher, batch);
        if (!(temperatures is { Student: > 0, Teacher: > 0 }))
        {
            throw new ArgumentException($"temperatures are above 0, not {temperatures.Student} and {temperatures.Teacher}", nameof(temperatures));
        }

        var p = (student / temperatures.Student).LogSoftmax(1).View([views, batch, -1]).Transpose(0, 1); // B x V x K
        var q = ((teacher.Detach() - centre) / temperatures.Teacher).Softmax(1).View([targets, batch, -1]).Transpose(0, 1); // B x G x K
        var pairs = -q.MatMul(p.Transpose(1, 2)).Mean([0]); // G x V
        var others = from i in Numbers(targets) from j in Numbers(views) where i != j select (i * views) + j;
        long[] chosen = [.. others];
        return pairs.Flatten().IndexSelect(0, Tensor.Of(chosen, chosen.Length).To(pairs.Device));
    }

    /// <summary>The mean of <see cref="Terms"/>.</summary>
    /// <inheritdoc cref="Terms"/>
    /// <returns>Scalar, in nats.</returns>
    public static Tensor Loss(Tensor student, Tensor teacher, Tensor centre, long batch, Temperatures temperatures) =>
        Terms(student, teacher, centre, batch, temperatures).Mean();

    private static (long Student, long Teacher) Views(Tensor student, Tensor teacher, long batch)
    {
        var (rows, targets) = (student.Size(0), teacher.Size(0));
        return batch > 0 && rows % batch == 0 && targets % batch == 0 && targets > 0 && rows >= targets && rows > batch
            ? (rows / batch, targets / batch)
            : throw new ArgumentException($"{rows} rows of the student and {targets} of the teacher are no two or more views of {batch} samples and some of these", nameof(student));
    }

    private static IEnumerable<long> Numbers(long count) => Enumerable.Range(0, (int)count).Select(i => (long)i);
}
