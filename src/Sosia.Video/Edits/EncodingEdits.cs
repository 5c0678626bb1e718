using static Sosia.Video.Draw;

namespace Sosia.Video;

/// <summary>What encoders, lenses and sensors do to a picture, every pixel staying where it is.</summary>
internal static class EncodingEdits
{
    public static Cut Reencode(Random random, Cut cut) => cut with { Crf = random.Next(24, 31) };

    public static Cut LowRate(Random random, Cut cut) => cut with { Crf = random.Next(36, 45) };

    public static Cut Blur(Random random, Cut cut) => cut.Filter($"gblur=sigma={Between(random, 1.5, 4):F2}");

    public static Cut Sharpen(Random random, Cut cut) => cut.Filter($"unsharp=5:5:{Between(random, 1, 2.5):F2}:5:5:0");

    public static Cut Noise(Random random, Cut cut) =>
        cut.Filter($"noise=alls={random.Next(15, 41)}:allf=t:all_seed={random.Next(1 << 20)}");
}
