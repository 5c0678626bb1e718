using System.Buffers.Binary;
using System.Text;
using Sosia.Torch.Checkpoints;
using Xunit.Abstractions;

namespace Sosia.Torch.Tests.Checkpoints;

/// <summary>Whatever is done to a file, it is read within its bounds or refused with an error of ours, in bounded memory.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int Trials = 10_000;
    private const long MostAllocated = 32 << 20;

    [Fact]
    public void TenThousandMutatedSafetensorsFiles()
    {
        using var folder = new TemporaryFolder();
        Safetensors.Write(folder.At("x"), Enumerable.Range(0, 20).Select(at => new StoredTensor($"layer.{at}", (ScalarType)(at % 8), [at % 3, 4], new byte[at % 3 * 4 * ((ScalarType)(at % 8)).ElementSize()])));
        byte[][] whole = [File.ReadAllBytes(Archive.Golden("example.safetensors")), File.ReadAllBytes(folder.At("x"))];
        Run(random => Mutate(whole[random.Next(whole.Length)], random), mutant =>
        {
            using var file = Safetensors.Read(mutant);
            return Use(file.Tensors);
        });
    }

    [Fact]
    public void TenThousandMutatedPthFiles()
    {
        string[] names = ["state.pth", "training.pth", "types.pth", "views.pth", "protocol4.pth", "parameters.pth"];
        var files = names.Select(name => (File.ReadAllBytes(Archive.Golden(name)), Archive.Entries(Archive.Golden(name)))).ToArray();
        Run(
            random =>
            {
                var (whole, entries) = files[random.Next(files.Length)];
                if (random.Next(3) == 0)
                {
                    return Mutate(whole, random);
                }

                // A sound archive of a mutated pickle.
                return Archive.Make([.. entries.Select(entry => entry.Name.EndsWith("data.pkl", StringComparison.Ordinal) ? (entry.Name, Mutate(entry.Bytes, random)) : entry)]);
            },
            mutant =>
            {
                using var file = PthFile.Read(mutant);
                return Use(file.Flatten(file.Unwrap()));
            });
    }

    private void Run(Func<Random, byte[]> make, Func<CheckpointBytes, int> use)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var (refused, read, most) = (0, 0, 0L);
        var random = new Random(seed);
        for (var trial = 0; trial < Trials; trial++)
        {
            var mutant = make(random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read += use(new CheckpointBytes("mutant", mutant)) >= 0 ? 1 : 0;
            }
            catch (CheckpointException problem)
            {
                refused++;
                Assert.StartsWith("cannot read mutant: ", problem.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(problem.Message, char.IsControl);
            }
            catch (Exception problem)
            {
                Assert.Fail($"seed {seed}, trial {trial}: {problem}");
            }

            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        output.WriteLine($"{read} read, {refused} refused, at most {most} bytes allocated");
        Assert.InRange(refused, Trials / 4, Trials);
        Assert.InRange(read, Trials / 100, Trials);
        Assert.InRange(most, 0, MostAllocated);
    }

    // What was accepted can be read to its last byte; a view may repeat its storage, which costs memory only when it is asked for.
    private static int Use(StateDict tensors)
    {
        var sum = 0;
        foreach (var tensor in tensors.Tensors.Where(tensor => tensor.Bytes < 1 << 20))
        {
            var bytes = tensor.Contiguous();
            Assert.Equal(tensor.Bytes, bytes.Length);
            foreach (var value in bytes)
            {
                sum = (sum + value) & 0xffffff;
            }
        }

        return sum;
    }

    private static byte[] Mutate(byte[] whole, Random random)
    {
        var bytes = whole.ToList();
        for (var changes = random.Next(2) == 0 ? 1 : random.Next(1, 6); changes > 0; changes--)
        {
            Change(bytes, random);
        }

        return [.. bytes];
    }

    private static void Change(List<byte> bytes, Random random)
    {
        if (bytes.Count == 0)
        {
            return;
        }

        var at = random.Next(bytes.Count);
        var length = Math.Min(random.Next(1, 65), bytes.Count - at);
        switch (random.Next(8))
        {
            case 0: // one bit
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1: // one byte
                bytes[at] = (byte)random.Next(256);
                break;
            case 2: // cut off
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 3: // a piece is lost
                bytes.RemoveRange(at, length);
                break;
            case 4: // a piece comes twice
                bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                break;
            case 5: // a number becomes another
                Overwrite(bytes, at, Number(random));
                break;
            case 6: // a digit grows into a number
                var digit = bytes.FindIndex(at, value => value is >= (byte)'0' and <= (byte)'9');
                if (digit >= 0)
                {
                    bytes.InsertRange(digit, Encoding.ASCII.GetBytes(random.NextInt64(1L << random.Next(1, 63)).ToString(System.Globalization.CultureInfo.InvariantCulture)));
                }

                break;
            default: // one byte becomes a neighbour: an opcode, a type, a length
                bytes[at] = (byte)(bytes[at] + (random.Next(2) * 2) - 1);
                break;
        }
    }

    private static byte[] Number(Random random)
    {
        long[] numbers = [0, -1, 1, int.MaxValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << random.Next(63), random.Next(4096)];
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, numbers[random.Next(numbers.Length)]);
        return bytes[..(1 << random.Next(4))];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] with)
    {
        for (var i = 0; i < with.Length && at + i < bytes.Count; i++)
        {
            bytes[at + i] = with[i];
        }
    }
}
