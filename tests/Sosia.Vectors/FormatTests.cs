using System.Text;
using Xunit;

namespace Sosia.Vectors;

/// <summary>The format itself: patterns, filling of states, tolerances, and files that are none.</summary>
public sealed class FormatTests
{
    private const string Good = """
        {"format": "sosia.vectors/1", "method": "demo", "cases": [{
          "name": "one", "what": "a test", "options": {"k": 3, "deep": {"flag": true}},
          "inputs": {"x": {"shape": [2, 2], "type": "float32", "data": [1, 2, 3, 4]},
                     "p": {"shape": [2, 2], "type": "float32", "pattern": {"name": "input", "low": -1, "high": 1}}},
          "state": {"salt": "s/", "entries": {"a.weight": [2, 3], "norm.weight": [4], "norm.running_var": [2], "n.num_batches_tracked": []}},
          "expected": {"y": {"shape": [4], "type": "float32", "data": [1, 2, 3, 4]},
                       "m": {"shape": [4], "type": "float32", "samples": {"index": [1], "value": [2]}, "mean": 2.5, "std": 1.118034, "norm": 5.477226}},
          "rtol": 0, "atol": 0.001}]}
        """;

    [Fact]
    public void Patterns_have_the_published_values()
    {
        Assert.Equal(0xFD0C5087u, Pattern.Fnv1a("x"));
        Assert.Equal([0.17486721f, 0.07252407f, 0.5860393f, 0.23188233f], Pattern.Floats("x", 4, 0, 1));
        Assert.Equal([0.28604722f, 0.644151f, -0.76094985f, 0.68570065f], Pattern.Floats("input", 4, -1, 1));
        Assert.Equal([4L, 5, 3, 4, 6, 9], Pattern.Integers("labels", 6, 0, 10));
    }

    [Fact]
    public void States_are_filled_by_the_last_part_of_the_name()
    {
        var one = Case();
        Assert.Equal(Pattern.Floats("s/a.weight", 6, -1, 1), one.State("a.weight")); // sqrt(3 / 3)
        Assert.Equal(Pattern.Floats("s/norm.weight", 4, 0.5, 1.5), one.State("norm.weight"));
        Assert.Equal(Pattern.Floats("s/norm.running_var", 2, 0.5, 1.5), one.State("norm.running_var"));
        Assert.Equal([0f], one.State("n.num_batches_tracked"));
        Assert.Throws<KeyNotFoundException>(() => one.State("b.weight"));
    }

    [Fact]
    public void Inputs_and_options_are_read()
    {
        var one = Case();
        Assert.Equal([1f, 2, 3, 4], one.Floats("x"));
        Assert.Equal(Pattern.Floats("input", 4, -1, 1), one.Floats("p"));
        Assert.Equal([2, 2], one.Shape("x"));
        Assert.Equal((3.0, 1.0), (one.Option("k"), one.Option("deep.flag")));
        Assert.Throws<VectorFileException>(() => one.Option("deep.k"));
        Assert.Throws<VectorFileException>(() => one.Floats("z"));
    }

    [Theory]
    [InlineData(new float[] { 1, 2, 3.0009f, 4 }, null)]
    [InlineData(new float[] { 1, 2, 3.0011f, 4 }, "'y'[2]: got 3.00110006, expected 3")]
    [InlineData(new float[] { 1, 2, float.NaN, 4 }, "'y'[2]: got NaN, expected 3")]
    [InlineData(new float[] { 1, 2, 3 }, "'y' has 3 elements, expected 4")]
    public void Every_element_must_agree(float[] got, string? message) =>
        Assert.Equal(message, Record.Exception(() => Case().Expect("y", got))?.Message);

    [Theory]
    [InlineData(new float[] { 1, 2, 3, 4 }, null)]
    [InlineData(new float[] { 1, 2.5f, 3, 3.5f }, "'m'[1]: got 2.5, expected 2")]
    [InlineData(new float[] { 1, 2, 3, 5 }, "'m' (mean): got 2.75, expected 2.5")]
    [InlineData(new float[] { 2, 2, 3, 3 }, "'m' (std): got 0.5, expected 1.118034")]
    public void Samples_and_moments_must_agree(float[] got, string? message) =>
        Assert.Equal(message, Record.Exception(() => Case().Expect("m", got))?.Message);

