using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sosia.Library.Tests;

/// <summary>What this assembly does when a test starts it as a program, and how a test starts it.</summary>
internal static partial class Child
{
    public static int Main(string[] args)
    {
        switch (args)
        {
            case ["write", var folder, var first, var step, var at]:
                Write(folder, int.Parse(first), step == "none" ? null : Enum.Parse<WriteStep>(step), int.Parse(at));
                return 0;
            case ["hold", var folder]:
                Hold(folder);
                return 0;
            case ["list", var folder]:
                return List(folder);
            case ["golden", var folder]:
                GoldenTests.Make(folder);
                return 0;
            default:
                Console.Error.WriteLine("write FOLDER FIRST-SEED STEP NTH | hold FOLDER | list FOLDER | golden FOLDER");
                return 2;
        }
    }

    public static Process Start(params string[] arguments)
    {
        string[] command = ["exec", typeof(Child).Assembly.Location, .. arguments];
        return Process.Start(
            new ProcessStartInfo("dotnet", command) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true })!;
    }

    /// <summary>Adds videos for ever, five to a batch, the first one tall, and says which are acknowledged; dies at the nth time of a step.</summary>
    private static void Write(string folder, int seed, WriteStep? fatal, int nth)
    {
        using var library = VideoLibrary.Exists(folder) ? VideoLibrary.OpenWrite(folder) : VideoLibrary.Create(folder, Sample.Bits);
        library.SegmentBytes = 4096; // The tall one fills files of its own.
        library.Reached = step =>
        {
            if (step == fatal && --nth == 0)
            {
                Process.GetCurrentProcess().Kill();
            }
        };

        for (; ; seed += 5)
        {
            var tall = library.BeginVideo();
            for (var i = 0; i < 300; i += 10)
            {
                library.Append(tall, Sample.Rows(Sample.Bits, seed, 300).Slice(i, 10), Sample.Spans(seed, 300).AsSpan(i, 10));
            }

            var begun = library.BeginVideo(); // Never completed.
            library.Append(begun, Sample.Rows(Sample.Bits, 1, 200), Sample.Spans(1, 200));
            library.Complete(tall, Sample.Facts(seed), Sample.File(seed));
            Enumerable.Range(seed + 1, 4).ToList().ForEach(other => library.Add(other));
            library.Flush();
            Console.WriteLine(seed);
            Console.Out.Flush();
            library.Abandon(begun);
        }
    }

    private static void Hold(string folder)
    {
        using var library = VideoLibrary.OpenWrite(folder);
        Console.WriteLine("held");
        Console.Out.Flush();
        Console.In.ReadLine();
    }

    /// <summary>Lists the videos without the right to pass over permissions that root has.</summary>
    private static int List(string folder)
    {
        DropCapabilities();
        try
        {
            File.WriteAllText(Path.Combine(folder, "can-write"), "");
            Console.WriteLine("the folder can be written");
            return 3;
        }
        catch (UnauthorizedAccessException)
        {
            using var library = VideoLibrary.OpenRead(folder);
            library.AssertWhole();
            Console.WriteLine(string.Join(' ', library.Videos().Select(video => video.Seed())));
            var refused = Assert.Throws<LibraryException>(() => VideoLibrary.OpenWrite(folder));
            Assert.Equal(LibraryFault.NotWritable, refused.Fault);
            return 0;
        }
    }

    private static unsafe void DropCapabilities()
    {
        var header = stackalloc uint[2] { 0x20080522, 0 };
        var none = stackalloc uint[6];
        if (SetCapabilities(header, none) != 0)
        {
            throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
        }
    }

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static unsafe partial int SetCapabilities(uint* header, uint* data);
}
