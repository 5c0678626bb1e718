using Sosia.Evaluating.Protocols;
using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>A rule about videos that are not there or cannot be read.</summary>
/// <param name="Treatment">Which.</param>
/// <param name="Text">In words, with whose rule it is.</param>
public sealed record MissingRule(MissingTreatment Treatment, string Text);

/// <summary>What a protocol is given.</summary>
/// <param name="Annotations">The published files.</param>
/// <param name="Videos">The folder of videos.</param>
/// <param name="Missing">One of its rules.</param>
/// <param name="Split">Of VCSL: train, val or test.</param>
public sealed record ProtocolInput(Annotations Annotations, VideoFiles Videos, MissingTreatment Missing, string Split);

/// <summary>A public protocol of copy detection: which files, which queries, which scores, which figures.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Title">For people.</param>
/// <param name="Files">Which published files it takes, and how videos are named.</param>
/// <param name="Rules">About videos that cannot be read; the first holds unless asked otherwise.</param>
/// <param name="Read">Reads the published files.</param>
public sealed record Protocol(string Name, string Title, string Files, IReadOnlyList<MissingRule> Rules, Func<ProtocolInput, Benchmark> Read)
{
    /// <summary>All there are.</summary>
    public static IReadOnlyList<Protocol> All { get; } =
    [
        FivrProtocol.FiveK, FivrProtocol.Whole, CcWebProtocol.Protocol, EvveProtocol.Protocol, SvdProtocol.Protocol, VcdbProtocol.Protocol,
        VscProtocol.Descriptor, VscProtocol.Matching, VcslProtocol.Protocol,
    ];

    /// <summary>The protocol of a name.</summary>
    /// <exception cref="UsageException">There is none; says which there are.</exception>
    public static Protocol Named(string name) =>
        All.FirstOrDefault(protocol => protocol.Name == name)
        ?? throw new UsageException($"there is no protocol {Printable.Text(name)}: choose one of {string.Join(", ", All.Select(protocol => protocol.Name))}");

    /// <summary>The rule that is asked for, or the first.</summary>
    /// <exception cref="UsageException">This protocol has no such rule.</exception>
    public MissingRule Rule(MissingTreatment? asked) => asked is null
        ? Rules[0]
        : Rules.FirstOrDefault(rule => rule.Treatment == asked) ?? throw new UsageException($"{Name} has one rule about missing videos: {Rules[0].Text}");
}

/// <summary>A benchmark whose files are read.</summary>
/// <param name="Database">Ids of the videos that are searched.</param>
/// <param name="Queries">Ids of those that are looked for; they may be in the database or not.</param>
/// <param name="Measure">The figures of what was embedded.</param>
public sealed record Benchmark(IReadOnlySet<string> Database, IReadOnlySet<string> Queries, Func<EmbeddedBenchmark, EvaluationFigures> Measure)
{
    /// <summary>Whether queries are looked for mirrored, too.</summary>
    public bool Mirrored { get; init; } = true;

    /// <summary>Lines for the reader of the figures, known before they are measured.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The name of an id's file, with or without its extension.</summary>
    public Func<string, string> FileName { get; init; } = static id => id;
}

/// <summary>Figures, and what else is to be said.</summary>
/// <param name="Rows">The figures.</param>
/// <param name="Notes">Lines for the reader.</param>
public sealed record EvaluationFigures(IReadOnlyList<EvaluationRow> Rows, IReadOnlyList<string> Notes)
{
    /// <summary>What most rules say of queries.</summary>
    public const string MissingQueries = "; a query is left out of the means";

    /// <summary>What is to be said of equal scores, where their order decides.</summary>
    public static IReadOnlyList<string> Ties(int ties) =>
        ties == 0 ? [] : [$"{ties} groups of equal scores hold a relevant video and another one; they are in the order of the ids"];
}