    [Fact]
    public void The_runner_tells_passed_from_failed_left_out_and_unknown()
    {
        Assert.Equal(Verdict.Passed, Run(static one => Both(one, [1, 2, 3, 4])).Verdict);
        Assert.Equal("'m' was not compared", Run(static one => one.Expect("y", [1f, 2, 3, 4])).Detail);
        Assert.Equal("'y'[0]: got 9, expected 1", Run(static one => Both(one, [9, 2, 3, 4])).Detail);
        Assert.Equal("DivideByZeroException: oops", Run(static _ => throw new DivideByZeroException("oops")).Detail);
        var left = Run(static one =>
        {
            one.Expect("y", [1f, 2, 3, 4]);
            one.NotCovered("m", "later");
        });
        Assert.Equal((Verdict.NotCovered, "m: later"), (left.Verdict, left.Detail));
        Assert.Equal(Verdict.NotCovered, VectorRunner.Run(Case(), new Dictionary<string, Action<VectorCase>>()).Verdict);

        static void Both(VectorCase one, float[] got)
        {
            one.Expect("y", got);
            one.Expect("m", got);
        }

        static CaseResult Run(Action<VectorCase> code) => VectorRunner.Run(Case(), new Dictionary<string, Action<VectorCase>> { ["one"] = code });
    }

    [Theory]
    [InlineData("", "x.json: ")]
    [InlineData("[]", "x.json: ")]
    [InlineData("{}", "x.json: ")]
    [InlineData("""{"format": "sosia.vectors/2"}""", "x.json: format 'sosia.vectors/2' is not sosia.vectors/1")]
    public void Other_files_are_refused(string json, string beginning) =>
        Assert.StartsWith(beginning, Assert.Throws<VectorFileException>(() => Parse(json)).Message);

    [Theory]
    [InlineData("[1, 2, 3, 4]}", "[1, 2, 3]}", "x.json: case 'one': 'x': the shape says 4 elements, data has 3")]
    [InlineData("[2, 2]", "[65536, 65536]", "x.json: case 'one': 'x': more than 67108864 elements")]
    [InlineData("[2, 2]", "[-2, -2]", "x.json: case 'one': 'x': size -2 in the shape")]
    [InlineData("float32", "float16", "x.json: case 'one': 'x': type 'float16' is none of float32, int64 and bool")]
    [InlineData("[1]", "[4]", "x.json: case 'one': 'm': 1 sample indices for 1 values of 4 elements, or one outside")]
    [InlineData("[2, 3]", "[2, 0]", "x.json: case 'one': state: an entry has no elements")]
    public void Wrong_cases_are_named(string good, string bad, string message) =>
        Assert.Equal(message, Assert.Throws<VectorFileException>(() => Parse(Good.Replace(good, bad))).Message);

    [Fact]
    public void Damaged_files_give_an_error_or_a_file()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var bytes = Encoding.UTF8.GetBytes(Good);
            var random = new Random(seed);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var error = Record.Exception(() => VectorFile.Parse(bytes.AsMemory(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length), "x.json"));
            Assert.True(error is null or VectorFileException, $"seed {seed}: {error}");
        }
    }

    [Fact]
    public void A_folder_gives_a_line_a_file()
    {
        var folder = Directory.CreateTempSubdirectory("sosia-vectors-").FullName;
        File.WriteAllText(Path.Combine(folder, "a.json"), Good);
        var output = new StringWriter();
        Assert.True(VectorRunner.RunFolder(folder, output));
        File.WriteAllText(Path.Combine(folder, "b.json"), "{");
        Assert.False(VectorRunner.RunFolder(folder, output));
        Directory.Delete(folder, recursive: true);
        Assert.False(VectorRunner.RunFolder(folder, output));
        var lines = output.ToString().Split('\n');
        Assert.Equal("demo: no code yet (1 cases)", lines[0].TrimEnd());
        Assert.StartsWith("cannot read b.json: ", lines[2]);
        Assert.StartsWith($"cannot read {folder}: no such folder", lines[3]);
    }

    private static VectorCase Case() => Parse(Good).Cases[0];

    private static VectorFile Parse(string json) => VectorFile.Parse(Encoding.UTF8.GetBytes(json), "x.json");
}
