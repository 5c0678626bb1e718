using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Import;
using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Vectors;

/// <summary>The cases of <c>svt</c>.</summary>
public static class SvtVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = TorchCase.Scoped(new Dictionary<string, Action<VectorCase>>
    {
        ["nearest_positions"] = NearestPositions,
        ["forward_native"] = Forward,
        ["forward_resized_positions"] = Forward,
        ["forward_single_frame"] = Forward,
        ["divided_block"] = Block,
        ["head"] = Head,
        ["loss_2_global_8_local"] = Distillation,
        ["loss_2_global_1_local"] = Distillation,
        ["loss_uniform"] = Distillation,
        ["views_fixed"] = Frames,
        ["views_varied"] = Frames,
        ["views_short"] = Frames,
        ["views_paper"] = Frames,
        ["schedules"] = Schedule,
        ["ema"] = Teacher,
        ["clip_per_parameter"] = Clipping,
        ["slow_fast"] = TwoRates,
        ["knn"] = Votes,
    });

    private static void NearestPositions(VectorCase one)
    {
        foreach (var pair in one.Options.GetProperty("pairs").EnumerateArray())
        {
            var (old, wanted) = (pair[0].GetInt32(), pair[1].GetInt32());
            one.Expect($"{old}_to_{wanted}", Longs(PositionTables.Nearest(old, wanted)));
        }
    }

    private static void Forward(VectorCase one)
    {
        using var network = Backbone(one);
        using var noGrad = NoGrad.Enter();
        var features = network.Forward(one.Tensor("clip"));
        one.Expect("tokens", network.Norm(features.Tokens!));
        if (one.ExpectedNames.Contains("feature")) { one.Expect("feature", features.Vector); }
    }

    private static void Block(VectorCase one)
    {
        using var block = new DividedBlock(8, (int)one.Option("heads"));
        block.Load(one.StateTensors());
        var x = one.Tensor("x").RequireGrad();
        var (classes, patches) = block.Forward(x.Select(1, 0), x.Narrow(1, 1, 18).Reshape([-1, 8]), (long)one.Option("frames"));
        var y = Tensor.Cat([classes.Unsqueeze(1), patches.View([2, 18, 8])], 1);
        (y * one.Tensor("w")).Sum().Backward();
        var gradients = block.NamedParameters().ToDictionary(p => p.Name, p => p.Tensor.Grad!);
        one.Expect("y", y);
        one.Expect("grad_x", x.Grad!);
        one.Expect("grad_temporal_fc_weight", gradients["temporal_fc.weight"]);
        one.Expect("grad_attn_qkv_bias", gradients["attn.qkv.bias"]);
    }

    private static void Head(VectorCase one)
    {
        using var head = new PrototypeHead(12, new PrototypeHeadShape(20, 10, 14));
        Importer.Load(head, PublishedNames.SvtHead(one.StateTensors()));
        var x = one.Tensor("x").RequireGrad();
        var y = head.Forward(x);
        (y * one.Tensor("w")).Sum().Backward();
        one.Expect("y", y);
        one.Expect("grad_x", x.Grad!);
        one.Expect("grad_weight_v", head.NamedParameters().Single(static p => p.Name == "last_layer.weight_v").Tensor.Grad!);
    }

    private static void Distillation(VectorCase one)
    {
        var (student, teacher) = (one.Tensor("student").RequireGrad(), one.Tensor("teacher"));
        using var centre = new Centre((int)student.Size(1));
        centre.Load([("center", one.Tensor("center"))]);
        var batch = student.Size(0) / (long)one.Option("views");
        var temperatures = new Temperatures(one.Option("student_temp"), one.Option("teacher_temp"));
        var loss = SelfDistillation.Loss(student, teacher, centre.Value, batch, temperatures);
        loss.Backward();
        one.Expect("loss", loss);
        one.Expect("terms", SelfDistillation.Terms(student, teacher, centre.Value, batch, temperatures));
        one.Expect("grad_student", student.Grad!);
        centre.Update(teacher, one.Option("center_momentum"));
        if (one.ExpectedNames.Contains("new_center")) { one.Expect("new_center", centre.Value); }
    }

    private static void Frames(VectorCase one)
    {
        var window = (int)one.Option("frames_decoded");
        var (global, local) = (Counts("global_frames"), Counts("local_frames"));
        one.Expect("global_1", Longs(SvtFrames.FirstGlobal(window, global[0])));
        one.Expect("global_2", Longs(SvtFrames.SecondGlobal(window, global[1])));
        foreach (var (i, start) in one.Integers("starts").Index())
        {
            one.Expect($"local_{i + 1}", Longs(SvtFrames.Local(window, (int)start, local[i])));
        }

        int[] Counts(string option) => [.. one.Options.GetProperty(option).EnumerateArray().Select(static n => n.GetInt32())];
    }

    private static void Schedule(VectorCase one)
    {
        var (epochs, perEpoch) = ((int)one.Option("epochs"), (int)one.Option("steps_per_epoch"));
        var (steps, warmup) = (epochs * perEpoch, (int)one.Option("warmup_epochs") * perEpoch);
        var (decay, temperature) = (Ends("weight_decay"), Ends("teacher_temp"));
        var rate = one.Option("base_lr") * one.Option("batch") / 256;
        one.Expect("lr", Values(steps, step => Schedules.WarmedCosine(step, steps, warmup, rate, one.Option("min_lr"))));
        one.Expect("weight_decay", Values(steps, step => Schedules.Between(step, steps, decay.First, decay.Last)));
        one.Expect("momentum", Values(steps, step => Schedules.Between(step, steps, one.Option("momentum"), 1)));
        one.Expect("teacher_temp", Values(epochs, epoch => Schedules.Line(epoch, (int)one.Option("teacher_temp_warmup"), temperature.First, temperature.Last)));

        (double First, double Last) Ends(string option) => (one.Options.GetProperty(option)[0].GetDouble(), one.Options.GetProperty(option)[1].GetDouble());
    }

    private static void Teacher(VectorCase one)
    {
        using Linear student = new(5, 3, bias: false), teacher = new(5, 3, bias: false);
        student.Load([("weight", one.Tensor("student"))]);
        teacher.Load([("weight", one.Tensor("teacher"))]);
        MomentumCopy.Update(teacher, student, one.Option("momentum"));
        one.Expect("teacher", teacher.Weight);
    }

    private static void Clipping(VectorCase one)
    {
        string[] names = ["grad_a", "grad_b", "grad_c"];
        var parameters = Array.ConvertAll(names, name => Tensor.Zeros(Array.ConvertAll(one.Shape(name), static size => (long)size)).RequireGrad());
        foreach (var (parameter, name) in parameters.Zip(names)) { parameter.Grad = one.Tensor(name); }
        ClipGradients.Each(parameters, one.Option("clip"));
        foreach (var (parameter, name) in parameters.Zip(names)) { one.Expect(name, parameter.Grad!); }
    }

    private static void TwoRates(VectorCase one)
    {
        using var network = Backbone(one);
        using var noGrad = NoGrad.Enter();
        one.Expect("feature", SlowFast.Vector(network, one.Tensor("slow"), one.Tensor("fast")));
    }

    private static void Votes(VectorCase one)
    {
        var (k, classes) = ((int)one.Option("k"), (int)one.Option("classes"));
        int[] labels = [.. one.Integers("train_labels").Select(static label => (int)label)];
        var votes = Neighbours.Of(one.Tensor("test"), one.Tensor("train"), k)
            .Select(nearest => KNearest.Votes(nearest, labels, classes, k, one.Option("temperature"))).ToArray();
        one.Expect("scores", [.. votes.SelectMany(static of => of).Select(static vote => (float)vote)]);
        one.Expect("predicted", [.. votes.Select(static of => (long)Array.IndexOf(of, of.Max()))]);
    }

    private static VideoTransformer Backbone(VectorCase one)
    {
        var size = new TransformerSize((int)one.Option("dim"), (int)one.Option("depth"), (int)one.Option("heads"));
        var side = (int)one.Option("image_size");
        var published = PublishedNames.Svt(one.StateTensors());
        var network = new VideoTransformer(new(size, (int)one.Option("patch"), side, side, (int)one.Option("num_frames"), DropPath: 0));
        Importer.Load(network, published);
        return network;
    }

    private static long[] Longs(int[] numbers) => Array.ConvertAll(numbers, static number => (long)number);

    private static float[] Values(int count, Func<int, double> at) => [.. Enumerable.Range(0, count).Select(i => (float)at(i))];
}
