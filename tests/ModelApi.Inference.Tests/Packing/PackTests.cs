using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Packing;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Packing;

public sealed class PackTests : IDisposable
{
    private const string Golden = """
        {"input":{"a":1,"b":2},"value":3}
        {"input":{"a":2.5,"b":4},"value":6.5}
        """;

    private readonly Packing _packing = new();

    public void Dispose() => _packing.Dispose();

    [Fact]
    public async Task The_index_that_pandas_writes_is_named_and_no_feature()
    {
        var packed = await _packing.PackAsync(Packing.Sum("X", 2), ",a,b,y\n0,1,2,3\n1,2,4,6\n", Golden);

        Assert.Equal(["a", "b"], Features(packed));
        Assert.Equal("y", (string?)packed.Manifest["target"]!["name"]);
        Assert.Contains(packed.Notes, note => note.Contains("''", StringComparison.Ordinal)
            && note.Contains("index=False", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("maps", "0,1,2")]
    [InlineData("maps-of-texts", "high,low,middle")]
    public async Task The_maps_that_skl2onnx_makes_by_default_are_cut_out_of_the_graph(string name, string classes)
    {
        var packed = await _packing.PackCaseAsync("answers/" + name);

        Assert.Equal(60, packed.Golden.Rows);
        Assert.Equal("output_probability", (string?)packed.Manifest["outputs"]!["probabilities"]);
        Assert.Equal(classes, string.Join(',', packed.Manifest["classes"]!.AsArray().Select(label => label!.ToString())));
        Assert.Contains(packed.Notes, note => note.StartsWith("ZipMap was cut from ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_several_columns_may_be_the_target_they_are_listed()
    {
        const string Reference = "a,b,y,z,id\n1,2,3,4,x\n";

        var exception = await Assert.ThrowsAsync<PackException>(() => _packing.PackAsync(Packing.Sum("X", 2), Reference, Golden));
        var told = await _packing.PackAsync(Packing.Sum("X", 2), Reference, Golden, request => request with { Target = "z" });

        Assert.Contains("may be any of 'y', 'z': name it with --target", exception.Message, StringComparison.Ordinal);
        Assert.Equal("z", (string?)told.Manifest["target"]!["name"]);
        Assert.Contains(told.Notes, note => note.Contains("Not used: columns 'y', 'id'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Golden_rows_are_made_of_the_reference_where_it_has_the_predictions()
    {
        var rows = Enumerable.Range(0, 500).Select(i => $"{i},{2 * i},0,{3 * i}");

        var packed = await _packing.PackAsync(Packing.Sum("X", 2), $"a,b,y,prediction\n{string.Join('\n', rows)}\n", null, request =>
            request with { Target = "y" });

        Assert.Equal(200, packed.Golden.Rows);
        Assert.DoesNotContain(packed.Notes, note => note.Contains("golden rows", StringComparison.Ordinal));
        Assert.Equal(["a", "b"], Features(packed));
    }

    [Fact]
    public async Task A_few_golden_rows_are_filled_up_from_the_reference_or_more_are_asked_for()
    {
        var rows = string.Join('\n', Enumerable.Range(0, 300).Select(i => $"{i},{2 * i},0,{3 * i}"));

        var asked = await _packing.PackAsync(
            Packing.Sum("X", 2), $"a,b,y,z\n{rows}\n", Golden, request => request with { Target = "y" });
        var filled = await _packing.PackAsync(Packing.Sum("X", 2), $"a,b,y,prediction\n{rows}\n", Golden);

        Assert.Equal((2, 200), (asked.Golden.Rows, filled.Golden.Rows));
        Assert.Contains(asked.Notes, note => note.StartsWith("2 golden rows; 200 show faults", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_golden_rows_and_predictions_both_ways_are_told()
    {
        var exception = await Assert.ThrowsAsync<PackException>(
            () => _packing.PackAsync(Packing.Sum("X", 2), "a,b,y\n1,2,3\n", golden: null));

        Assert.Contains("--golden", exception.Message, StringComparison.Ordinal);
        Assert.Contains("'prediction'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_is_told_may_have_any_name()
    {
        var graph = new GraphWriter();
        graph.Output(graph.Add("Sub", ["one", "two"]), "value", TensorElementType.Float, 1);
        graph.Input("one", TensorElementType.Float);
        graph.Input("two", TensorElementType.Float);
        const string Rows = """{"input":{"a,b":1,"say \"k=v\"":2},"value":-1}""";

        var packed = await _packing.PackAsync(graph.ToBytes(), "\"say \"\"k=v\"\"\",\"a,b\",y\n2,1,0\n", Rows, request => request with
        {
            Inputs = new Dictionary<string, IReadOnlyList<string>> { ["one"] = ["a,b"], ["two"] = ["say \"k=v\""] },
        });

        Assert.Equal("two of model.onnx", packed.Inputs["say \"k=v\""]);
    }

    [Theory]
    [InlineData(
        "a,b,c,y\n1,2,3,4\n", """{"input":{"a":1,"b":2,"c":3},"value":3}""", "takes 2 columns, and 3 are left for it: 'a', 'b', 'c'")]
    [InlineData("a,y\n1,4\n", """{"input":{"a":1,"b":2},"value":3}""", "The golden rows hold 'b', and the reference has no such column.")]
    [InlineData("a,b,y\n1,x,4\n", """{"input":{"a":1,"b":2},"value":3}""", "--input X=COLUMN, and row 1 holds 'x'")]
    [InlineData("a,b,y\n1,,4\n", """{"input":{"a":1,"b":2},"value":3}""", "Column 'b' of the reference holds no value")]
    [InlineData("a,b,y\n1,2,4\n", """{"input":{"a":1,"b":2},"label":"x"}""", "no output of model.onnx holds one class for each row")]
    [InlineData("a,b,y\n1,2,4\n", """{"input":{"a":1,"b":2}}""", "line 1: it holds no answer. Each line is an object with 'input'")]
    [InlineData("a,b,y\n1,2,4\n", """{"input":{"a":1,"b":2},"value":[1,2]}""", "no output of model.onnx holds 2 numbers for each row")]
    [InlineData(
        "a,b,y\n1,2,4\n",
        "{\"input\":{\"a\":1,\"b\":2},\"value\":3}\n{\"input\":{\"a\":1,\"b\":2},\"label\":3}",
        "line 2: it holds 'label', and the first row 'value'")]
    [InlineData("a,a,y\n1,2,4\n", """{"input":{"a":1},"value":3}""", "has two columns called 'a'; rename one of them")]
    [InlineData("a,b,y\n1,2,4\n", "nothing", "line 1: it is not JSON")]
    [InlineData(
        "a,b,y\n1,2,4\n", """{"input":{"a":1,"b":2},"value":NaN}""", "JSON has no NaN: write null for a missing value.")]
    [InlineData(
        "a,b,y\n1,,4\n1,nan,4\n", """{"input":{"a":1,"b":2},"value":3}""",
        "Column 'b' of the reference holds 'nan' in row 2: leave the cell of a missing value empty.")]
    [InlineData("a,b,y\n1,2,4\n", """{"input":{"a":1,"b":2},"label":"x"}""", "write the trainer's own beside it, as 'probabilities'")]
    [InlineData("a,b,y\n1,2\n", """{"input":{"a":1,"b":2},"value":3}""", "reference.csv: Record 2 has 2 fields but 3 were expected")]
    [InlineData("a,b,y\n1,2,4\n", "", "holds no rows. Each line is an object")]
    public async Task What_cannot_be_packed_is_told_with_what_to_do(string reference, string golden, string message)
    {
        var exception = await Assert.ThrowsAsync<PackException>(() => _packing.PackAsync(Packing.Sum("X", 2), reference, golden));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_packing.Folder, ".packing-*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Golden_rows_of_another_encoding_are_refused()
    {
        var packed = _packing.PackAsync(Packing.Sum("X", 2), "a,b,y\n1,2,3\n", Golden, request =>
        {
            File.WriteAllText(request.Golden!, """{"note":"pâtissier","input":{"a":1,"b":2},"value":3}""", System.Text.Encoding.Latin1);
            return request;
        });

        var exception = await Assert.ThrowsAsync<PackException>(() => packed);
        Assert.Contains("golden.jsonl is not UTF-8", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_and_files_in_the_place_of_each_other_are_named()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_packing.Folder, "folder.onnx")).FullName;
        Func<PackRequest, PackRequest>[] changes =
        [
            request => request with { Graphs = [folder] },
            request => request with { Golden = folder },
            request => request with { Files = new Dictionary<string, string> { ["args.json"] = folder } },
        ];

        foreach (var change in changes)
        {
            var exception = await Assert.ThrowsAsync<PackException>(
                () => _packing.PackAsync(Packing.Sum("X", 2), "a,b,y\n1,2,3\n", Golden, change));
            Assert.Contains("folder.onnx' is a folder; give a file.", exception.Message, StringComparison.Ordinal);
        }

        var output = await Assert.ThrowsAsync<PackException>(() => _packing.PackAsync(
            Packing.Sum("X", 2), "a,b,y\n1,2,3\n", Golden, request => request with { Output = request.Golden! }));
        Assert.Contains("is a file; name the folder of models", output.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zip_among_the_graphs_is_named()
    {
        var exception = await Assert.ThrowsAsync<PackException>(
            () => _packing.PackAsync([.. "PK\u0003\u0004"u8, 0, 0], "a,b,y\n1,2,3\n", Golden));

        Assert.Contains("model.onnx is a zip and no ONNX graph", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trial_writes_nothing()
    {
        var packed = await _packing.PackAsync(Packing.Sum("X", 2), "a,b,y\n1,2,3\n", Golden, request => request with { IsTrial = true });

        Assert.Null(packed.Folder);
        Assert.Equal("X of model.onnx", packed.Inputs["a"]);
        Assert.False(Directory.Exists(Path.Combine(_packing.Folder, "models")));
    }

    [Fact]
    public async Task Images_become_a_tensor_with_the_shape_of_the_golden_rows()
    {
        var graph = new GraphWriter();
        var image = graph.InputOf("image", TensorElementType.Float, null, 1, 2, 2);
        graph.Output(
            graph.Add("MatMul", [graph.Add("Flatten", image, ("axis", 1L)), graph.Constant([1f, 10, 100, 1000], 4, 1)]),
            "value", TensorElementType.Float, 1);

        var packed = await _packing.PackAsync(
            graph.ToBytes(),
            "image,y\n\"[[[1,2],[3,4]]]\",0\n\"[[[0,0],[0,9]]]\",0\n",
            """{"input":{"image":[[[1,2],[3,4]]]},"value":4321}""");

        var feature = packed.Manifest["features"]![0]!;
        Assert.Equal(("tensor", "[1,2,2]"), ((string?)feature["type"], feature["shape"]!.ToJsonString()));
    }

    private static IEnumerable<string?> Features(PackResult packed) =>
        packed.Manifest["features"]!.AsArray().Select(feature => (string?)feature!["name"]);
}
