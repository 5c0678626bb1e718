namespace Sosia.Vectors;

/// <summary>Runs the vector suite over another folder: <c>dotnet run --project tests/Sosia.Vectors -- DIR</c>.</summary>
public static class Program
{
    public static int Main(string[] args)
    {
        if (args.Length != 1)
        {
            Console.Error.WriteLine("usage: Sosia.Vectors DIR    (a folder of sosia.vectors/1 files)");
            return 2;
        }

        return VectorRunner.RunFolder(args[0], Console.Out) ? 0 : 1;
    }
}
