using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Packing;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Packing;

/// <summary>Which outputs become which parts of the answer, and what is said of those that do not.</summary>
public sealed class AnswerTests : IDisposable
{
    private const string Reference = "a,b,kind\n1,2,no\n2,1,yes\n3,3,no\n";
    private const string Labels = """
        {"input":{"a":1,"b":2},"label":"no"}
        {"input":{"a":2,"b":1},"label":"yes"}
        """;

    private static readonly long[] Codes = [0, 1];
    private static readonly string[] Names = ["no", "yes"];

    private readonly Packing _packing = new();

    public void Dispose() => _packing.Dispose();

    [Fact]
    public async Task Decision_values_of_two_classes_in_a_column_that_is_declared_as_two_are_scores()
    {
        var packed = await _packing.PackCaseAsync("answers/packed-ridge");

        Assert.Equal(60, packed.Golden.Rows);
        Assert.Equal("probabilities", (string?)packed.Manifest["outputs"]!["scores"]);
        Assert.Equal("""["other","versicolor"]""", packed.Manifest["classes"]!.ToJsonString());
        Assert.Contains("'probabilities' is declared with 2 columns and has 1: the declaration was corrected.", packed.Notes);
    }

    [Theory]
    [InlineData("answers/labels")]
    [InlineData("answers/labels-forest")]
    [InlineData("answers/packed-labels")]
    public async Task Several_labels_have_the_probabilities_of_the_graph(string name)
    {
        var packed = await _packing.PackCaseAsync(name, request => request with { Targets = ["first", "second"] });

        Assert.Equal("""{"label":"label","probabilities":"probabilities"}""", packed.Manifest["outputs"]!.ToJsonString());
        Assert.Equal(60, packed.Golden.Rows);
    }

