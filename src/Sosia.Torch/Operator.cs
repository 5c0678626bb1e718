using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Sosia.Torch.Native;

namespace Sosia.Torch;

/// <summary>An operator of libtorch, called by its name: the one door. Counts, kinds and ranges are checked before libtorch is reached.</summary>
/// <remarks>Found at its first call. Arguments are those of the schema, in order; what is left out at the end is filled from its defaults.</remarks>
/// <param name="name">With its namespace: <c>aten::add</c>.</param>
/// <param name="overload">After the dot of PyTorch's names: <c>Tensor</c>; empty for none.</param>
/// <param name="schema">The schema that the typed methods were generated from, or empty.</param>
[SkipLocalsInit]
public sealed unsafe class Operator(string name, string overload = "", string schema = "")
{
    private const int MostResults = 8;
    private const int MostArguments = 64;
    private const int ScratchBytes = 512;

    private nint handle;

    /// <summary>As PyTorch writes it: <c>aten::add.Tensor</c>.</summary>
    public string Name => overload.Length == 0 ? name : $"{name}.{overload}";

    /// <summary>The schema of libtorch 1.13 that the typed method was generated from; empty where there is none.</summary>
    public string GeneratedFrom => schema;

    /// <summary>The schema of the libtorch that runs.</summary>
    /// <exception cref="UnknownOperatorException">It has no such operator.</exception>
    public string Schema => NativeTorch.Text(NativeTorch.sosia_operator_schema(Handle));

    /// <summary>Whether the libtorch that runs has it.</summary>
    public bool Exists => handle != 0 || NativeTorch.sosia_operator(name, overload, out _) == Status.Ok;

    private nint Handle => handle != 0 ? handle : handle = Resolve();

    /// <summary>Calls it for its one tensor.</summary>
    /// <exception cref="TorchException">It was refused.</exception>
    public Tensor Tensor(params ReadOnlySpan<Value> arguments)
    {
        NativeValue result;
        var count = Invoke(arguments, &result, 1);
        return count == 1 && result.Tag == Tag.Tensor ? new Tensor(result.Pointer, result.Count) : throw Unexpected(&result, count, "one tensor");
    }

    /// <summary>Calls it for its one tensor, which may be undefined.</summary>
    /// <exception cref="TorchException">It was refused.</exception>
    public Tensor? TensorOrNull(params ReadOnlySpan<Value> arguments)
    {
        NativeValue result;
        var count = Invoke(arguments, &result, 1);
        return count == 1 && result.Tag == Tag.None ? null : count == 1 && result.Tag == Tag.Tensor ? new Tensor(result.Pointer, result.Count) : throw Unexpected(&result, count, "one tensor");
    }

    /// <summary>Calls it for what it does to one of its arguments, which it returns once more.</summary>
    /// <exception cref="TorchException">It was refused.</exception>
    public void InPlace(params ReadOnlySpan<Value> arguments)
    {
        var results = stackalloc NativeValue[MostResults];
        var count = Invoke(arguments, results, MostResults);
        Release(results, count);
    }

    /// <summary>Calls it for its tensors: those of a tuple, or of a list. An undefined one is null.</summary>
    /// <exception cref="TorchException">It was refused.</exception>
    public Tensor[] Tensors(params ReadOnlySpan<Value> arguments)
    {
        var results = stackalloc NativeValue[MostResults];
        var count = Invoke(arguments, results, MostResults);
        if (count == 1 && results[0].Tag == Tag.Tensors)
        {
            return Unpack(results[0]);
        }

        var tensors = new Tensor[count];
        for (var i = 0; i < count; i++)
        {
            if (results[i].Tag is not (Tag.Tensor or Tag.None))
            {
                throw Unexpected(results, count, "tensors");
            }
        }

        for (var i = 0; i < count; i++)
        {
            tensors[i] = results[i].Tag == Tag.None ? null! : new Tensor(results[i].Pointer, results[i].Count);
        }

        return tensors;
    }

    /// <summary>Calls it for its one number or truth value (0 or 1).</summary>
    /// <exception cref="TorchException">It was refused.</exception>
    public double Number(params ReadOnlySpan<Value> arguments)
    {
        NativeValue result;
        var count = Invoke(arguments, &result, 1);
        return count == 1 && result.Tag is Tag.Int or Tag.Bool ? result.Bits
            : count == 1 && result.Tag == Tag.Double ? BitConverter.Int64BitsToDouble(result.Bits)
            : throw Unexpected(&result, count, "one number");
    }

    /// <summary>Its name.</summary>
    public override string ToString() => Name;

    private nint Resolve()
    {
        NativeTorch.Check(NativeTorch.sosia_operator(name, overload, out var found), Name);
        return found;
    }

    private int Invoke(ReadOnlySpan<Value> arguments, NativeValue* results, int capacity)
    {
        ThrowIfMany(arguments.Length);
        var natives = stackalloc NativeValue[MostArguments];
        var room = stackalloc byte[ScratchBytes];
        var scratch = new Scratch(room, ScratchBytes);
        var held = 0;
        try
        {
            for (; held < arguments.Length; held++)
            {
                Hold(arguments[held], ref natives[held], ref scratch);
            }

            var status = Call(natives, arguments.Length, results, capacity, out var produced);
            return status == Status.Ok ? produced : throw Refusal(status, arguments, results, produced);
        }
        finally
        {
            for (var i = 0; i < held; i++)
            {
                LetGo(arguments[i]);
            }

            scratch.Free();
        }
    }

