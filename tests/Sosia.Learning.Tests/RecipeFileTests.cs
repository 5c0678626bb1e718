using System.Text.Json.Nodes;
using Sosia.Learning.Encoders;
using Sosia.Learning.Methods;
using Sosia.Learning.Objectives;
using Sosia.Learning.Training;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class RecipeFileTests : IDisposable
{
    private const string Least = """
        { "name": "least", "encoder": { "name": "video-transformer" },
          "stages": [ { "name": "only", "method": { "name": "3d-csl" }, "optimiser": { "rate": 0.5, "groups": [ { "match": ["bias"] } ] } } ] }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("sosia-recipes-").FullName;

    public static TheoryData<string> Shipped => [.. RecipeFile.Names];

    private static Recipe Tiny => RecipeFile.Named("3d-csl.tiny");

    [Theory]
    [MemberData(nameof(Shipped))]
    public void What_ships_is_written_and_read_back_as_it_is(string name)
    {
        var recipe = RecipeFile.Named(name);
        var again = Read(RecipeFile.Text(recipe));
        Assert.Equal(RecipeFile.Text(recipe), RecipeFile.Text(again));
        Assert.Equal(RecipeFile.Values(recipe), RecipeFile.Values(again));
        Assert.True(RecipeFile.Values(recipe).Count > 40);
        using var generator = new Generator(1);
        if (name.EndsWith("tiny", StringComparison.Ordinal))
        {
            Assert.All(recipe.Stages, stage => stage.Method.Build(() => recipe.Encoder.Build(generator, stage.GradientCheckpointing), World.Single).Dispose());
        }
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void What_a_paper_or_somebody_said_is_of_a_value_that_is_there(string name)
    {
        var recipe = RecipeFile.Named(name);
        var paths = RecipeFile.Values(recipe).Select(value => value.Path).ToList();
        Assert.All(recipe.Sources!.Keys, source => Assert.Contains(paths, path => path == source || path.StartsWith(source + ".", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_a_file_leaves_out_is_the_default()
    {
        var recipe = Read(Least);
        Assert.Equal((1, new DataOptions(0.1, 2, 8, 256, OnFault.Skip)), (recipe.Seed, recipe.Data));
        Assert.Equal(new VideoTransformerOptions(768, 12, 12, 16, 224, 8, 0.1), recipe.Encoder);
        var stage = Assert.Single(recipe.Stages);
        var (method, optimiser) = (new ThreeDCslOptions(FcsReading.Ranked, null, 1, 1024, 0, 0.3, 0.5, null, 256.0 / 224, 320.0 / 224, 0.5), stage.Optimiser);
        Assert.Equal(new Stage("only", method, optimiser, 1, null, 16, 1, new ScheduleOptions(ScheduleName.Cosine, 0, null, 1e-3, 0), null, Precision.Float32, false, null, OnFault.Stop, 10), stage);
        Assert.Equal(new OptimiserOptions(0.5, OptimiserName.AdamW, null, 0, 0.9, 0.999, 1e-8, optimiser.Groups), optimiser);
        Assert.Equal((null, 1), (optimiser.Groups![0].WeightDecay, optimiser.Groups[0].RateFactor));
    }

    [Fact]
    public void Comments_are_passed_over() => Assert.Equal("least", Read("// mine\n" + Least).Name);

    [Theory]
    [InlineData("""{ "name": "least",""", """{ "colour": 1, "name": "least",""", "there is no colour in a recipe: in place of colour there may stand name, encoder, stages, seed, data, sources")]
    [InlineData("\"video-transformer\"", "\"video-transformer\", \"layers\": 3", "there is no encoder.layers in a recipe: in place of layers there may stand name, width")]
    [InlineData("\"3d-csl\"", "\"3d-csl\", \"maskRatio\": 0.5", "there is no stages.only.method.maskRatio in a recipe")]
    [InlineData("0.5,", "0.5, \"momentum\": 0.5,", "there is no stages.only.optimiser.momentum in a recipe")]
    [InlineData("[\"bias\"]", "[\"bias\"], \"Rate\": 1", "there is no stages.only.optimiser.groups.0.Rate in a recipe: in place of Rate there may stand match, weightDecay, rateFactor")]
    [InlineData("\"rate\": 0.5,", "", "stages.only.optimiser.rate is missing")]
    [InlineData("\"rate\": 0.5,", "\"rate\": \"high\",", "stages.only.optimiser.rate cannot be \"high\": it is a number")]
    [InlineData("\"rate\": 0.5,", "\"rate\": null,", "stages.only.optimiser.rate cannot be null: it is a number")]
    [InlineData("\"rate\": 0.5,", "\"rate\": 0.5, \"rate\": 1,", "recipe.json: Duplicate property 'rate'")]
    [InlineData("\"name\": \"3d-csl\"", "\"name\": \"mocha\"", "stages.only.method.name cannot be \"mocha\": it is predmae, 3d-csl, copies, ")]
    [InlineData("\"name\": \"3d-csl\"", "", "stages.only.method.name is missing: it is predmae, 3d-csl, copies, ")]
    [InlineData("\"name\": \"3d-csl\"", "\"fcs\": \"ranked\", \"name\": \"3d-csl\"", null)] // the name may come later
    [InlineData("\"name\": \"3d-csl\"", "\"name\": \"3d-csl\", \"fcs\": 1", "stages.only.method.fcs cannot be 1: it is ranked, catch-up, consistent, attract or hard-positive")]
    [InlineData("\"name\": \"only\"", "\"name\": \"only\", \"epochs\": 1.5", "stages.only.epochs cannot be 1.5: it is a whole number")]
    [InlineData("\"name\": \"only\"", "\"name\": \"only\", \"gradientCheckpointing\": 1", "stages.only.gradientCheckpointing cannot be 1: it is true or false")]
    [InlineData("\"name\": \"only\"", "\"name\": 7", "stages.7.name cannot be 7: it is a text")]
    [InlineData("[ { \"name\": \"only\"", "[ null, { \"name\": \"only\"", "stages.0 cannot be null: it is { ... }")]
    [InlineData("[\"bias\"]", "\"bias\"", "stages.only.optimiser.groups.0.match cannot be \"bias\": it is a list: [ ... ]")]
    [InlineData("\"name\": \"least\",", "\"name\": \"least\"", "line 1: ")]
    public void What_cannot_be_is_named_with_what_can(string old, string changed, string? message)
    {
        Assert.Contains(old, Least, StringComparison.Ordinal);
        if (message is null)
        {
            Read(Least.Replace(old, changed, StringComparison.Ordinal));
            return;
        }

        var error = Assert.Throws<RecipeException>(() => Read(Least.Replace(old, changed, StringComparison.Ordinal)));
        Assert.StartsWith($"{Path}: ", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Contains(message, StringComparison.Ordinal), error.Message);
        Assert.DoesNotContain("Sosia.", error.Message, StringComparison.Ordinal); // types are the program's own affair
        Assert.DoesNotContain("BytePosition", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{ "name": "a", "encoder": null, "stages": null }""")]
    public void What_is_no_recipe_at_all_is_an_error(string text) => Assert.StartsWith(Path, Assert.Throws<RecipeException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var error = Assert.Throws<RecipeException>(() => Read(Least.Replace("0.5,", "\"x\", \"beta3\": 1,", StringComparison.Ordinal)));
        Assert.Contains("optimiser.rate", error.Message, StringComparison.Ordinal);
        Assert.Contains("optimiser.beta3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains(Path, Assert.Throws<RecipeException>(() => RecipeFile.Read(Path)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("3d-csl", null, "3d-csl", 768, 12, 12)]
    [InlineData("3d-csl", "tiny", "3d-csl-tiny", 64, 2, 4)]
    [InlineData("3d-csl", "small", "3d-csl-small", 384, 12, 6)]
    [InlineData("3d-csl", "base", "3d-csl-base", 768, 12, 12)]
    public void A_method_has_sizes(string method, string? size, string name, int width, int depth, int heads)
    {
        var recipe = RecipeFile.Named(method, size);
        var encoder = Assert.IsType<VideoTransformerOptions>(recipe.Encoder);
        Assert.Equal((name, width, depth, heads), (recipe.Name, encoder.Width, encoder.Depth, encoder.Heads));
        Assert.Equal(size == "tiny" ? 120 : null, recipe.Stages[0].Steps);
    }

    [Fact]
    public void A_size_or_method_that_is_not_there_is_told_what_is()
    {
        Assert.Contains("tiny, small, base", Assert.Throws<RecipeException>(() => RecipeFile.Named("3d-csl", "huge")).Message, StringComparison.Ordinal);
        Assert.Contains("3d-csl, 3d-csl.tiny", Assert.Throws<RecipeException>(() => RecipeFile.Named("mocha", null)).Message, StringComparison.Ordinal);
        Assert.Contains("mocha", Assert.Throws<RecipeException>(() => RecipeFile.Named("mocha", "tiny")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("seed=7", "seed", "7")]
    [InlineData(" seed = 7 ", "seed", "7")]
    [InlineData("name=my run", "name", "\"my run\"")]
    [InlineData("name=12", "name", "\"12\"")]
    [InlineData("name=a=b", "name", "\"a=b\"")]
    [InlineData("encoder.width=32", "encoder.width", "32")]
    [InlineData("data.onBroken=stop", "data.onBroken", "\"stop\"")]
    [InlineData("stages.similarity.batch=8", "stages.similarity.batch", "8")]
    [InlineData("stages.1.batch=8", "stages.similarity.batch", "8")]
    [InlineData("stages.similarity.clipNorm=null", "stages.similarity.clipNorm", "null")]
    [InlineData("stages.predmae.clipNorm=2.5", "stages.predmae.clipNorm", "2.5")]
    [InlineData("stages.similarity.precision=bfloat16", "stages.similarity.precision", "\"bfloat16\"")]
    [InlineData("stages.similarity.gradientCheckpointing=true", "stages.similarity.gradientCheckpointing", "true")]
    [InlineData("stages.similarity.optimiser.rate=1e-4", "stages.similarity.optimiser.rate", "0.0001")]
    [InlineData("stages.predmae.method.intervals=[1,2]", "stages.predmae.method.intervals", "[1,2]")]
    [InlineData("stages.predmae.method.intervals.1=3", "stages.predmae.method.intervals", "[0.5,3]")]
    [InlineData("stages.similarity.optimiser.groups.0.match=[\"bias\"]", "stages.similarity.optimiser.groups.0.match", "[\"bias\"]")]
    [InlineData("stages.similarity.optimiser.groups.0.rateFactor=0.5", "stages.similarity.optimiser.groups.0.rateFactor", "0.5")]
    [InlineData("stages.similarity.method.augmentation.blur=0.125", "stages.similarity.method.augmentation.blur", "0.125")]
    public void A_value_is_set_and_no_other(string assignment, string path, string expected)
    {
        var before = RecipeFile.Values(Tiny).ToList();
        var after = RecipeFile.Values(RecipeFile.Set(Tiny, [assignment])).ToList();
        var changed = after.Single(value => value.Path == path);
        Assert.Equal((expected, "set by you"), (changed.Value.Replace("1E-04", "0.0001", StringComparison.Ordinal), changed.Source));
        Assert.Equal(before.Where(value => value.Path != path), after.Where(value => value.Path != path));
        Assert.NotEqual(before.Single(value => value.Path == path).Value, changed.Value);
    }

    [Fact]
    public void What_was_set_is_no_fault_of_the_recipe_that_it_came_from()
    {
        var tiny = Tiny;
        var before = RecipeFile.Text(tiny);
        RecipeFile.Set(tiny, ["seed=9", "stages.similarity.batch=8"]);
        Assert.Equal(before, RecipeFile.Text(tiny));
        Assert.Equal(RecipeFile.Text(tiny), RecipeFile.Text(RecipeFile.Set(tiny, [])));
    }

    [Fact]
    public void A_whole_part_is_set_with_its_defaults_and_all_of_it_is_yours()
    {
        var recipe = RecipeFile.Set(Tiny, ["stages.similarity.method={\"name\":\"predmae\"}", "stages.similarity.method.maskRatio=0.5"]);
        Assert.Equal(new PredMaeOptions(MaskRatio: 0.5), recipe.Stages[1].Method);
        var values = RecipeFile.Values(recipe).Where(value => value.Path.StartsWith("stages.similarity.method.", StringComparison.Ordinal)).ToList();
        Assert.Equal(10, values.Count);
        Assert.All(values, value => Assert.Equal("set by you", value.Source));
    }

    [Fact]
    public void Later_assignments_go_into_what_earlier_ones_brought_and_replace_them()
    {
        Assert.Equal(3, RecipeFile.Set(Tiny, ["seed=2", "seed=3"]).Seed);
        var least = Read(Least);
        var error = Assert.Throws<RecipeException>(() => RecipeFile.Set(least, ["stages.only.method.augmentation.blur=0.5"]));
        Assert.Contains("stages.only.method.augmentation is null; stages.only.method.augmentation={}", error.Message, StringComparison.Ordinal);
        var set = RecipeFile.Set(least, ["stages.only.method.augmentation={}", "stages.only.method.augmentation.blur=0.5"]);
        Assert.Equal(0.5, Assert.IsType<ThreeDCslOptions>(set.Stages[0].Method).Augmentation!.Blur);
    }

    [Fact]
    public void Values_that_need_each_other_are_set_in_any_order()
    {
        Assert.Equal((9, 3), BatchOf("stages.similarity.batch=9", "stages.similarity.accumulate=3"));
        Assert.Equal((9, 3), BatchOf("stages.similarity.accumulate=3", "stages.similarity.batch=9"));

        (int, int) BatchOf(params string[] assignments) => RecipeFile.Set(Tiny, assignments).Stages[1] is var stage ? (stage.Batch, stage.Accumulate) : default;
    }

    [Theory]
    [InlineData("seed", "write PATH=VALUE")]
    [InlineData("sed=1", "there is no sed in the recipe: in place of sed there may stand name, encoder, stages, seed, data")]
    [InlineData("stages.similar.batch=1", "in place of similar there may stand predmae, similarity")]
    [InlineData("stages.2.batch=1", "in place of 2 there may stand predmae, similarity")]
    [InlineData("stages.similarity.method.maskRatio=1", "in place of maskRatio there may stand name, fcs, margin")]
    [InlineData("stages.predmae.method.intervals.2=1", "in place of 2 there may stand 0, 1")]
    [InlineData("seed.x=1", "there is no seed.x in the recipe")]
    [InlineData("sources.seed=me", "there is no sources.seed in the recipe")]
    [InlineData("=1", "there is no  in the recipe")]
    [InlineData("seed=many", "seed cannot be \"many\": it is a whole number")]
    [InlineData("seed=3000000000", "seed cannot be 3000000000: it is a whole number")]
    [InlineData("seed=null", "seed cannot be null")]
    [InlineData("stages.similarity.precision=float16", "stages.similarity.precision cannot be \"float16\": it is float32 or bfloat16")]
    [InlineData("stages.similarity.precision=1", "stages.similarity.precision cannot be \"1\": it is float32 or bfloat16")]
    [InlineData("stages.similarity.optimiser.name=lamb", "stages.similarity.optimiser.name cannot be \"lamb\": it is adamw, sgd or adam")]
    [InlineData("stages.similarity.schedule.name=linear", "it is cosine, constant, steps or warmed-cosine")]
    [InlineData("stages.similarity.onNan=ask", "it is skip or stop")]
    [InlineData("stages=[]", "stages is empty")]
    [InlineData("data.holdout=1", "data.holdout is 1, and may be 0 to 0.9")]
    [InlineData("data.workers=0", "data.workers is 0, and may be 1 to 256")]
    [InlineData("data.side=4", "data.side is 4")]
    [InlineData("stages.similarity.batch=0", "stages.similarity.batch is 0")]
    [InlineData("stages.similarity.accumulate=3", "and cannot be computed in 3 equal parts")]
    [InlineData("stages.similarity.name=predmae", "two stages have the name predmae")]
    [InlineData("stages.similarity.name=../a", "the stage's name '../a'")]
    [InlineData("stages.similarity.steps=-1", "stages.similarity.steps is -1")]
    [InlineData("stages.similarity.ema=2", "stages.similarity.ema is 2")]
    [InlineData("stages.similarity.optimiser.rate=1e999", "stages.similarity.optimiser.rate")]
    [InlineData("stages.similarity.optimiser.beta1=1", "stages.similarity.optimiser.beta1 is 1")] // divides by zero
    [InlineData("stages.similarity.optimiser.eps=-1", "stages.similarity.optimiser.eps is -1")]
    [InlineData("stages.similarity.optimiser.groups.0.rateFactor=-1", "stages.similarity.optimiser.groups.0.rateFactor is -1")]
    [InlineData("stages.similarity.schedule.warmupFactor=2", "stages.similarity.schedule.warmupFactor is 2, and may be 0 to 1")]
    [InlineData("stages.similarity.schedule.warmupSteps=-2", "stages.similarity.schedule.warmupSteps is -2")]
    public void What_cannot_be_set_is_told_what_can(string assignment, string message)
    {
        var error = Assert.Throws<RecipeException>(() => RecipeFile.Set(Tiny, [assignment]));
        Assert.True(error.Message.Contains(message, StringComparison.Ordinal), error.Message);
        Assert.DoesNotContain("Sosia.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("encoder.heads=7", "7 heads cannot share a width of 64")]
    [InlineData("encoder.heads=0", "0 heads")]
    [InlineData("encoder.patch=0", "patches of 0")]
    [InlineData("encoder.side=30", "a side of 30")]
    [InlineData("encoder.depth=0", "depth")]
    [InlineData("encoder.dropPath=1", "dropPath")]
    [InlineData("stages.predmae.method.maskRatio=1", "maskRatio of 1")]
    [InlineData("stages.predmae.method.decoderHeads=5", "5 heads cannot share a decoderWidth")]
    [InlineData("stages.predmae.method.decoderDepth=-1", "decoderDepth is -1")]
    [InlineData("stages.predmae.method.intervals=[]", "intervals")]
    [InlineData("stages.predmae.method.intervals=[-1]", "intervals")]
    [InlineData("stages.predmae.method.mostScale=1", "leastScale <= mostScale")]
    [InlineData("stages.similarity.method.mirror=2", "mirror")]
    [InlineData("stages.similarity.method.shotMix=-0.1", "shotMix")]
    [InlineData("stages.similarity.method.memory=-1", "memory")]
    [InlineData("stages.similarity.method.augmentation.blur=2", "augmentation")]
    public void Options_that_cannot_be_are_an_error_before_anything_is_trained(string assignment, string message)
    {
        var recipe = RecipeFile.Set(Tiny, [assignment]);
        using var generator = new Generator(1);
        var error = Assert.Throws<RecipeException>(() =>
        {
            foreach (var stage in recipe.Stages)
            {
                stage.Method.Build(() => recipe.Encoder.Build(generator, false), World.Single).Dispose();
            }
        });
        Assert.True(error.Message.Contains(message, StringComparison.Ordinal), error.Message);
    }

    [Theory]
    [InlineData("encoder.width=865", "1 to 864")]
    [InlineData("encoder.width=0", "width")]
    [InlineData("encoder.frames=0", "frames")]
    [InlineData("encoder.timeDepth=-1", "timeDepth")]
    [InlineData("encoder.timeHeads=3", "3 heads must share a timeWidth of 256")]
    [InlineData("encoder.timeWidth=0", "a timeWidth of 0")]
    [InlineData("stages.frames.method.frames=5", "the encoder's 4")]
    [InlineData("stages.frames.method.temperature=0", "temperature")]
    [InlineData("stages.frames.method.edits.pipIn=2", "pip-in is 2")]
    public void Options_of_copies_that_cannot_be_are_an_error_before_anything_is_trained(string assignment, string message)
    {
        var recipe = RecipeFile.Set(RecipeFile.Named("copies"), [assignment]);
        var error = Assert.Throws<RecipeException>(() => RecipeTrial.Make(recipe, World.Single));
        Assert.True(error.Message.Contains(message, StringComparison.Ordinal), error.Message);
    }

    [Theory]
    [InlineData("data.stretch=0", "data.stretch is 0")]
    [InlineData("stages.frames.method.memory=40", "stages.frames.method: a memory of 40 cannot hold the clips of 48 videos")]
    public void What_copies_cannot_be_set_to_is_told(string assignment, string message) =>
        Assert.Contains(message, Assert.Throws<RecipeException>(() => RecipeFile.Set(RecipeFile.Named("copies"), [assignment])).Message, StringComparison.Ordinal);

    [Fact]
    public void Copies_can_be_built_and_every_value_of_it_has_a_source()
    {
        var recipe = RecipeFile.Named("copies");
        Assert.All(RecipeFile.Values(recipe).Where(value => value.Path is not ("name" or "encoder.weights")), value => Assert.StartsWith("ours", value.Source));
        Assert.Contains("nsfwjs", RecipeFile.Values(recipe).Single(value => value.Path == "encoder.weights").Source);
        RecipeTrial.Make(recipe, World.Single);
        var encoder = Assert.IsType<ClipTrunkOptions>(recipe.Encoder);
        var options = Assert.IsType<CopiesOptions>(Assert.Single(recipe.Stages).Method);
        Assert.True(options.Frames <= encoder.Frames && encoder.Width <= FrameTrunk.PooledWidth);
        Assert.Equal((3, 0.15), (options.Edits!.Most, options.Edits.Crop)); // what is not set is the default
        RecipeTrial.Make(RecipeFile.Set(recipe, ["encoder.timeDepth=1", "stages.frames.method.frames=2", "stages.frames.method.learnFrom=15"]), World.Single);
    }

    [Fact]
    public void Values_come_in_the_order_of_the_file_with_the_source_of_the_longest_path()
    {
        var recipe = Read(Least) with
        {
            Sources = new Dictionary<string, string> { ["encoder"] = "paper", ["encoder.width"] = "figure", ["encoder.widt"] = "nobody", ["stages.only"] = "ours", ["stages.only.optimiser"] = "code", ["stages"] = "all" },
        };
        var values = RecipeFile.Values(recipe);
        Assert.Equal(["name", "encoder.name", "encoder.width", "encoder.depth"], values.Take(4).Select(value => value.Path));
        Assert.Equal(
            ["stages.only.name: ours", "stages.only.optimiser.rate: code", "stages.only.optimiser.groups.0.match: code", "encoder.width: figure", "encoder.depth: paper", "seed: "],
            new[] { "stages.only.name", "stages.only.optimiser.rate", "stages.only.optimiser.groups.0.match", "encoder.width", "encoder.depth", "seed" }
                .Select(path => $"{path}: {values.Single(value => value.Path == path).Source}"));
        Assert.Equal(values.Count, values.DistinctBy(value => value.Path).Count());
        Assert.DoesNotContain(values, value => value.Path.StartsWith("sources", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_value_that_is_shown_can_be_set_to_itself()
    {
        foreach (var value in RecipeFile.Values(Tiny))
        {
            var text = JsonNode.Parse(value.Value) is JsonValue one ? one.ToString() : value.Value;
            var set = RecipeFile.Set(Tiny, [$"{value.Path}={text}"]);
            Assert.Equal(RecipeFile.Text(Tiny with { Sources = null }), RecipeFile.Text(set with { Sources = null }));
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Path => System.IO.Path.Combine(folder, "recipe.json");

    private Recipe Read(string text)
    {
        File.WriteAllText(Path, text);
        return RecipeFile.Read(Path);
    }
}
