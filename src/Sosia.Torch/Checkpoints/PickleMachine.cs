using System.Globalization;
using System.Numerics;
using System.Text;

namespace Sosia.Torch.Checkpoints;

/// <summary>
/// Python's pickle machine (protocols 2 to 5, and most of the older ones) without the power to call anything: names are looked up in a short list
/// (<see cref="PickleCalls"/>), everything else is refused by name. A budget bounds the objects, so that no small file fills the memory.
/// </summary>
internal sealed class PickleMachine(CheckpointBytes file, PickleStorages storages)
{
    private const int MostObjects = 4_000_000;
    private const int LongestInteger = 255; // bytes

    private readonly List<PickleValue> stack = [];
    private readonly List<int> marks = [];
    private readonly Dictionary<long, PickleValue> memo = [];
    private long spent;

    /// <summary>Runs a whole pickle.</summary>
    /// <returns>The object that it describes.</returns>
    /// <exception cref="CheckpointException">It is damaged, too large, or holds an object that is not data.</exception>
    public PickleValue Run(ReadOnlySpan<byte> pickle)
    {
        var cursor = new PickleCursor(pickle, file);
        var calls = new PickleCalls(file, Spend);
        while (true)
        {
            var opcode = cursor.Byte();
            if (opcode == '.') // STOP
            {
                return Pop();
            }

            Spend(1);
            var known = Scalar(opcode, ref cursor) || Bytes(opcode, ref cursor) || Sequence(opcode) || Map(opcode)
                || Stack(opcode, ref cursor) || Name(opcode, ref cursor, calls);
            if (!known)
            {
                throw file.Fault($"its pickle is damaged, or of a protocol that torch.save does not write (opcode 0x{opcode:x2})");
            }
        }
    }

    private bool Scalar(byte opcode, ref PickleCursor cursor)
    {
        switch ((char)opcode)
        {
            case 'N': // NONE
                return Push(PickleNone.Value);
            case '\x88': // NEWTRUE
                return Push(new PickleBoolean(true));
            case '\x89': // NEWFALSE
                return Push(new PickleBoolean(false));
            case 'J': // BININT
                return Push(new PickleInteger(cursor.Int32()));
            case 'K': // BININT1
                return Push(new PickleInteger(cursor.Byte()));
            case 'M': // BININT2
                return Push(new PickleInteger(cursor.UInt16()));
            case '\x8a': // LONG1
                return Push(new PickleInteger(new BigInteger(cursor.Take(cursor.Byte()))));
            case '\x8b': // LONG4
                return Push(Long(cursor.Take(cursor.UInt32())));
            case 'I': // INT
                return Push(Number(Encoding.ASCII.GetString(cursor.Line())));
            case 'L': // LONG
                return Push(Number(Encoding.ASCII.GetString(cursor.Line()).TrimEnd('L')));
            case 'F': // FLOAT
                return Push(Real(Encoding.ASCII.GetString(cursor.Line())));
            case 'G': // BINFLOAT
                return Push(new PickleReal(cursor.Double()));
            default:
                return false;
        }
    }

    private bool Bytes(byte opcode, ref PickleCursor cursor)
    {
        switch ((char)opcode)
        {
            case 'X': // BINUNICODE
                return Push(new PickleText(PickleCursor.Text(cursor.Take(cursor.UInt32()))));
            case '\x8c': // SHORT_BINUNICODE
                return Push(new PickleText(PickleCursor.Text(cursor.Take(cursor.Byte()))));
            case '\x8d': // BINUNICODE8
                return Push(new PickleText(PickleCursor.Text(cursor.Take(cursor.UInt64()))));
            case 'U': // SHORT_BINSTRING, of Python 2
                return Push(new PickleText(PickleCursor.Text(cursor.Take(cursor.Byte()))));
            case 'T': // BINSTRING, of Python 2
                return Push(new PickleText(PickleCursor.Text(cursor.Take(cursor.UInt32()))));
            case 'B': // BINBYTES
                return Push(new PickleBytes(cursor.Take(cursor.UInt32()).ToArray()));
            case 'C': // SHORT_BINBYTES
                return Push(new PickleBytes(cursor.Take(cursor.Byte()).ToArray()));
            case '\x8e' or '\x96': // BINBYTES8, BYTEARRAY8
                return Push(new PickleBytes(cursor.Take(cursor.UInt64()).ToArray()));
            default:
                return false;
        }
    }

    private bool Sequence(byte opcode)
    {
        switch ((char)opcode)
        {
            case ']': // EMPTY_LIST
                return Push(new PickleList(PickleSequence.List));
            case 'l': // LIST
                return Push(new PickleList(PickleSequence.List, TakeToMark()));
            case 'a': // APPEND
                return Append(PickleSequence.List, Take(1));
            case 'e': // APPENDS
                return Append(PickleSequence.List, TakeToMark());
            case ')': // EMPTY_TUPLE
                return Push(new PickleList(PickleSequence.Tuple));
            case 't': // TUPLE
                return Push(new PickleList(PickleSequence.Tuple, TakeToMark()));
            case '\x85' or '\x86' or '\x87': // TUPLE1, TUPLE2, TUPLE3
                return Push(new PickleList(PickleSequence.Tuple, Take(opcode - 0x84)));
            case '\x8f': // EMPTY_SET
                return Push(new PickleList(PickleSequence.Set));
            case '\x90': // ADDITEMS
                return Append(PickleSequence.Set, TakeToMark());
            case '\x91': // FROZENSET
                return Push(new PickleList(PickleSequence.Set, TakeToMark()));
            default:
                return false;
        }
    }

