using Xunit;

namespace Sosia.Tests.House;

/// <summary>scripts/torch.sh compiles the bridge once for each libtorch, and says what is missing.</summary>
public sealed class TorchScriptTests : IDisposable
{
    // Writes down what it is called for; an object for each source, a library at the end.
    private const string Compiler = """
        #!/usr/bin/env bash
        echo "g++ ${*: -2}" >>"$CALLS"
        [[ -z ${SLOW-} ]] || sleep 0.1
        if [[ -n ${BROKEN-} && $* == *-c* ]]; then echo "$BROKEN" >&2; exit 1; fi
        case "$*" in
            *" -E "*) ;; # are there headers?
            *-shared*) while [[ $1 != -o ]]; do shift; done; cat ./*.o >"$2" ;;
            *) for last; do :; done; touch "$(basename "$last" .cpp).o" ;;
        esac
        """;

    private readonly Sandbox sandbox = new();

    public TorchScriptTests()
    {
        sandbox.Script("scripts/torch.sh", Repository.At("scripts/torch.sh").Text);
        sandbox.Script("tools/g++", Compiler);
        sandbox.Script("tools/nm", "#!/bin/sh\necho 'T c10::Error::Error(std::__cxx11::basic_string)'\n");
        sandbox.Write("native/torch/one.cpp", "one");
        sandbox.Write("native/torch/two.cpp", "two");
        foreach (var torch in new[] { "torch", "other" })
        {
            sandbox.Write($"{torch}/include/ATen/ATen.h", "");
            sandbox.Write($"{torch}/include/torch/csrc/api/include/torch/version.h", "#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 6\n# define TORCH_VERSION_PATCH 1\n");
            sandbox.Write($"{torch}/lib/libtorch_cpu.so", torch);
            sandbox.Write($"{torch}/lib/libc10.so", torch);
        }
    }

