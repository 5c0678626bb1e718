using System.Globalization;
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
    case ["torch", ..]:
        TorchScenario.Run(args[1..]);
        return 0;
    case ["train", var pack, var size, var batch, var steps, var device, .. var more]:
        TrainScenario.Run(pack, size, int.Parse(batch, CultureInfo.InvariantCulture), int.Parse(steps, CultureInfo.InvariantCulture), device, more.Contains("bfloat16"), device == "cuda" ? 8 : Environment.ProcessorCount);
        return 0;
    case ["fit-trunk", var folder, var output]:
        return TrunkBench.Run(folder, output);
    case ["ship", var run, var output]:
        return TrunkBench.Ship(run, output);
    case ["parts", var originals, var cache, .. var more]:
        return PartsScenario.Run(originals.Split(','), cache, more);
    case ["sanity", var method and ("fame" or "carl"), var folder, .. var seeds]:
        return SanityScenario.Run(method, folder, Array.ConvertAll(seeds, seed => int.Parse(seed, CultureInfo.InvariantCulture)));
    case ["kernels", ..]:
        BenchmarkSwitcher.FromTypes([typeof(SearchKernels)]).Run(args[1..]);
        return 0;
    default:
        Console.Error.WriteLine("usage: Sosia.Bench search [rows, 500000 by default] | ingest FOLDER | torch [clips, 2 by default; 0: calls alone] | train RAW-PACK tiny|small|base BATCH STEPS cpu|cuda [bfloat16] | fit-trunk FOLDER OUT | ship RUN OUT | parts ORIGINALS,ORIGINALS CACHE [NAME=RUN ...] COPIES ... | sanity fame|carl FOLDER SEED ... | kernels [BenchmarkDotNet options]");
        return 2;
}