    private bool Map(byte opcode)
    {
        switch ((char)opcode)
        {
            case '}': // EMPTY_DICT
                return Push(new PickleMap());
            case 'd': // DICT
                var entries = TakeToMark();
                return Push(new PickleMap()) && SetItems(entries);
            case 's': // SETITEM
                return SetItems(Take(2));
            case 'u': // SETITEMS
                return SetItems(TakeToMark());
            default:
                return false;
        }
    }

    private bool Stack(byte opcode, ref PickleCursor cursor)
    {
        switch ((char)opcode)
        {
            case '\x80': // PROTO
                return cursor.Byte() <= 5;
            case '\x95': // FRAME
                return cursor.UInt64() >= 0;
            case '(': // MARK
                marks.Add(stack.Count);
                return true;
            case '0': // POP
                _ = Pop();
                return true;
            case '1': // POP_MARK
                _ = TakeToMark();
                return true;
            case '2': // DUP
                return Push(Top());
            case 'p': // PUT
                return Memoize(Index(cursor.Line()));
            case 'q': // BINPUT
                return Memoize(cursor.Byte());
            case 'r': // LONG_BINPUT
                return Memoize(cursor.UInt32());
            case '\x94': // MEMOIZE
                return Memoize(memo.Count);
            case 'g': // GET
                return Push(Recall(Index(cursor.Line())));
            case 'h': // BINGET
                return Push(Recall(cursor.Byte()));
            case 'j': // LONG_BINGET
                return Push(Recall(cursor.UInt32()));
            default:
                return false;
        }
    }

    private bool Name(byte opcode, ref PickleCursor cursor, PickleCalls calls)
    {
        switch ((char)opcode)
        {
            case 'c': // GLOBAL
                return Push(calls.Known(PickleCursor.Text(cursor.Line()), PickleCursor.Text(cursor.Line())));
            case '\x93': // STACK_GLOBAL
                return Push(Take(2) is [PickleText module, PickleText name] ? calls.Known(module.Value, name.Value) : throw Damaged());
            case 'R' or '\x81': // REDUCE, NEWOBJ
                return Push(Take(2) is [PickleName called, PickleList { Kind: PickleSequence.Tuple } arguments]
                    ? calls.Call(called, arguments.Items)
                    : throw Damaged());
            case 'b': // BUILD
                var state = Pop();
                return Push(calls.Build(Pop(), state));
            case 'Q': // BINPERSID
                return Push(storages.Find(Pop()));
            case 'i': // INST: makes an object of any class
                throw calls.Refused(PickleCursor.Text(cursor.Line()) + "." + PickleCursor.Text(cursor.Line()));
            case 'o' or '\x92': // OBJ, NEWOBJ_EX
                throw calls.Refused("an instance of a class");
            case 'P' or '\x82' or '\x83' or '\x84' or '\x97' or '\x98': // PERSID, EXT1, EXT2, EXT4, NEXT_BUFFER, READONLY_BUFFER
                throw calls.Refused($"opcode 0x{opcode:x2}");
            default:
                return false;
        }
    }

    private PickleValue Number(string text) => text switch
    {
        "00" => new PickleBoolean(false), // so protocol 0 writes them
        "01" => new PickleBoolean(true),
        { Length: <= LongestInteger } when BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            => new PickleInteger(number),
        _ => throw Damaged(),
    };

    private PickleInteger Long(ReadOnlySpan<byte> bytes) => bytes.Length <= LongestInteger
        ? new(new BigInteger(bytes))
        : throw file.Fault($"its pickle has a number of more than {LongestInteger} bytes");

    private PickleReal Real(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? new(number) : throw Damaged();

    private long Index(ReadOnlySpan<byte> digits) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : throw Damaged();

    private bool Append(PickleSequence kind, PickleValue[] items)
    {
        var list = Top() as PickleList;
        (list?.Kind == kind ? list : throw Damaged()).Add(items);
        return true;
    }

    private bool SetItems(PickleValue[] entries)
    {
        var map = Top() as PickleMap ?? throw Damaged();
        for (var at = 0; at < entries.Length; at += 2)
        {
            map.Set(entries[at], at + 1 < entries.Length ? entries[at + 1] : throw Damaged());
        }

        return true;
    }

    private bool Memoize(long index)
    {
        memo[index] = Top();
        return true;
    }

    private PickleValue Recall(long index) => memo.TryGetValue(index, out var value) ? value : throw Damaged();

    private bool Push(PickleValue value)
    {
        stack.Add(value);
        return true;
    }

    private PickleValue Top() => stack.Count > (marks.Count > 0 ? marks[^1] : 0) ? stack[^1] : throw Damaged();

    private PickleValue Pop() => Take(1)[0];

    private PickleValue[] Take(int count)
    {
        var from = stack.Count - count;
        return from >= (marks.Count > 0 ? marks[^1] : 0) ? TakeFrom(from) : throw Damaged();
    }

    private PickleValue[] TakeToMark()
    {
        if (marks.Count == 0)
        {
            throw Damaged();
        }

        var from = marks[^1];
        marks.RemoveAt(marks.Count - 1);
        return TakeFrom(from);
    }

    private PickleValue[] TakeFrom(int from)
    {
        var taken = stack[from..].ToArray();
        stack.RemoveRange(from, taken.Length);
        return taken;
    }

    private void Spend(long objects)
    {
        spent += objects;
        if (spent > MostObjects)
        {
            throw file.Fault($"it holds more than {MostObjects} objects");
        }
    }

    private CheckpointException Damaged() => file.Fault("its pickle is damaged");
}
