namespace Sosia.Video.Tests;

/// <summary>PDQ written down step by step, without vectors: the twin that the fast one must equal bit by bit.</summary>
internal static class PlainPdq
{
    public static (PdqHash Hash, int Quality) Hash(byte[] rgb, int width, int height)
    {
        var picture = Luminance(rgb);
        if (width != 64 || height != 64)
        {
            for (var pass = 0; pass < 2; pass++)
            {
                picture = Means(picture, count: height, length: width, step: 1, stride: width);
                picture = Means(picture, count: width, length: height, step: width, stride: 1);
            }

            var full = picture;
            picture = [.. from i in Enumerable.Range(0, 64)
                          from j in Enumerable.Range(0, 64)
                          select full[((int)((i + 0.5) * height / 64) * width) + (int)((j + 0.5) * width / 64)]];
        }

        return (Bits(Dct(picture)), Quality(picture));
    }

    public static float[] Luminance(byte[] rgb)
    {
        var luminance = new float[rgb.Length / 3];
        for (var i = 0; i < luminance.Length; i++)
        {
            var sum = 0.299f * rgb[3 * i];
            sum += 0.587f * rgb[(3 * i) + 1];
            sum += 0.114f * rgb[(3 * i) + 2];
            luminance[i] = sum;
        }

        return luminance;
    }

    // The four phases: a first sum, a growing window, a full one, a shrinking one.
    private static float[] Means(float[] x, int count, int length, int step, int stride)
    {
        var window = (length + 127) / 128;
        var half = (window + 2) / 2;
        var y = new float[x.Length];
        for (var line = 0; line < count; line++)
        {
            var (add, drop, write, inside, sum) = (0, 0, 0, 0, 0f);
            for (; add < half - 1; add++, inside++)
            {
                sum += x[(line * stride) + (add * step)];
            }

            for (; write < window - half + 1; write++, add++)
            {
                sum += x[(line * stride) + (add * step)];
                y[(line * stride) + (write * step)] = sum / ++inside;
            }

            for (; add < length; add++, drop++, write++)
            {
                sum += x[(line * stride) + (add * step)];
                sum -= x[(line * stride) + (drop * step)];
                y[(line * stride) + (write * step)] = sum / inside;
            }

            for (; write < length; drop++, write++)
            {
                sum -= x[(line * stride) + (drop * step)];
                y[(line * stride) + (write * step)] = sum / --inside;
            }
        }

        return y;
    }

    private static int Quality(float[] picture)
    {
        var sum = 0;
        for (var i = 0; i < 64; i++)
        {
            for (var j = 0; j < 64; j++)
            {
                var here = picture[(i * 64) + j];
                sum += i < 63 ? Math.Abs((int)((here - picture[((i + 1) * 64) + j]) * 100 / 255)) : 0;
                sum += j < 63 ? Math.Abs((int)((here - picture[(i * 64) + j + 1]) * 100 / 255)) : 0;
            }
        }

        return Math.Min(100, sum / 90);
    }

    private static float[] Dct(float[] picture)
    {
        var scale = (float)Math.Sqrt(2.0 / 64);
        var d = new float[16, 64];
        for (var i = 0; i < 16; i++)
        {
            for (var j = 0; j < 64; j++)
            {
                d[i, j] = (float)(scale * Math.Cos(Math.PI / 2 / 64 * (i + 1) * ((2 * j) + 1)));
            }
        }

        var half = new float[16, 64];
        var dct = new float[256];
        for (var i = 0; i < 16; i++)
        {
            for (var j = 0; j < 64; j++)
            {
                for (var k = 0; k < 64; k++)
                {
                    half[i, j] += d[i, k] * picture[(k * 64) + j];
                }
            }

            for (var j = 0; j < 16; j++)
            {
                for (var k = 0; k < 64; k++)
                {
                    dct[(i * 16) + j] += half[i, k] * d[j, k];
                }
            }
        }

        return dct;
    }

    private static PdqHash Bits(float[] dct)
    {
        var median = dct.Order().ElementAt(127);
        var words = new ulong[4];
        for (var k = 0; k < 256; k++)
        {
            words[k / 64] |= dct[k] > median ? 1UL << (k % 64) : 0;
        }

        return new PdqHash(words[0], words[1], words[2], words[3]);
    }
}