    // Not in a try block, where the compiler makes a detour of it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Status Call(NativeValue* arguments, int count, NativeValue* results, int capacity, out int produced)
    {
        int returned;
        var status = NativeTorch.sosia_call(Handle, arguments, count, results, capacity, &returned);
        produced = returned;
        return status;
    }

    private void ThrowIfMany(int arguments)
    {
        if (arguments > MostArguments)
        {
            throw new TorchArgumentException($"{Name}: {arguments} arguments are more than any operator takes");
        }
    }

    // A tensor that is an argument stays alive until the call returns, whatever other threads do.
    private static void Hold(in Value value, ref NativeValue native, ref Scratch scratch)
    {
        native.Tag = value.Tag; // field by field: a struct that is stored in parts and loaded as a whole costs as much as a lock
        switch (value.Tag)
        {
            case Tag.Tensor:
                native.Bits = Unsafe.As<Tensor>(value.Reference!).Hold();
                break;
            case Tag.Generator:
                native.Bits = Hold((Generator)value.Reference!);
                break;
            case Tag.Tensors:
                Hold((Tensor?[])value.Reference!, ref native, ref scratch);
                break;
            case Tag.String:
                List(Encoding.UTF8.GetBytes((string)value.Reference!), ref native, ref scratch);
                break;
            case Tag.Ints:
                List((long[])value.Reference!, ref native, ref scratch);
                break;
            case Tag.Doubles or Tag.Complex:
                List((double[])value.Reference!, ref native, ref scratch);
                break;
            case Tag.Bools:
                List((bool[])value.Reference!, ref native, ref scratch);
                break;
            default:
                native.Bits = value.Bits;
                break;
        }
    }

    private static nint Hold(Generator generator)
    {
        var held = false;
        generator.DangerousAddRef(ref held);
        return generator.DangerousGetHandle();
    }

    private static void Hold(Tensor?[] tensors, ref NativeValue native, ref Scratch scratch)
    {
        var handles = (nint*)scratch.Take(tensors.Length * sizeof(nint));
        var held = 0;
        try
        {
            for (; held < tensors.Length; held++)
            {
                handles[held] = tensors[held]?.Hold() ?? 0;
            }
        }
        catch
        {
            LetGo(tensors.AsSpan(0, held));
            throw;
        }

        (native.Count, native.Bits) = (tensors.Length, (nint)handles);
    }

    private static void List<T>(T[] values, ref NativeValue native, ref Scratch scratch)
        where T : unmanaged
    {
        var copy = scratch.Take(values.Length * sizeof(T));
        values.CopyTo(new Span<T>(copy, values.Length));
        (native.Count, native.Bits) = (values.Length, (nint)copy);
    }

    private static void LetGo(in Value value)
    {
        if (value.Tag == Tag.Tensor)
        {
            Unsafe.As<Tensor>(value.Reference!).LetGo();
        }
        else if (value.Tag == Tag.Generator)
        {
            ((Generator)value.Reference!).DangerousRelease();
        }
        else if (value.Tag == Tag.Tensors)
        {
            LetGo((Tensor?[])value.Reference!);
        }
    }

    private static void LetGo(ReadOnlySpan<Tensor?> tensors)
    {
        foreach (var tensor in tensors)
        {
            tensor?.LetGo();
        }
    }

    private TorchException Refusal(Status status, ReadOnlySpan<Value> arguments, NativeValue* results, int produced)
    {
        Release(results, produced);
        var described = new List<string>(arguments.Length);
        foreach (var argument in arguments)
        {
            described.Add(argument.ToString());
        }

        return NativeTorch.Failure(status, $"{Name}({string.Join(", ", described)})");
    }

    private InvalidOperationException Unexpected(NativeValue* results, int count, string expected)
    {
        Release(results, count);
        return new InvalidOperationException($"{Name} does not return {expected}: {Schema}");
    }

    private static Tensor[] Unpack(NativeValue list)
    {
        var handles = new ReadOnlySpan<nint>((void*)list.Pointer, list.Count);
        var tensors = new Tensor[handles.Length];
        for (var i = 0; i < tensors.Length; i++)
        {
            tensors[i] = handles[i] == 0 ? null! : Torch.Tensor.Own(handles[i]);
        }

        NativeTorch.sosia_free(list.Pointer);
        return tensors;
    }

    private static void Release(NativeValue* results, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (results[i].Tag == Tag.Tensor)
            {
                NativeTorch.sosia_tensor_release(results[i].Pointer);
            }
            else if (results[i].Tag == Tag.Tensors)
            {
                Array.ForEach(Unpack(results[i]), tensor => tensor?.Dispose());
            }
            else if (results[i].Tag is Tag.Ints or Tag.Doubles)
            {
                NativeTorch.sosia_free(results[i].Pointer);
            }
        }
    }

    // Room for lists: on the stack as far as it goes, which is nearly always. Each block beyond it begins with the address of the one before.
    private ref struct Scratch(byte* room, int bytes)
    {
        private int used;
        private nint* more;

        public byte* Take(int size)
        {
            var at = (used + 7) & ~7;
            if (at + size <= bytes)
            {
                used = at + size;
                return room + at;
            }

            var block = (nint*)NativeMemory.Alloc((nuint)size + (nuint)sizeof(nint));
            *block = (nint)more;
            more = block;
            return (byte*)(block + 1);
        }

        public void Free()
        {
            while (more != null)
            {
                var block = more;
                more = (nint*)*block;
                NativeMemory.Free(block);
            }
        }
    }
}
