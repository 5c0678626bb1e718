using BenchmarkDotNet.Running;
using Sosia.Bench;

switch (args)
{
    case ["search", ..]:
        SearchScenario.Run(args[1..]);
        return 0;
    case ["kernels", ..]:
        BenchmarkSwitcher.FromTypes([typeof(SearchKernels)]).Run(args[1..]);
        return 0;
    default:
        Console.Error.WriteLine("usage: Sosia.Bench search [rows, 500000 by default] | kernels [BenchmarkDotNet options]");
        return 2;
}