    private string[] Built => Directory.Exists(sandbox.At(".build/native")) ? Directory.GetFileSystemEntries(sandbox.At(".build/native")) : [];

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void CompilesOnceAndPrintsWhereTheBridgeLies()
    {
        var first = Run("torch");
        Assert.Equal(0, first.Code);
        Assert.Matches(@"^/.*/\.build/native/[0-9a-f]{16}/libsosia_torch\.so\n$", first.Out);
        Assert.True(File.Exists(first.Out.Trim()));
        Assert.Contains("compiling the bridge to libtorch 2.6.1", first.Error);
        Assert.Equal(3, sandbox.Calls.Length); // two sources, one library
        Assert.Equal((first.Out, ""), Run("torch") is var again ? (again.Out, again.Error) : default);
        Assert.Equal(3, sandbox.Calls.Length);
        Assert.Equal(["libsosia_torch.so", "log"], Directory.GetFiles(Path.GetDirectoryName(first.Out.Trim())!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AnotherLibtorchHasABridgeOfItsOwn()
    {
        Directory.CreateDirectory(sandbox.At(".build/native"));
        File.CreateSymbolicLink(sandbox.At(".build/native/current"), "that of the system");
        var (one, other) = (Run("torch").Out, Run("other").Out);
        Assert.NotEqual(one, other);
        Assert.Equal(one, Run("torch").Out);
        Assert.Equal(6, sandbox.Calls.Length);
        Assert.Equal("that of the system", new FileInfo(sandbox.At(".build/native/current")).LinkTarget);
    }

    [Theory]
    [InlineData("native/torch/one.cpp")]
    [InlineData("torch/lib/libtorch_cpu.so")]
    public void CompilesAgainWhenAFileChanged(string path)
    {
        var before = Run("torch").Out;
        sandbox.Write(path, "other content");
        var after = Run("torch").Out;
        Assert.NotEqual(before, after);
        Assert.Equal(6, sandbox.Calls.Length);
    }

    [Fact]
    public void GloosHeadersMakeItABridgeForSeveralProcesses()
    {
        var alone = Run("torch");
        Assert.Contains("no headers of Gloo", alone.Error);
        sandbox.Write("torch/include/gloo/algorithm.h", "");
        sandbox.Script("tools/nm", "#!/bin/sh\necho 'T c10::Error::Error(std::__cxx11::basic_string)'\necho 'T c10d::ProcessGroupGloo::ProcessGroupGloo(int)'\n");
        sandbox.Script("tools/g++", Compiler.Replace("${*: -2}", "$*", StringComparison.Ordinal));
        var together = Run("torch");
        Assert.NotEqual(alone.Out, together.Out);
        Assert.DoesNotContain("Gloo", together.Error);
        Assert.Contains(sandbox.Calls, call => call.Contains("-DUSE_C10D_GLOO -c", StringComparison.Ordinal) && call.EndsWith("one.cpp", StringComparison.Ordinal));
    }

    [Fact]
    public void BridgesCanLieElsewhere()
    {
        var answer = Run("torch", ("SOSIA_NATIVE", sandbox.At("else where")));
        Assert.StartsWith(sandbox.At("else where/"), answer.Out);
        Assert.Empty(Built);
    }

    [Fact]
    public void AFailureShowsWhatTheCompilerSaidAndLeavesNothing()
    {
        var answer = Run("torch", ("BROKEN", "one.cpp:3:7: error: no member named 'dispatch'"));
        Assert.Equal((4, ""), (answer.Code, answer.Out));
        Assert.Contains("one.cpp:3:7: error: no member named 'dispatch'", answer.Error);
        Assert.Contains("the bridge to libtorch 2.6.1 could not be compiled", answer.Error);
        Assert.Empty(Built);
        Assert.Equal(0, Run("torch").Code);
    }

    [Fact]
    public void ConcurrentFirstStartsGiveOneBridge()
    {
        var all = Enumerable.Range(0, 4).Select(_ => sandbox.Start(sandbox.At("scripts/torch.sh"), [], ("SOSIA_LIBTORCH", sandbox.At("torch")), ("SLOW", "1"))).ToList();
        var answers = all.Select(one => one.Wait()).ToList();
        Assert.All(answers, answer => Assert.Equal((0, answers[0].Out), (answer.Code, answer.Out)));
        Assert.Single(Built);
    }

    [Fact]
    public void AFolderThatIsNoLibtorchIsRefused()
    {
        File.Delete(sandbox.At("torch/lib/libtorch_cpu.so"));
        foreach (var folder in new[] { "torch", "nowhere" })
        {
            var answer = Run(folder);
            Assert.Equal((4, ""), (answer.Code, answer.Out));
            Assert.Contains($"SOSIA_LIBTORCH={sandbox.At(folder)} is no libtorch", answer.Error);
        }

        Assert.Empty(Built);
        Assert.Empty(sandbox.Calls);
    }

    [Fact]
    public void WithoutACompilerItSaysHowToGetOne()
    {
        File.Delete(sandbox.At("tools/g++"));
        var answer = Run("torch");
        Assert.Equal((4, ""), (answer.Code, answer.Out));
        Assert.Contains("sudo apt-get install g++", answer.Error);
        Assert.Empty(Built);
    }

    // A machine of no known kind has no library of the system.
    [Fact]
    public void WithoutLibtorchItSaysHowToGetIt()
    {
        File.Delete(sandbox.At("tools/uname"));
        sandbox.Script("tools/uname", "#!/bin/sh\n[ \"$1\" = -s ] && echo Linux || echo unknown\n");
        var answer = sandbox.Run(sandbox.At("scripts/torch.sh"), []);
        Assert.Equal((4, ""), (answer.Code, answer.Out));
        Assert.Contains("sudo apt-get install libtorch-dev libgloo-dev libopenblas0-pthread g++", answer.Error);
        Assert.Contains("--model pdq needs none of it", answer.Error);
        Assert.DoesNotContain("installing", answer.Error); // SOSIA_NO_INSTALL
        Assert.Empty(Built);
    }

    private Answer Run(string torch, params (string Name, string Value)[] environment) =>
        sandbox.Run(sandbox.At("scripts/torch.sh"), [], [("SOSIA_LIBTORCH", sandbox.At(torch)), .. environment]);
}
