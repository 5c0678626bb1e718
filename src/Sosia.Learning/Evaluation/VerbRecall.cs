namespace Sosia.Learning.Evaluation;

/// <summary>Verb prediction where several annotators name verbs (VidSitu, Sadhu et al. 2021), in percent; NaN of no example.</summary>
/// <param name="Accuracy1">Share of examples whose best verb was named by anyone.</param>
/// <param name="Accuracy5">Share of examples of whose five best verbs any was named.</param>
/// <param name="MacroRecall5">Of the examples with a verb the share that has it among the five best, averaged over the verbs that were named.</param>
public sealed record VerbRecall(double Accuracy1, double Accuracy5, double MacroRecall5)
{
    private const int Best = 5;

    /// <summary>Measures predictions.</summary>
    /// <param name="scores">One a verb, for each example.</param>
    /// <param name="annotated">For each example the verbs that were named; repeated ones count once.</param>
    /// <exception cref="ArgumentException">There are not as many of both, there is no such verb, or a score is NaN.</exception>
    public static VerbRecall Measure(IReadOnlyList<double[]> scores, IReadOnlyList<IReadOnlyList<int>> annotated)
    {
        if (scores.Count != annotated.Count)
        {
            throw new ArgumentException($"verbs of {annotated.Count} examples for {scores.Count}", nameof(annotated));
        }

        var examples = scores.Zip(annotated, (row, verbs) => verbs.Distinct().Select(verb => (Verb: verb, Rank: Accuracy.Rank(row, verb))).ToList()).ToList();
        var recalls = examples.SelectMany(verbs => verbs).GroupBy(one => one.Verb).Select(verb => Percent.Of(verb.Count(one => one.Rank < Best), verb.Count()));
        return new VerbRecall(Hit(1), Hit(Best), recalls.DefaultIfEmpty(double.NaN).Average());

        double Hit(int k) => Percent.Of(examples.Count(verbs => verbs.Any(one => one.Rank < k)), examples.Count);
    }
}
