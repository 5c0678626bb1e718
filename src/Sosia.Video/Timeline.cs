namespace Sosia.Video;

/// <summary>
/// Time stamps as they come to seconds from the first shown frame: never negative, never backwards. Where a file's time stamps begin again
/// (two recordings joined), time goes on.
/// </summary>
/// <param name="frameSeconds">How long one frame is shown, as far as known.</param>
/// <param name="origin">The time of the stamp 0; null: the first stamp is time 0.</param>
internal sealed class Timeline(double frameSeconds, double? origin = null)
{
    private const double Restart = 0.5; // a smaller step back is disorder, a larger one a new beginning

    private double? shift = origin;
    private double last;

    /// <summary>The next frame's time.</summary>
    /// <param name="stamp">Seconds.</param>
    public double Next(double stamp)
    {
        shift ??= -stamp;
        if (stamp + shift.Value < last - Restart)
        {
            shift = last + frameSeconds - stamp;
        }

        return last = Math.Max(last, stamp + shift.Value);
    }
}