    [Theory]
    [InlineData(1.5f, -1f, "scores", "a decision value")]
    [InlineData(0.25f, 0.75f, "probabilities", "a probability")]
    public async Task Numbers_of_classes_that_no_golden_row_holds_are_told_by_their_name(float no, float yes, string part, string what)
    {
        var packed = await _packing.PackAsync(Classifier(no, yes), Reference, Labels);

        Assert.Contains(packed.Notes, note =>
            note.Contains($"'numbers', which seems to hold {what} for each class", StringComparison.Ordinal)
            && note.EndsWith($"into the golden rows as '{part}', by class.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("probabilites", "numbers", "--answer probabilites: an answer has no such part; did you mean 'probabilities'?")]
    [InlineData("colour", "numbers", "--answer colour: an answer has no such part. The parts are 'label', 'probabilities'")]
    [InlineData("scores", "numbers", "--answer scores=numbers: the golden rows hold 'label', and nothing that could prove this output.")]
    [InlineData("label", "lable", "--answer label=lable: model.onnx has no output 'lable'; did you mean 'label'?")]
    [InlineData("label", "label,numbers", "--answer label=label,numbers: one output holds a part of the answer")]
    public async Task An_answer_that_cannot_be_given_is_refused_with_the_option(string part, string outputs, string message)
    {
        var exception = await Assert.ThrowsAsync<PackException>(() => _packing.PackAsync(Classifier(1, 0), Reference, Labels, request =>
            request with { Answer = new Dictionary<string, IReadOnlyList<string>> { [part] = outputs.Split(',') } }));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predictions_of_the_reference_that_are_other_answers_than_the_golden_rows_are_told()
    {
        var packed = await _packing.PackAsync(
            Classifier(1.5f, -1), "a,b,kind,prediction\n1,2,no,no\n2,1,yes,yes\n3,3,no,no\n",
            """{"input":{"a":1,"b":2},"label":"no","scores":{"no":1.5,"yes":-1}}""");

        Assert.Equal(1, packed.Golden.Rows);
        Assert.Contains(packed.Notes, note => note.Contains(
            "let the reference hold what the golden rows hold: its 'prediction' makes other answers than their 'label', 'scores'",
            StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_single_class_asks_for_the_others()
    {
        var exception = await Assert.ThrowsAsync<PackException>(() => _packing.PackAsync(
            Classifier(1, 0), "a,b,kind\n1,2,no\n", """{"input":{"a":1,"b":2},"label":"no"}"""));

        Assert.Contains("hold one class, 'no'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--classes NAME,NAME", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Distances_that_no_output_holds_are_called_distances()
    {
        var exception = await Assert.ThrowsAsync<PackException>(() => _packing.PackAsync(
            Classifier(1, 0), "a,b,kind\n1,2,0\n",
            """{"input":{"a":1,"b":2},"label":"no","distances":{"no":1,"yes":2,"maybe":3}}"""));

        Assert.Contains("The golden rows hold 'distances', and no output", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--answer distances=OUTPUT", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ZipMap", exception.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_wider_tolerance_without_a_reason_is_refused_with_the_option()
    {
        var exception = await Assert.ThrowsAsync<PackException>(() => _packing.PackAsync(
            Classifier(1, 0), Reference, Labels, request => request with { Tolerance = (1e-4, null) }));

        Assert.Contains("--tolerance 0.0001: is wider than 0.00001", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--tolerance-reason", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_fault_in_many_golden_rows_is_told_once_with_their_number()
    {
        var rows = Enumerable.Range(0, 150).Select(i => $$"""{"input":{"a":{{i}},"b":"x"},"label":"{{(i % 2 == 0 ? "no" : "yes")}}"}""");

        var exception = await Assert.ThrowsAsync<BundleException>(() => _packing.PackAsync(
            Classifier(1, 0), Reference, string.Join('\n', rows)));

        var fault = Assert.Single(exception.Faults);
        Assert.StartsWith("line 1 ", fault.Path, StringComparison.Ordinal);
        Assert.EndsWith("The same in 149 more lines.", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b,kind\n1,2,no\n2,1,yes\n", "knid", "--target knid: the reference has no such column; did you mean 'kind'?")]
    [InlineData("a,b,kind\n1,2,no\n2,1,yes\n", "outcome", "--target outcome: the reference has no such column, and 'kind' may be the")]
    public async Task A_target_that_is_no_column_is_refused_where_one_may_be_meant(string reference, string target, string message)
    {
        var exception = await Assert.ThrowsAsync<PackException>(() => _packing.PackAsync(
            Classifier(1, 0), reference, Labels, request => request with { Target = target }));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reference_of_features_alone_takes_any_name_for_the_target_and_says_so()
    {
        var packed = await _packing.PackAsync(
            Classifier(1, 0), "a,b\n1,2\n2,1\n", Labels, request => request with { Target = "outcome" });

        Assert.Equal("outcome", (string?)packed.Manifest["target"]!["name"]);
        Assert.Contains(packed.Notes, note => note.StartsWith("The reference has no column 'outcome'", StringComparison.Ordinal));
    }

    /// <summary>A graph that answers 'yes' where a is greater than b, and the same numbers for each row.</summary>
    private static byte[] Classifier(float no, float yes)
    {
        var graph = new GraphWriter();
        var (a, b) = (graph.Input("a", TensorElementType.Float), graph.Input("b", TensorElementType.Float));
        var isGreater = graph.Add("Cast", graph.Add("Greater", [a, b]), ("to", (long)TensorElementType.Int64));
        var label = graph.Add("LabelEncoder", isGreater, ("keys_int64s", Codes), ("values_strings", Names));
        graph.Output(label, "label", TensorElementType.String, 1);
        var numbers = graph.Add("MatMul", [graph.Add("Mul", [a, graph.Constant([0f], 1)]), graph.Constant([0f, 0], 1, 2)]);
        graph.Output(graph.Add("Add", [numbers, graph.Constant([no, yes], 2)]), "numbers", TensorElementType.Float, 2);
        return graph.ToBytes();
    }
}
