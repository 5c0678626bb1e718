using Sosia.Matching;

namespace Sosia.Tests.Benchmark;

/// <summary>Truth and answers in one line each.</summary>
internal static class Given
{
    public static TrueCopy True(string copy, string original, double from = 0, double to = 10, double shift = 0, bool reversed = false, string edits = "crop") =>
        new(copy, new Stretch(from, to), original, new Stretch(from + shift, to + shift), reversed, edits);

    public static BenchmarkAnswer Answer(string copy, string original, double confidence, bool? shown = null, double from = 0, double to = 10, double shift = 0) =>
        new(copy, original, confidence, shown ?? confidence >= 1, [Segment(from, to, shift)]);

    public static CopiedSegment Segment(double from, double to, double shift = 0) => new(new Stretch(from, to), new Stretch(from + shift, to + shift), 1, 1, QueryVariant.Plain);

    public static BenchmarkScores Scores(TrueCopy[] truth, BenchmarkAnswer[] answers, params int[] falseAnswers) =>
        BenchmarkScores.Of(BenchmarkPair.Of(truth, answers), falseAnswers);
}
