using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sosia.Video;

namespace Sosia;

/// <summary>One copy that is to be made.</summary>
/// <param name="Source">The video that is copied.</param>
/// <param name="Other">The one that it is mixed with; null where it is not.</param>
/// <param name="File">Its name in the folder of the benchmark.</param>
/// <param name="Edits">As truth.csv has it: <c>crop</c>, <c>chain:trim+crop</c>, <c>stretch:4:crop</c>.</param>
/// <param name="Plan">What ffmpeg is told, and the truth.</param>
internal sealed record CopyPlan(Original Source, Original? Other, string File, string Edits, EditPlan Plan);

/// <summary>Which copies a benchmark holds: each depends on the seed, its number and the originals, and on no other copy.</summary>
/// <param name="originals">By name.</param>
/// <param name="options">Without a fault.</param>
internal sealed class CopyPlans(IReadOnlyList<Original> originals, BenchmarkMakeOptions options)
{
    // What leaves a stretch to be recognised, so that its length is what decides.
    private static readonly string[] Mild =
        ["reencode", "scale", "aspect", "crop", "letterbox", "frame", "logo", "text", "colour", "gamma", "contrast", "brightness", "blur", "sharpen", "noise"];

    private readonly string[] edits = [.. Drawable(originals, options)];

    /// <summary>How many there are.</summary>
    public int Count => edits.Length == 0 ? 0 : originals.Count * options.PerVideo;

    /// <summary>The copy of a number from 0.</summary>
    /// <exception cref="InvalidDataException">Its source is too short for it.</exception>
    public CopyPlan this[int number]
    {
        get
        {
            var source = originals[number / options.PerVideo];
            var seed = Number($"{options.Seed}/{number}/{source.Name}");
            var random = new Random(seed);
            var edit = Edits.Named(FromBag(edits, "edits", number));
            return options.Stretches.Count > 0 ? Stretch(number, source, edit, seed, random) : Whole(number, source, edit, seed, random);
        }
    }

    /// <summary>The source of the copy of a number.</summary>
    public Original SourceOf(int number) => originals[number / options.PerVideo];

    private CopyPlan Whole(int number, Original source, Edit edit, int seed, Random random)
    {
        var other = edit.TakesTwo ? Other(source, random) : null;
        var plan = edit.Plan(seed, Excerpt(source, options.Longest, random), other is null ? null : Excerpt(other, options.Longest, random));
        return new CopyPlan(source, other, FileName(number, edit.Name), plan.Name, plan);
    }

    private CopyPlan Stretch(int number, Original source, Edit edit, int seed, Random random)
    {
        var length = FromBag([.. options.Stretches], "stretches", number);
        if (length > source.Seconds)
        {
            double[] fitting = [.. options.Stretches.Where(one => one <= source.Seconds)];
            length = fitting.Length > 0 ? fitting[random.Next(fitting.Length)] : throw new InvalidDataException("shorter than every stretch that is asked for");
        }

        var other = Other(source, random);
        var plan = edit.PlanWithin(seed, Excerpt(source, length, random), Excerpt(other, options.Longest, random));
        var seconds = length.ToString(CultureInfo.InvariantCulture);
        return new CopyPlan(source, other, FileName(number, $"stretch-{seconds}-{edit.Name}"), $"stretch:{seconds}:{edit.Name}", plan);
    }

    // What mixes two videos is not drawn where there is only one.
    private static IEnumerable<string> Drawable(IReadOnlyList<Original> originals, BenchmarkMakeOptions options)
    {
        var asked = options.Edits.Count > 0 ? options.Edits : options.Stretches.Count > 0 ? Mild : Edits.All.Select(edit => edit.Name);
        return asked.Where(name => originals.Count > 1 || (options.Stretches.Count == 0 && !Edits.Named(name).TakesTwo)).Distinct(StringComparer.Ordinal);
    }

    // A shuffled bag: whoever draws as often as there are things has drawn each once.
    private T FromBag<T>(T[] things, string what, int number)
    {
        var bag = things.ToArray();
        new Random(Number($"{options.Seed}/{what}/{number / bag.Length}")).Shuffle(bag);
        return bag[number % bag.Length];
    }

    private Original Other(Original source, Random random)
    {
        var others = originals.Where(one => one != source).ToArray();
        return others[random.Next(others.Length)];
    }

    private static EditSource Excerpt(Original video, double longest, Random random)
    {
        var seconds = Math.Min(video.Seconds, longest);
        var from = Math.Floor(random.NextDouble() * (video.Seconds - seconds) * 1000) / 1000;
        return new EditSource(video.Width, video.Height, seconds, from);
    }

    private static string FileName(int number, string edit) => string.Create(CultureInfo.InvariantCulture, $"{number:00000}-{edit}.mp4");

    // The same on every machine and in every version.
    private static int Number(FormattableString text) =>
        BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture)))) & int.MaxValue;
}
