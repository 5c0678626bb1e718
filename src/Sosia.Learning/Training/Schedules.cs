namespace Sosia.Learning.Training;

/// <summary>Learning rates over the steps of a stage, as factors on the largest.</summary>
public static class Schedules
{
    /// <summary>Half a cosine from 1 at the first step towards <paramref name="floor"/> after the last (Loshchilov and Hutter 2017, eq. 5, without restarts).</summary>
    /// <param name="step">From 0.</param>
    /// <param name="steps">Of the whole stage, the warm-up included.</param>
    /// <param name="floor">Factor at the end.</param>
    public static double Cosine(long step, long steps, double floor = 0) =>
        floor + ((1 - floor) * (1 + Math.Cos(Math.PI * Math.Clamp((double)step / Math.Max(1, steps), 0, 1))) / 2);

    /// <summary>A factor of <paramref name="decay"/> for each milestone that is reached.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="milestones">Epochs from which on each counts.</param>
    /// <param name="decay">0.1 in most papers.</param>
    public static double Steps(long epoch, IEnumerable<long> milestones, double decay = 0.1) => Math.Pow(decay, milestones.Count(milestone => epoch >= milestone));

    /// <summary>A line from <paramref name="factor"/> at the first step to 1, a factor on what the schedule gives.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="warmup">Steps until it is 1; 0: none.</param>
    /// <param name="factor">At the first step.</param>
    public static double Warmup(long step, double warmup, double factor) => step >= warmup ? 1 : factor + ((1 - factor) * step / warmup);
}
