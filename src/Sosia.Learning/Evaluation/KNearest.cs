namespace Sosia.Learning.Evaluation;

/// <summary>
/// The k-nearest-neighbour classifier of self-supervised papers (DINO, Caron et al. 2021, code eval_knn.py): the nearest training features vote for
/// their classes. Published figures are of features before the projection head.
/// </summary>
public static class KNearest
{
    /// <summary>Of the votes.</summary>
    public const double Temperature = 0.07;

    /// <summary>The k whose accuracy is reported.</summary>
    public const int Reported = 20;

    /// <summary>The k that are tried.</summary>
    public static IReadOnlyList<int> Published { get; } = [10, 20, 100, 200];

    /// <summary>For each class the sum over its neighbours of exp(cosine / temperature); not divided by anything.</summary>
    /// <param name="neighbours">Of one test feature, best first, at least k where there are so many.</param>
    /// <param name="labels">Classes of the gallery.</param>
    /// <param name="classes">How many there are.</param>
    /// <param name="k">Neighbours that vote.</param>
    /// <param name="temperature">How much the nearer ones count for more.</param>
    public static double[] Votes(IEnumerable<Neighbour> neighbours, IReadOnlyList<int> labels, int classes, int k, double temperature = Temperature)
    {
        var votes = new double[classes];
        foreach (var (number, cosine) in neighbours.Take(k))
        {
            votes[labels[number]] += Math.Exp(cosine / temperature);
        }

        return votes;
    }

    /// <summary>The rank of the right class of each test feature, as <see cref="Accuracy"/> takes it.</summary>
    /// <param name="neighbours">One list a test feature.</param>
    /// <param name="labels">Classes of the gallery.</param>
    /// <param name="truth">Classes of the test features.</param>
    /// <param name="classes">How many there are.</param>
    /// <param name="k">Neighbours that vote.</param>
    public static int[] Ranks(IReadOnlyList<Neighbour[]> neighbours, IReadOnlyList<int> labels, IReadOnlyList<int> truth, int classes, int k) =>
        Accuracy.Ranks([.. neighbours.Select(list => Votes(list, labels, classes, k))], truth);
}
