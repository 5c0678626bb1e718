using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>Which of a clip's frames are shown; a clip of one frame stays as it is.</summary>
public sealed record TimeChange
{
    /// <summary>Share of the frames that are missing, the one before each stands instead; one at least is missing unless this is 0.</summary>
    public double Dropped { get; init; }

    /// <summary>Decides which.</summary>
    public int Seed { get; init; }

    /// <summary>Share of the frames that show the same picture; two at least do unless this is 0.</summary>
    public double Frozen { get; init; }

    /// <summary>Where they begin: 0 at the first frame, 1 as late as can be.</summary>
    public double FrozenAt { get; init; }

    /// <summary>Whether the frames come backwards.</summary>
    public bool Reversed { get; init; }

    /// <summary>The frame that is shown at each place.</summary>
    /// <param name="count">T.</param>
    /// <returns>T numbers, from 0.</returns>
    public IReadOnlyList<int> Frames(int count)
    {
        int[] shown = [.. Enumerable.Range(0, count)];
        if (count < 2)
        {
            return shown;
        }

        Drop(shown);
        Freeze(shown);
        if (Reversed)
        {
            Array.Reverse(shown);
        }

        return shown;
    }

    /// <summary>Changes a clip.</summary>
    /// <param name="clip">3 x T x H x W.</param>
    internal Tensor Apply(Tensor clip)
    {
        int[] frames = [.. Frames((int)clip.Size(1))];
        return clip.IndexSelect(1, Tensor.Of(frames, frames.Length).To(clip.Device, ScalarType.Int64));
    }

    private void Drop(int[] shown)
    {
        if (Dropped <= 0)
        {
            return;
        }

        var random = new SampleRandom(Seed, 0, 0);
        var surely = 1 + random.Below(shown.Length - 1);
        for (var t = 1; t < shown.Length; t++)
        {
            shown[t] = random.Chance(Dropped) || t == surely ? shown[t - 1] : shown[t];
        }
    }

    private void Freeze(int[] shown)
    {
        if (Frozen <= 0)
        {
            return;
        }

        var length = Math.Clamp((int)Math.Round(Frozen * shown.Length), 2, shown.Length);
        var start = (int)Math.Round(FrozenAt * (shown.Length - length));
        shown.AsSpan(start, length).Fill(shown[start]);
    }
}
