using Sosia.Video.Packs;

namespace Sosia.Cli;

/// <summary>Shows the progress of a packing as that of reading.</summary>
/// <param name="display">Of <see cref="ProgressDisplay"/>.</param>
internal sealed class PackingDisplay(IProgress<IngestProgress> display) : IProgress<PackingProgress>
{
    public void Report(PackingProgress value) => display.Report(new IngestProgress(value.Done, value.Total, value.Seconds));
}
