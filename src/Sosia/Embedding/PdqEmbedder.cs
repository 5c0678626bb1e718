using Sosia.Library;
using Sosia.Matching;
using Sosia.Video;

namespace Sosia;

/// <summary>PDQ hashes of four frames a second, each scaled to 64 x 64 by the decoder: the baseline that needs no network (methods: PDQ, vPDQ; the rate is ours).</summary>
public sealed class PdqEmbedder : IEmbedder
{
    /// <summary>Frames a second. vPDQ takes one; fast scenes cut at another phase are found only by three or four.</summary>
    public const double Rate = 4;

    private const int Side = 64;
    private const int BatchFrames = 512;

    // Mirroring negates every second column of the DCT; the bits of the others stay.
    private const byte EvenColumns = 0b0101_0101;

    /// <inheritdoc/>
    public string Model => "pdq";

    /// <inheritdoc/>
    public EmbedderIdentity Identity { get; } = new("pdq-64@4", VectorKind.Bits256, 256, "pdq-64@4/1");

    /// <inheritdoc/>
    public string Description => "PDQ hashes of frames scaled to 64 x 64, four a second, 32 bytes each; no network";

    /// <inheritdoc/>
    public MatchingOptions Matching => MatchingOptions.Pdq;

    /// <inheritdoc/>
    public void Prepare()
    {
    }

    /// <inheritdoc/>
    public EmbedOutcome Embed(VideoInfo video, EmbedRequest request, Action<ClipBatch> onClips, CancellationToken stop = default)
    {
        var frames = new FrameRequest(Side, Side) { Rate = Rate, From = request.From, To = request.To, Threads = request.Threads };
        using var reader = FrameReader.Open(video, frames, stop);
        var batch = new HashBatch(request.Mirrored);
        var count = 0L;
        var last = 0.0;
        while (reader.Read(out var frame))
        {
            if (batch.Count == BatchFrames)
            {
                onClips(batch.Take(frame.Time));
            }

            batch.Add(frame);
            last = frame.Time;
            count++;
        }

        var end = video.IsPicture ? last : EndOf(video, last);
        if (batch.Count > 0)
        {
            onClips(batch.Take(end));
        }

        return new EmbedOutcome(end, count, reader.Damage);
    }

    /// <summary>Complements the bits of the negated frequencies: equal to hashing the mirrored picture but for bits near the median.</summary>
    /// <param name="plain">N rows of 256 bits.</param>
    public VectorRows? Mirror(VectorRows plain)
    {
        var bits = plain.Bits.ToArray();
        for (var i = 0; i < bits.Length; i++)
        {
            bits[i] ^= EvenColumns;
        }

        return VectorRows.OfBits(bits);
    }

    // The stated duration may lie; where it can be true it is finer than a step.
    private static double EndOf(VideoInfo video, double last) =>
        video.Duration > last && video.Duration < last + (1 / Rate) ? video.Duration : last + (1 / Rate);

    private sealed class HashBatch(bool mirrored)
    {
        private readonly List<byte> plain = new(BatchFrames * VectorRows.BitRowBytes);
        private readonly List<byte> flipped = [];
        private readonly List<(double Time, byte Quality)> frames = new(BatchFrames);

        public int Count => frames.Count;

        public void Add(Frame frame)
        {
            Span<PdqHash> hashes = stackalloc PdqHash[2];
            var quality = Pdq.Hash(frame.Rgb, Side, Side, mirrored ? [Dihedral.Original, Dihedral.FlipY] : [Dihedral.Original], hashes);
            Write(hashes[0], plain);
            if (mirrored)
            {
                Write(hashes[1], flipped);
            }

            frames.Add((frame.Time, (byte)quality));
        }

        // The last clip ends where the next batch begins.
        public ClipBatch Take(double end)
        {
            var spans = new ClipSpan[frames.Count];
            for (var i = 0; i < spans.Length; i++)
            {
                spans[i] = new ClipSpan(frames[i].Time, i + 1 < spans.Length ? frames[i + 1].Time : end, frames[i].Quality);
            }

            var batch = new ClipBatch(VectorRows.OfBits(plain.ToArray()), mirrored ? VectorRows.OfBits(flipped.ToArray()) : null, spans);
            plain.Clear();
            flipped.Clear();
            frames.Clear();
            return batch;
        }

        private static void Write(PdqHash hash, List<byte> rows)
        {
            Span<byte> row = stackalloc byte[VectorRows.BitRowBytes];
            hash.WriteTo(row);
            rows.AddRange(row);
        }
    }
}
