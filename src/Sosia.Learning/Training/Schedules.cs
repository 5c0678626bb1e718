namespace Sosia.Learning.Training;

/// <summary>What changes over the steps of a stage: factors on the largest learning rate, and values between two ends.</summary>
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

    /// <summary>Half a cosine from one value at the first step towards another after the last: weight decay, and momentum of a teacher (DINO, Caron et al. 2021, code).</summary>
    /// <param name="step">From 0.</param>
    /// <param name="steps">Of the whole stage.</param>
    /// <param name="first">At step 0.</param>
    /// <param name="last">After the last step.</param>
    public static double Between(long step, long steps, double first, double last) => last + ((first - last) * Cosine(step, steps));

    /// <summary>A line from one value at the first step to another at the last, and that one afterwards: the warm-up of a temperature (DINO, code).</summary>
    /// <param name="step">From 0; of epochs, the epoch.</param>
    /// <param name="steps">Of the line, both ends among them; 0: none, 1: the first value alone.</param>
    /// <param name="first">At step 0.</param>
    /// <param name="last">From step <paramref name="steps"/> - 1 on.</param>
    public static double Line(long step, long steps, double first, double last) =>
        step >= steps ? last : first + ((last - first) * step / Math.Max(1, steps - 1));

    /// <summary>A rate along a line from 0, its largest value at the last step of the warm-up and the one after it, then down half a cosine (DINO and VideoMAE, code).</summary>
    /// <param name="step">From 0.</param>
    /// <param name="steps">Of the whole stage, the warm-up included.</param>
    /// <param name="warmup">Of the line.</param>
    /// <param name="rate">The largest.</param>
    /// <param name="least">After the last step.</param>
    public static double WarmedCosine(long step, long steps, long warmup, double rate, double least) =>
        step < warmup ? Line(step, warmup, 0, rate) : Between(step - warmup, steps - warmup, rate, least);
}
