using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>FAME's merging (Ding et al. 2022, eq. 4): the foreground of each clip over the background of another.</summary>
public static class ForegroundMerging
{
    /// <summary>v[b] M[b] + v[partner(b)] (1 - M[b]), the same mask for all frames.</summary>
    /// <param name="clips">B x 3 x T x H x W.</param>
    /// <param name="foreground">B x H x W, true for the foreground.</param>
    /// <param name="partners">B rows: whose background each clip gets; its own number: it keeps its own.</param>
    /// <returns>B x 3 x T x H x W.</returns>
    public static Tensor Apply(Tensor clips, Tensor foreground, long[] partners)
    {
        var backgrounds = clips.IndexSelect(0, Tensor.Of(partners, partners.Length).To(clips.Device));
        return foreground.Unsqueeze(1).Unsqueeze(1).Where(clips, backgrounds); // mask: B x 1 x 1 x H x W
    }
}
