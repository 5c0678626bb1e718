using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>A colour, each part in [0, 1].</summary>
public readonly record struct Rgb(double Red, double Green, double Blue)
{
    /// <summary>ITU-R BT.601, as JPEG and most old video use it.</summary>
    public static IReadOnlyList<double> Luma { get; } = [0.299, 0.587, 0.114];

    /// <summary>Black, white, or anything.</summary>
    internal static Rgb Draw(SampleRandom random) => random.Below(3) switch
    {
        0 => new Rgb(0, 0, 0),
        1 => new Rgb(1, 1, 1),
        _ => new Rgb(random.Next(), random.Next(), random.Next()),
    };

    // N x 3 x 1 x 1 x 1: a colour a clip.
    internal static Tensor ToTensor(IReadOnlyList<Rgb> colours, Device device) =>
        Tensor.Of<float>([.. colours.SelectMany(c => new[] { (float)c.Red, (float)c.Green, (float)c.Blue })], colours.Count, 3, 1, 1, 1).To(device);
}
