using System.Numerics.Tensors;
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

    /// <summary>Those of the whole picture: the DCT tells them.</summary>
    public IReadOnlyList<QueryVariant> Variants { get; } = [QueryVariant.Mirrored, QueryVariant.Inverted, .. QueryVariant.Turned];

    /// <inheritdoc/>
    public void Prepare()
    {
    }

    /// <inheritdoc/>
    public EmbedOutcome Embed(VideoInfo video, EmbedRequest request, Action<ClipBatch> onClips, CancellationToken stop = default)
    {
        var frames = new FrameRequest(Side, Side) { Rate = Rate, From = request.From, To = request.To, Threads = request.Threads };
        using var reader = FrameReader.Open(video, frames, stop);
        var batch = new HashBatch(request.Variants);
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

    private sealed class HashBatch(IReadOnlyList<QueryVariant> variants)
    {
        private readonly QueryVariant[] all = [QueryVariant.Plain, .. variants];
        private readonly Dihedral[] ways = [Dihedral.Original, .. variants.Select(v => v.Way)];
        private readonly List<byte>[] looks = [.. Enumerable.Range(0, 1 + variants.Count).Select(_ => new List<byte>(BatchFrames * VectorRows.BitRowBytes))];
        private readonly List<(double Time, byte Quality)> frames = new(BatchFrames);

        public int Count => frames.Count;

        public void Add(Frame frame)
        {
            Span<PdqHash> hashes = stackalloc PdqHash[ways.Length];
            var quality = Pdq.Hash(frame.Rgb, Side, Side, ways, hashes);
            for (var i = 0; i < ways.Length; i++)
            {
                Write(hashes[i], all[i].Negative, looks[i]);
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

            VectorRows[] rows = [.. looks.Select(look => VectorRows.OfBits(look.ToArray()))];
            Array.ForEach(looks, look => look.Clear());
            frames.Clear();
            return new ClipBatch(rows[0], spans, [.. rows[1..].Select(one => new ClipSequence(one, spans))]);
        }

        // A negative has every frequency negated, and so every bit.
        private static void Write(PdqHash hash, bool negative, List<byte> rows)
        {
            Span<byte> row = stackalloc byte[VectorRows.BitRowBytes];
            hash.WriteTo(row);
            if (negative)
            {
                TensorPrimitives.OnesComplement<byte>(row, row);
            }

            rows.AddRange(row);
        }
    }
}
