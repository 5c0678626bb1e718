using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Torch;

namespace Sosia.Vectors;

/// <summary>The cases of <c>moco</c>: what the methods of momentum contrast have in common.</summary>
public static class MocoVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = TorchCase.Scoped(new Dictionary<string, Action<VectorCase>>
    {
        ["unit_rows"] = UnitRows,
        ["infonce_queue"] = AgainstQueue,
        ["infonce_queue_t01"] = AgainstQueue,
        ["infonce_queue_single"] = AgainstQueue,
        ["infonce_tie"] = Tie,
        ["queue_update"] = QueueUpdate,
        ["momentum_update"] = MomentumUpdate,
        ["momentum_schedule"] = MomentumSchedule,
        ["shuffle"] = Shuffle,
        ["nt_xent"] = TwoViews,
        ["nt_xent_pair"] = TwoViews,
        ["masked_rows"] = MaskedRows,
        ["masked_rows_none"] = MaskedRows,
        ["projection_head"] = Head,
        ["sgd"] = Descent,
        ["learning_rates"] = LearningRates,
        ["warmup_cosine"] = WarmupCosine,
    });

    /// <summary>A queue that holds these keys.</summary>
    /// <param name="keys">C x K.</param>
    /// <param name="pointer">Where the next key goes.</param>
    internal static KeyQueue Queue(Tensor keys, long pointer)
    {
        var queue = new KeyQueue((int)keys.Size(0), (int)keys.Size(1));
        queue.Load([("queue", keys), ("queue_ptr", Tensor.Of([pointer], 1))]);
        return queue;
    }

    /// <summary>Columns of length 1.</summary>
    internal static Tensor UnitColumns(Tensor columns) => Cosine.Unit(columns.Transpose(0, 1)).Transpose(0, 1);

    private static void UnitRows(VectorCase one)
    {
        var x = one.Tensor("x").RequireGrad();
        var y = Cosine.Unit(x);
        one.Expect("y", y);
        (y * one.Tensor("weight"))[..2].Sum().Backward();
        one.Expect("grad_x", x.Grad!);
    }

    private static void AgainstQueue(VectorCase one)
    {
        var (query, key, temperature) = (one.Tensor("query").RequireGrad(), one.Tensor("key").RequireGrad(), one.Option("temperature"));
        var (q, k, queue) = (Cosine.Unit(query), Cosine.Unit(key), UnitColumns(one.Tensor("queue_raw")));
        var similarities = InfoNce.ToQueue(q, k, queue);
        one.Expect("logits", similarities / temperature);
        one.Expect("rank", InfoNce.Ranks(similarities));
        var loss = InfoNce.AgainstQueue(q, k, queue, temperature);
        one.Expect("loss", loss);
        loss.Backward();
        one.Expect("grad_query", query.Grad!);
        one.Expect("grad_key", key.Grad ?? key.ZerosLike());
    }

    private static void Tie(VectorCase one)
    {
        var (q, queue, temperature) = (one.Tensor("query_unit"), one.Tensor("queue_unit"), one.Option("temperature"));
        var similarities = InfoNce.ToQueue(q, q, queue);
        one.Expect("logits", similarities / temperature);
        one.Expect("rank", InfoNce.Ranks(similarities));
        one.Expect("loss", InfoNce.AgainstQueue(q, q, queue, temperature));
    }

    private static void QueueUpdate(VectorCase one)
    {
        using var queue = Queue(one.Tensor("queue"), (long)one.Option("pointer"));
        foreach (var i in (int[])[1, 2])
        {
            queue.Write(one.Tensor($"keys{i}"));
            one.Expect($"queue{i}", queue.Keys());
            one.Expect($"pointer{i}", queue.Pointer.Squeeze(0));
        }
    }

    private static void MomentumUpdate(VectorCase one)
    {
        using var key = new Weights([.. Tensors("key")]);
        using var query = new Weights([.. Tensors("query")]);
        MomentumCopy.Update(key, query, one.Option("m"));
        foreach (var (i, tensor) in key.Parameters().Index()) { one.Expect($"key{i}", tensor); }

        IEnumerable<Tensor> Tensors(string name) => Enumerable.Range(0, 3).Select(i => one.Tensor($"{name}{i}"));
    }

    private static void MomentumSchedule(VectorCase one)
    {
        var (first, steps) = (one.Option("base"), (long)one.Option("steps"));
        one.Expect("m", Array.ConvertAll(one.Integers("step"), step => (float)Schedules.Between(step, steps, first, 1)));
    }

    private static void Shuffle(VectorCase one)
    {
        var (x, order, devices) = (one.Tensor("x"), one.Integers("perm"), (int)one.Option("devices"));
        var parts = Enumerable.Range(0, devices).Select(device => ShuffledBatch.Part(x, order, device, devices)).ToArray();
        one.Expect("shuffled", Tensor.Stack(parts));
        one.Expect("unshuffle", ShuffledBatch.Inverse(order));
        one.Expect("restored", ShuffledBatch.Restore(Tensor.Cat(parts), order));
    }

    private static void TwoViews(VectorCase one)
    {
        var (first, second) = (one.Tensor("first").RequireGrad(), one.Tensor("second").RequireGrad());
        var loss = NtXent.Loss(Cosine.Unit(first), Cosine.Unit(second), one.Option("temperature"));
        one.Expect("loss", loss);
        loss.Backward();
        one.Expect("grad_first", first.Grad!);
        one.Expect("grad_second", second.Grad!);
    }

    private static void MaskedRows(VectorCase one)
    {
        var similarity = one.Tensor("similarity").RequireGrad();
        var loss = InfoNce.Loss(similarity, PairMasks.OnePositive(one.Tensor("positive"), one.Tensor("valid")), one.Option("temperature"));
        one.Expect("loss", loss);
        loss.Backward();
        one.Expect("grad_similarity", similarity.Grad!);
    }

    private static void Head(VectorCase one)
    {
        using var head = new ProjectionHead(one.Shape("x")[1], one.StateShapes["fc.2.bias"][0]);
        head.Load(one.StateTensors("fc."));
        one.Expect("y", head.Forward(one.Tensor("x")));
    }

    private static void Descent(VectorCase one)
    {
        using var weights = new Weights(one.Tensor("w"));
        var w = weights.Parameters().Single();
        using var sgd = new Sgd(weights.NamedParameters(), one.Option("lr"), one.Option("momentum"), weightDecay: one.Option("weight_decay"));
        foreach (var i in (int[])[1, 2])
        {
            w.Grad = one.Tensor($"grad{i}");
            sgd.Step();
            one.Expect($"w{i}", w);
        }
    }

    private static void LearningRates(VectorCase one)
    {
        var (rate, epochs) = (one.Option("lr"), (long)one.Option("epochs"));
        var milestones = one.Options.GetProperty("milestones").EnumerateArray().Select(milestone => milestone.GetInt64()).ToArray();
        one.Expect("cosine", Array.ConvertAll(one.Integers("epoch"), epoch => (float)(rate * Schedules.Cosine(epoch, epochs))));
        one.Expect("step", Array.ConvertAll(one.Integers("epoch"), epoch => (float)(rate * Schedules.Steps(epoch, milestones, one.Option("decay")))));
    }

    private static void WarmupCosine(VectorCase one)
    {
        var (rate, warmup, total) = (one.Option("lr"), (long)one.Option("warmup"), (long)one.Option("total"));
        one.Expect("lr", Array.ConvertAll(one.Integers("iteration"), Rate));

        float Rate(long step) => (float)(rate * Schedules.Warmup(step, warmup, one.Option("ratio")) * Schedules.Cosine(step - warmup, total - warmup));
    }

    private sealed class Weights : Module
    {
        public Weights(params Tensor[] tensors)
        {
            foreach (var (i, tensor) in tensors.Index()) { Parameter($"w{i}", tensor); }
        }
    }
}
