using System.Globalization;
using System.Runtime.CompilerServices;

namespace Sosia.Torch.Tests;

public sealed class MemoryTests
{
    [Fact]
    public void AScopeFreesWhatWasBornInside() => Expect.NoLeak(() =>
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Randn([4, 4]);
        _ = x.MatMul(x) + x[0] * 2;
        _ = x.Chunk(2);
        _ = x.TopK(2);
        _ = x.Max(1);
    });

    [Fact]
    public void WhatIsKeptGoesToTheScopeAround()
    {
        Expect.NoLeak(() =>
        {
            using var outer = TensorScope.Enter();
            Tensor kept;
            using (var inner = TensorScope.Enter())
            {
                kept = inner.Keep(Tensor.Ones([2]) + 1);
                Assert.Same(kept, inner.Keep(kept));
            }

            Expect.Close([2, 2], kept);
        });
        Expect.NoLeak(() =>
        {
            Tensor kept;
            using (var only = TensorScope.Enter())
            {
                kept = only.Keep(Tensor.Ones([2]));
            }

            Assert.False(kept.IsClosed);
            kept.Dispose();
        });
    }

    [Fact]
    public void AScopeThatWasNotLeftEndsWithTheOneAround() => Expect.NoLeak(() =>
    {
        using (TensorScope.Enter())
        {
            _ = TensorScope.Enter();
            _ = Tensor.Ones([2]);
        }

        var loose = Tensor.Ones([2]); // in no scope any more
        Assert.False(loose.IsClosed);
        loose.Dispose();
    });

    [Fact]
    public void DisposingTwiceIsDisposingOnce() => Expect.NoLeak(() =>
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Ones([2]);
        x.Dispose();
        x.Dispose();
        Assert.Equal("disposed tensor", x.ToString());
        Assert.Throws<ObjectDisposedException>(() => x + 1);
        Assert.Throws<ObjectDisposedException>(() => x.Shape);
        Assert.Throws<ObjectDisposedException>(() => Tensor.Cat([Tensor.Ones([1]), x]));
        Assert.Throws<ObjectDisposedException>(() => x.Backward());
        Assert.Throws<ObjectDisposedException>(() => Tensor.Gradients([Tensor.Ones([1])], [x]));
    });

    [Fact]
    public void DisposingDuringACallWaitsForItsEnd() => Expect.NoLeak(() =>
    {
        for (var round = 0; round < 200; round++)
        {
            var (x, right) = (Tensor.Ones([64]), true);
            var caller = new Thread(() =>
            {
                try
                {
                    while (true)
                    {
                        using var sum = x.Add(x);
                        right &= sum.ToArray<float>()[63] == 2; // that of no other tensor, either
                    }
                }
                catch (ObjectDisposedException)
                {
                }
            });
            caller.Start();
            Thread.SpinWait(round * 50);
            x.Dispose();
            Tensor.Zeros([64]).Dispose(); // takes what x left
            caller.Join();
            Assert.True(right);
        }
    });

    [Fact]
    public void WhatNobodyDisposedIsFreedOnceAndWhatFreesItIsNotTakenAgain() => Expect.NoLeak(() =>
    {
        for (var round = 0; round < 3; round++)
        {
            DropMany();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DropMany()
    {
        for (var i = 0; i < 100; i++)
        {
            Tensor.Ones([2]).Dispose();
            _ = Tensor.Ones([2]);
        }
    }

    [Fact]
    public void CallsThatFailLeaveNothing() => Expect.NoLeak(() =>
    {
        using var x = Tensor.Ones([2, 3]);
        using var y = Tensor.Ones([2, 3]);
        for (var i = 0; i < 100; i++)
        {
            Assert.Throws<TorchException>(() => x.MatMul(y));
            Assert.Throws<TorchException>(() => Tensor.Cat([x, y], dim: 7));
            Assert.Throws<TorchException>(() => Tensor.Gradients([x], [y]));
            Assert.Throws<InvalidOperationException>(() => new Operator("aten::chunk").Tensor(x, 2));
            Assert.Throws<InvalidOperationException>(() => new Operator("aten::add", "Tensor").Number(x, y));
            Assert.Throws<TorchArgumentException>(() => new Operator("aten::max", "dim").Tensor(x, 1));
            Assert.Throws<InvalidOperationException>(() => new Operator("aten::_foreach_zero_").Tensor(new Tensor[] { x }));
        }
    });

    [Fact]
    public void AnExceptionInsideAScopeEndsIt() => Expect.NoLeak(() => Assert.Throws<TorchException>(() =>
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Ones([2, 3]);
        _ = (x + 1).MatMul(x);
    }));

    [Fact]
    public void AGraphIsFreedWithItsEnd() => Expect.NoLeak(() =>
    {
        using var x = Tensor.Ones([3]).RequireGrad();
        using (TensorScope.Enter())
        {
            var y = x;
            for (var i = 0; i < 1000; i++)
            {
                y = (y * 1.001).Tanh();
            }

            y.Sum().Backward();
        }

        x.Grad = null;
    });

    [Fact]
    public void TensorsOfSeveralThreadsAreCounted() => Expect.NoLeak(() =>
    {
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                using var scope = TensorScope.Enter();
                Tensor.Ones([10]).MulInPlace(2);
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
    });

    [Fact]
    public void TooMuchMemoryIsItsOwnError()
    {
        var error = Assert.Throws<TorchOutOfMemoryException>(() => Tensor.Empty([1L << 44]));
        Assert.Contains("aten::empty", error.Message);
    }

    [Fact]
    public void TenThousandStepsTakeNoMoreThanAThousand()
    {
        var said = Child.Run("train", "10000").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse).ToList();
        Assert.True(said[1] - said[0] <= 5 << 20, $"{said[0] >> 10} KiB after 1,000 steps, {said[1] >> 10} KiB after 10,000");
        Assert.Equal(said[2], said[3]); // tensors
    }

    [Fact]
    public void TensorsThatNobodyFreesAreCollected()
    {
        var most = Child.Run("storm", "20000").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse).Max();
        Assert.InRange(most, 0, 1L << 30);
    }

    /// <summary>Trains a small network, and says bytes resident after 1,000 steps and at the end, and tensors alive then.</summary>
    internal static void Train(int steps)
    {
        using var network = new Sequential(new Linear(16, 32), new LayerNorm(32), new Linear(32, 4));
        using var optimiser = new AdamW(network.NamedParameters());
        long tensors = 0, resident = 0;
        for (var step = 1; step <= steps; step++)
        {
            using (TensorScope.Enter())
            {
                var loss = network.Forward(Tensor.Randn([8, 16])).Square().Mean();
                loss.Backward();
                ClipGradients.Norm(network.Parameters(), 1);
                optimiser.Step();
                optimiser.ZeroGrad();
            }

            if (step == 1000)
            {
                (tensors, resident) = (Tensor.Live, Resident());
            }
        }

        Say(resident, Resident(), tensors, Tensor.Live);
    }

    /// <summary>Drops tensors of 1 MB; says the bytes resident now and then.</summary>
    internal static void Storm(int tensors)
    {
        for (var i = 1; i <= tensors; i++)
        {
            Drop();
            if (i % 100 == 0)
            {
                Say(Resident());
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop() => Tensor.Ones([1 << 18]);

    private static void Say(params long[] numbers) => Array.ForEach(numbers, number => Console.WriteLine(number.ToString(CultureInfo.InvariantCulture)));

    // VmRSS, which is in pages here.
    private static long Resident() => long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
