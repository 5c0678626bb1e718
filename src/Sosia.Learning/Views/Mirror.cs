using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>Mirrored pictures and clips.</summary>
public static class Mirror
{
    /// <summary>Left and right change places.</summary>
    /// <param name="clips">... x W.</param>
    public static Tensor LeftRight(Tensor clips) => clips.Flip([-1]);
}
