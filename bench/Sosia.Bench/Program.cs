using BenchmarkDotNet.Running;
using Sosia.Bench;

switch (args)
{
    case ["search", ..]:
        SearchScenario.Run(args[1..]);
        return 0;
    case ["ingest", var folder]:
        IngestScenario.Run(folder);
        return 0;
    case ["copies", var copies, .. { Length: > 0 } originals]:
        CopiesScenario.Run(copies, originals);
        return 0;
    case ["kernels", ..]:
        BenchmarkSwitcher.FromTypes([typeof(SearchKernels)]).Run(args[1..]);
        return 0;
    default:
        Console.Error.WriteLine("usage: Sosia.Bench search [rows, 500000 by default] | ingest FOLDER | copies COPIES ORIGINALS... | kernels [BenchmarkDotNet options]");
        return 2;
}
