using System.Numerics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Sosia.Torch.Tests;

/// <summary>Calls of all generated operators with random arguments: some as the schema wants them, some not. Nothing but a typed error may come of it.</summary>
internal sealed partial class Fuzz(Random random)
{
    /// <summary>Operators that are left out because libtorch itself fails on what they are given, and how.</summary>
    public static readonly IReadOnlyDictionary<string, string> LeftOut = new Dictionary<string, string>(StringComparer.Ordinal);

    private static readonly string[] Words = ["", "linear", "ij,jk->ik", "i,i->", "ii", "mean", "sum", "L", "U", "reduced", "none", "tanh", "constant", "reflect", "floor", "ij", "nonsense", "\0é"];
    private static readonly long[] Extremes = [long.MinValue, long.MaxValue, 1L << 50]; // 1 << 31 would be memory that is there
    private static readonly double[] Doubles = [0, 1, -1, 0.5, 1e-300, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue];

    private bool disposed;

    public static IReadOnlyList<Operator> Generated { get; } =
        [.. typeof(Operators).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (Operator)field.GetValue(null)!)];

    /// <summary>Says each call before it is made, so that the last line is the one that crashed.</summary>
    public static void Run(int seed, int calls, TextWriter log)
    {
        var operators = Generated.Where(op => op.Exists && !LeftOut.ContainsKey(op.Name)).ToList();
        var fuzz = new Fuzz(new Random(seed));
        var before = Tensor.Live;
        var succeeded = 0;
        for (var call = 0; call < calls; call++)
        {
            var op = operators[call % operators.Count];
            using var scope = TensorScope.Enter();
            if (fuzz.Call(op, log))
            {
                succeeded++;
            }
        }

        log.WriteLine($"{succeeded} of {calls} succeeded, {Tensor.Live - before} tensors are left");
    }

    private bool Call(Operator op, TextWriter log)
    {
        disposed = false;
        var types = Types(op.Schema);
        var arguments = types.Select(Argument).ToList();
        switch (random.Next(20))
        {
            case 0:
                arguments = arguments[..random.Next(arguments.Count + 1)];
                break;
            case 1:
                arguments.AddRange(Enumerable.Range(0, random.Next(70)).Select(_ => Any()));
                break;
        }

        log.WriteLine($"{op.Name}({string.Join(", ", arguments)})");
        log.Flush();
        try
        {
            switch (random.Next(8))
            {
                case 0:
                    op.Tensor([.. arguments]);
                    break;
                case 1:
                    op.Number([.. arguments]);
                    break;
                case 2:
                    op.InPlace([.. arguments]);
                    break;
                default:
                    op.Tensors([.. arguments]);
                    break;
            }

            return true;
        }
        catch (TorchException)
        {
            return false;
        }
        catch (InvalidOperationException error) when (error.Message.Contains("does not return", StringComparison.Ordinal))
        {
            return false;
        }
        catch (ObjectDisposedException) when (disposed)
        {
            return false;
        }
    }

    // Of the arguments, in order: "Tensor(a!)?" is Tensor.
    private static IEnumerable<string> Types(string schema) =>
        ArgumentTypes().Matches(schema[schema.IndexOf('(', StringComparison.Ordinal)..schema.LastIndexOf(" -> ", StringComparison.Ordinal)]).Select(m => m.Groups[1].Value + m.Groups[2].Value);

    [GeneratedRegex(@"(?<=[(, ])(\w+)(?:\([^)]*\))?\??(\[\d*\])?\??(?:\([^)]*\))? \w+")]
    private static partial Regex ArgumentTypes();

    private Value Argument(string type) => random.Next(12) == 0 ? Any() : type switch
    {
        "Tensor" => Draw(),
        "int" or "SymInt" => Whole(),
        "float" => Real(),
        "Scalar" => Number(),
        "bool" => random.Next(2) == 0,
        "str" => Words[random.Next(Words.Length)],
        "ScalarType" => random.Next(3) == 0 ? default : (long)random.Next(-1, 20),
        "Layout" or "MemoryFormat" => random.Next(3) > 0 ? default : (long)random.Next(-1, 9),
        "Device" => random.Next(2) == 0 ? default : Place(),
        "Generator" => default,
        _ when type.StartsWith("Tensor[", StringComparison.Ordinal) => List(Draw, most: 4),
        _ when type.StartsWith("float[", StringComparison.Ordinal) || type.StartsWith("Scalar[", StringComparison.Ordinal) => List(Real),
        _ when type.StartsWith("bool[", StringComparison.Ordinal) => List(() => random.Next(2) == 0),
        _ when type.Contains('[') => List(Whole),
        _ => Any(),
    };

    private Value Any() => random.Next(14) switch
    {
        0 => default,
        1 => Value.None,
        2 => Draw(),
        3 => Whole(),
        4 => Real(),
        5 => random.Next(2) == 0,
        6 => new Complex(Real(), Real()),
        7 => Words[random.Next(Words.Length)],
        8 => Place(),
        9 => List(Whole),
        10 => List(Real),
        11 => List(() => random.Next(2) == 0),
        12 => List(() => random.Next(5) == 0 ? null : Draw(), most: 4),
        _ => Disposed(),
    };

    private T[] List<T>(Func<T> element, int most = 6) => [.. Enumerable.Range(0, random.Next(most)).Select(_ => element())];

    private long Whole() => random.Next(12) switch
    {
        0 => Extremes[random.Next(Extremes.Length)],
        < 6 => random.Next(0, 4),
        _ => random.Next(-3, 7),
    };

    private double Real() => random.Next(3) == 0 ? Doubles[random.Next(Doubles.Length)] : (random.NextDouble() * 4) - 1;

    private Value Number() => random.Next(3) switch
    {
        0 => Whole(),
        1 => random.Next(8) == 0 ? new Complex(Real(), Real()) : random.Next(2) == 0,
        _ => Real(),
    };

    private Value Place() => random.Next(4) switch
    {
        0 => Device.Cuda(random.Next(-2, 200)),
        1 => new Device((DeviceType)random.Next(-1, 40), random.Next(-1, 2)),
        2 => new Device(DeviceType.Meta),
        _ => Device.Cpu,
    };

    // Small, of any type and layout, often such that two of them fit together.
    private Tensor Draw()
    {
        long[] shape = [.. Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(4) == 0 ? (long)random.Next(0, 4) : 2)];
        var types = Enum.GetValues<ScalarType>();
        var type = random.Next(3) > 0 ? ScalarType.Float32 : types[random.Next(types.Length)];
        var tensor = random.Next(20) == 0 ? Tensor.Zeros(shape, type, new Device(DeviceType.Meta)) : Tensor.RandInt(-1, 5, shape, dtype: ScalarType.Float32).To(type);
        if (random.Next(4) == 0 && shape.Length > 1)
        {
            tensor = tensor.Transpose(0, -1);
        }
        else if (random.Next(8) == 0)
        {
            tensor = tensor.Unsqueeze(0).Expand([2, .. shape]);
        }
        else if (random.Next(8) == 0 && tensor.IsFloatingPoint())
        {
            tensor = tensor.RequireGrad();
        }

        return tensor;
    }

    private Tensor Disposed()
    {
        disposed = true;
        var tensor = Tensor.Zeros([1]);
        tensor.Dispose();
        return tensor;
    }
}
