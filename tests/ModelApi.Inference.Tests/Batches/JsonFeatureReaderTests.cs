using System.Text;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Tests.Batches;

public sealed class JsonFeatureReaderTests
{
    private static readonly Feature[] Features =
    [
        new() { Name = "age", Type = FeatureType.Integer, Minimum = 18, Maximum = 95, Example = 41 },
        new()
        {
            Name = "marital",
            Type = FeatureType.String,
            Categories = new CategoryTable(["divorced", "married", "single"]),
            Example = "single",
        },
        new() { Name = "income", Type = FeatureType.Number, Nullable = true, Example = 1.5 },
        new() { Name = "housing", Type = FeatureType.Boolean, Example = true },
        new() { Name = "note/free~text", Type = FeatureType.String, Nullable = true, MinimumLength = 2, Example = "ab" },
    ];

    private const string Good = """{"age":41,"marital":"married","income":2.5,"housing":true,"note/free~text":"été"}""";

    [Fact]
    public void A_row_is_read_into_its_columns()
    {
        var (batch, findings, shape) = Read(Good);

        Assert.Empty(findings.Errors);
        Assert.Empty(findings.Warnings);
        Assert.Equal(RequestShape.Row, shape);
        Assert.Equal([41.0], batch.Numbers(0).ToArray());
        Assert.Equal([1], batch.Codes(1).ToArray());
        Assert.Equal("married", batch.Texts(1)[0]);
        Assert.Equal([2.5], batch.Numbers(2).ToArray());
        Assert.Equal([1.0], batch.Numbers(3).ToArray());
        Assert.Equal("été", batch.Texts(4)[0]);
    }

    [Theory]
    [InlineData("""{"housing":true,"note/free~text":"été","income":2.5,"marital":"married","age":41}""")]
    [InlineData("""{"\u0061ge":4.1e1,"marital":"m\u0061rried","income":25E-1,"housing":true,"note/free~text":"\u00e9t\u00e9"}""")]
    [InlineData("\uFEFF \r\n\t{\"age\":41.0,\"marital\":\"married\",\"income\":2.50,\"housing\":true,\"note/free~text\":\"été\"} \n")]
    public void The_same_row_may_be_written_in_other_ways(string json)
    {
        var (batch, findings, _) = Read(json);

        Assert.Empty(findings.Errors);
        Assert.Equal(
            (41.0, 1, 2.5, 1.0, "été"),
            (batch.Numbers(0)[0], batch.Codes(1)[0], batch.Numbers(2)[0], batch.Numbers(3)[0], batch.Texts(4)[0]));
    }

    [Theory]
    [InlineData("""{"age":41,"marital":"married","income":null,"housing":true,"note/free~text":null}""")]
    [InlineData("""{"age":41,"marital":"married","housing":true}""")]
    public void A_nullable_feature_may_be_null_or_left_out(string json)
    {
        var (batch, findings, _) = Read(json);

        Assert.Empty(findings.Errors);
        Assert.True(double.IsNaN(batch.Numbers(2)[0]));
        Assert.Null(batch.Texts(4)[0]);
    }

    [Theory]
    [InlineData("""[{0},{0}]""")]
    [InlineData("""{"instances":[{0},{0}]}""")]
    [InlineData("""{"\u0069nstances":[{0},{0}]}""")]
    public void Several_rows_are_read_in_order(string json)
    {
        var (batch, findings, shape) = Read(json.Replace("{0}", Good, StringComparison.Ordinal));

        Assert.Empty(findings.Errors);
        Assert.Equal((RequestShape.Rows, 2), (shape, batch.Rows));
        Assert.Equal([41.0, 41.0], batch.Numbers(0).ToArray());
    }

    [Theory]
    [InlineData("age", "\"41\"", "Must be an integer, not a string.")]
    [InlineData("age", "1.5", "Must be an integer, not a number with a fraction.")]
    [InlineData("age", "1e-400", null)]
    [InlineData("age", "1e400", "Out of range; must be within ±3.4e38, the range of a 32-bit float.")]
    [InlineData("age", "9007199254740993e3", "Out of range; must be within ±9007199254740992 (2^53).")]
    [InlineData("age", "null", "Must be an integer, not null.")]
    [InlineData("age", "true", "Must be an integer, not a boolean.")]
    [InlineData("age", "[41]", "Must be an integer, not an array.")]
    [InlineData("age", "{\"a\":[{}]}", "Must be an integer, not an object.")]
    [InlineData("age", "\"NaN\"", "Must be an integer; JSON has no NaN or Infinity.")]
    [InlineData("income", "\"-Infinity\"", "Must be a number or null; JSON has no NaN or Infinity, send null for a missing value.")]
    [InlineData("income", "1e39", "Out of range; must be within ±3.4e38, the range of a 32-bit float.")]
    [InlineData("income", "-1e400", "Out of range; must be within ±3.4e38, the range of a 32-bit float.")]
    [InlineData("housing", "1", "Must be true or false, not a number.")]
    [InlineData("housing", "\"true\"", "Must be true or false, not a string.")]
    [InlineData("marital", "1", "Must be a string, not a number.")]
    [InlineData("marital", "\"maried\"", "Unknown category; did you mean 'married'? Known: 'divorced', 'married', 'single'.")]
    [InlineData("marital", "\"\"", "Unknown category. Known: 'divorced', 'married', 'single'.")]
    [InlineData("marital", "\"married\\u0000\"", "Unknown category; did you mean 'married'? Known: 'divorced', 'married', 'single'.")]
    [InlineData("marital", "\"\\ud800\"", "Not valid text: it holds half of a surrogate pair.")]
    [InlineData("note/free~text", "\"x\"", "Must have at least 2 characters.")]
    public void A_wrong_value_is_named(string feature, string value, string? message)
    {
        var row = System.Text.Json.Nodes.JsonNode.Parse(Good)!.AsObject();
        row[feature] = System.Text.Json.Nodes.JsonNode.Parse("\"@\"");

        var (_, findings, _) = Read(row.ToJsonString().Replace("\"@\"", value, StringComparison.Ordinal));

        if (message is null)
        {
            Assert.Empty(findings.Errors);
        }
        else
        {
            Assert.Equal(new Finding(0, feature, message), Assert.Single(findings.Errors));
        }
    }

    [Fact]
    public void All_faults_of_all_rows_come_at_once()
    {
        var (_, findings, shape) = Read(
            """[{"agee":41,"marital":"married","housing":true},7,{"age":1.5,"age":2,"marital":null,"housing":0,"x":{"y":1}}]""");

        Assert.Equal(
            [
                "/0/agee: Unknown feature; did you mean 'age'?",
                "/0/age: Missing; must be an integer.",
                "/1: Must be an object with the features, not a number.",
                "/2/age: Must be an integer, not a number with a fraction.",
                "/2/age: Given more than once; send each feature once.",
                "/2/marital: Must be a string, not null.",
                "/2/housing: Must be true or false, not a number.",
                "/2/x: Unknown feature; leave it out.",
            ],
            findings.Errors.Select(error => $"{error.Pointer(shape)}: {error.Message}"));
    }

    [Fact]
    public void A_pointer_escapes_what_RFC_6901_says()
    {
        var (_, findings, shape) = Read(Good.Replace("\"été\"", "1", StringComparison.Ordinal));

        Assert.Equal("/note~1free~0text", Assert.Single(findings.Errors).Pointer(shape));
    }

    [Theory]
    [InlineData("7", "not a number")]
    [InlineData("\"text\"", "not a string")]
    [InlineData("null", "not null")]
    [InlineData("[]", "Holds no rows")]
    [InlineData("""{"instances":[]}""", "Holds no rows")]
    [InlineData("""{"instances":{"age":1}}""", "Must be an array of objects, not an object.")]
    [InlineData("""{"instances":[],"age":1}""", "Unknown key beside 'instances'.")]
    public void A_wrong_shape_is_an_error(string json, string message)
    {
        var (_, findings, _) = Read(json);

        Assert.Contains(findings.Errors, error => error.Message.Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData(" \n ", 1, 1)]
    [InlineData("{", 1, 2)]
    [InlineData("{\"age\":41,\n \"marital\":maried}", 2, 12)]
    [InlineData("{\"age\":NaN}", 1, 8)]
    [InlineData("{\"age\":-Infinity}", 1, 9)]
    [InlineData("{\"age\":041}", 1, 9)]
    [InlineData("{\"age\":41}}", 1, 11)]
    [InlineData("{\"age\":41} {\"age\":41}", 1, 12)]
    [InlineData("{\"age\":41,}", 1, 11)]
    [InlineData("// comment\n{}", 1, 1)]
    [InlineData("{\"age\":\"a\tb\"}", 1, 10)]
    public void Malformed_JSON_is_refused_with_its_line_and_position(string json, long line, long position)
    {
        var exception = Assert.Throws<MalformedJsonException>(() => Read(json));

        Assert.Equal((line, position), (exception.Line, exception.Position));
        Assert.False(string.IsNullOrEmpty(exception.Message));
    }

    [Theory]
    [InlineData(
        """{"id":"1","inputs":[{"name":"age","shape":[1],"datatype":"INT64","data":[41]}]}""",
        "inputs", "a body for the Open Inference Protocol (KServe V2, Triton) or MLflow")]
    [InlineData("""{"dataframe_split":{"columns":["age"],"data":[[41]]}}""", "dataframe_split", "a body for MLflow")]
    [InlineData("""{"dataframe_records":[{"age":41}],"params":{}}""", "dataframe_records", "a body for MLflow")]
    [InlineData(
        """{"input_data":[{"fields":["age"],"values":[[41]]}]}""",
        "input_data", "a body for IBM Watson Machine Learning or Azure Machine Learning")]
    [InlineData("""{"signature_name":"x","instances":[{"age":41}]}""", "instances", "a body for TensorFlow Serving, KServe V1 or MLflow")]
    [InlineData("""{"rows":[{"age":41}]}""", "rows", "rows or columns under 'rows'")]
    [InlineData("""{"columns":["age"],"index":[0],"data":[[41]]}""", "columns", "rows or columns under 'columns'")]
    public void A_body_for_another_server_is_one_error_that_says_which_and_what_to_send(string json, string key, string form)
    {
        var signature = new Signature(Features) { InstancesKey = "passengers" };
        var findings = new Findings();

        var shape = new JsonFeatureReader(signature, new ReadLimits())
            .Read(Encoding.UTF8.GetBytes(json), new FeatureBatch(signature), findings);

        var expected = $"This looks like {form}. Send one object with the features, an array of such objects, "
            + "or an object with the array under 'passengers'.";
        Assert.Equal((new Finding(-1, key, expected), $"/{key}"), (Assert.Single(findings.Errors), findings.Errors[0].Pointer(shape)));
        Assert.True(findings.IsRequestInvalid);
    }

    [Theory]
    [InlineData("""{"inputs":[1],"marital":"single"}""")]
    [InlineData("""{"inputs":41}""")]
    [InlineData("""[{"inputs":[1]}]""")]
    public void A_row_with_one_of_its_features_or_among_others_is_no_body_for_another_server(string json)
    {
        var (_, findings, _) = Read(json);

        Assert.DoesNotContain(findings.Errors, error => error.Message.Contains("looks like", StringComparison.Ordinal));
        Assert.Contains(findings.Errors, error => error is { Feature: "inputs", Message: "Unknown feature; leave it out." });
    }

    [Fact]
    public void A_feature_may_have_a_name_that_other_servers_use()
    {
        var signature = new Signature([new Feature { Name = "inputs", Type = FeatureType.Integer, Example = 1 }]);
        var findings = new Findings();

        new JsonFeatureReader(signature, new ReadLimits()).Read("""{"inputs":[1]}"""u8, new FeatureBatch(signature), findings);

        Assert.Equal(new Finding(0, "inputs", "Must be an integer, not an array."), Assert.Single(findings.Errors));
    }

    [Fact]
    public void Nesting_beyond_the_limit_is_refused()
    {
        var json = "{\"age\":" + new string('[', 200) + new string(']', 200) + "}";

        var exception = Assert.Throws<MalformedJsonException>(() => Read(json));

        Assert.Equal("The JSON is nested more than 32 levels deep.", exception.Message);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_refused_with_their_place()
    {
        byte[] json = [.. "{\"age\":41,\n\"marital\":\""u8, 0xC3, 0x28, .. "\"}"u8];

        var exception = Assert.Throws<MalformedJsonException>(() => Read(json));

        Assert.Equal((2, 12), (exception.Line, exception.Position));
    }

    [Fact]
    public void Only_valid_rows_reach_the_batch_and_only_they_have_warnings()
    {
        var odd = Good.Replace("41", "101", StringComparison.Ordinal);
        var (batch, findings, _) = Read($"[7,{odd},{odd.Replace("true", "1", StringComparison.Ordinal)},{Good},{{}}]");

        Assert.Equal([101.0, 41.0], batch.Numbers(0).ToArray());
        Assert.Equal([0, 2, 4], findings.InvalidRows);
        Assert.False(findings.IsRequestInvalid);
        Assert.Equal("/1/age", Assert.Single(findings.Warnings).Pointer(RequestShape.Rows));
    }

    [Fact]
    public void Every_invalid_row_is_known_however_many_there_are()
    {
        var (batch, findings, _) = Read($"[{string.Join(',', Enumerable.Repeat($"{{}},{Good}", 2000))}]", new ReadLimits());

        Assert.Equal(Enumerable.Range(0, 2000).Select(i => 2 * i), findings.InvalidRows);
        Assert.Equal((2000, Findings.Limit), (batch.Rows, findings.Errors.Count));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"instances":[{}],"more":1}""")]
    [InlineData("7")]
    public void A_fault_of_the_request_as_a_whole_is_not_one_of_a_row(string json)
    {
        var (_, findings, _) = Read(json);

        Assert.True(findings.IsRequestInvalid);
    }

    [Fact]
    public void Rows_beyond_the_limit_are_counted_and_refused()
    {
        var (batch, findings, _) = Read($"[{string.Join(',', Enumerable.Repeat(Good, 12))}]", new ReadLimits(MaxRows: 10));

        Assert.Equal("Holds 12 rows; at most 10 are scored in one request. Send them in several.", Assert.Single(findings.Errors).Message);
        Assert.Equal(10, batch.Rows);
    }

    [Fact]
    public void Too_many_rows_are_named_first_beside_many_other_errors()
    {
        var (_, findings, _) = Read($"[{string.Join(',', Enumerable.Repeat("{}", 1001))}]", new ReadLimits(MaxRows: 1000));

        Assert.StartsWith("Holds 1001 rows", findings.Errors[0].Message, StringComparison.Ordinal);
        Assert.Equal(-1, findings.Errors[0].Row);
        Assert.Equal(Findings.Limit, findings.Errors.Count);
        Assert.Equal(1000, findings.InvalidRows.Count);
    }

    [Fact]
    public void A_hostile_row_of_many_unknown_keys_stays_bounded()
    {
        var json = "{" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"k{i}\":{i}")) + "}";

        var (_, findings, _) = Read(json);

        Assert.Equal(Findings.Limit, findings.Errors.Count);
        Assert.Equal(100_003 - Findings.Limit, findings.ErrorsOmitted);
    }

    [Fact]
    public void A_long_key_is_shortened_in_the_answer()
    {
        var (_, findings, shape) = Read($$"""{"{{new string('k', 5000)}}":1}""");

        Assert.Equal(new string('k', 100) + "…", findings.Errors[0].Pointer(shape)[1..]);
    }

    [Theory]
    [InlineData("é", "é")]
    [InlineData("\\u00e9", "é")]
    [InlineData("\\ud83d\\ude00", "\ud83d\ude00")]
    public void A_text_is_read_up_to_its_maximum_length(string written, string character)
    {
        const int Longest = 1_000_000;
        var signature = new Signature([new Feature { Name = "text", Type = FeatureType.String, MaximumLength = Longest, Example = "" }]);
        var reader = new JsonFeatureReader(signature, new ReadLimits());
        var (batch, findings) = (new FeatureBatch(signature), new Findings());
        var count = Longest / character.Length;

        reader.Read(Body(count), batch, findings);
        Assert.Empty(findings.Errors);
        Assert.Equal(string.Concat(Enumerable.Repeat(character, count)), batch.Texts(0)[0]);

        reader.Read(Body(count + 1), batch, findings);
        Assert.Equal(new Finding(0, "text", "Must have at most 1000000 characters."), Assert.Single(findings.Errors));

        byte[] Body(int length) =>
            Encoding.UTF8.GetBytes($$"""{"text":"{{string.Concat(Enumerable.Repeat(written, length))}}"}""");
    }

    [Theory]
    [InlineData(100_000, null)]
    [InlineData(100_001, "Must have at most 100000 characters.")]
    public void A_text_has_a_maximum_length_by_default(int length, string? message)
    {
        var (_, findings, _) = Read(Good.Replace("été", new string('x', length), StringComparison.Ordinal));

        Assert.Equal(message, findings.Errors.SingleOrDefault().Message);
    }

    [Theory]
    [InlineData("17", "Below 18, the smallest value seen in training.")]
    [InlineData("96", "Above 95, the largest value seen in training.")]
    public void A_value_out_of_range_is_read_with_a_warning(string age, string message)
    {
        var (batch, findings, _) = Read(Good.Replace("41", age, StringComparison.Ordinal));

        Assert.Empty(findings.Errors);
        Assert.Equal(new Finding(0, "age", message), Assert.Single(findings.Warnings));
        Assert.Equal(double.Parse(age, System.Globalization.CultureInfo.InvariantCulture), batch.Numbers(0)[0]);
    }

    [Fact]
    public void An_unknown_category_is_read_with_a_warning_where_the_trainer_ignored_them()
    {
        var (batch, findings, _) = Read(
            Good.Replace("married", "widowed", StringComparison.Ordinal), policy: UnknownCategory.EncodeAsMissing);

        Assert.Empty(findings.Errors);
        Assert.Equal("/marital", Assert.Single(findings.Warnings).Pointer(RequestShape.Row));
        Assert.Equal((CategoryTable.Unknown, "widowed"), (batch.Codes(1)[0], batch.Texts(1)[0]));
    }

    [Fact]
    public void Where_keys_may_be_unknown_they_are_passed_over_unless_one_looks_like_a_feature_that_the_row_lacks()
    {
        var signature = new Signature(Features);
        var reader = new JsonFeatureReader(signature, new ReadLimits(), keysMayBeUnknown: true);
        var batch = new FeatureBatch(signature);
        var good = new Findings();
        var bad = new Findings();

        reader.Read(Encoding.UTF8.GetBytes(Good.Replace("{", """{"id":{"a":[1]},"agee":1,""", StringComparison.Ordinal)), batch, good);
        reader.Read("""{"age":41,"incme":2.5,"id":7,"marital":"married","housing":true}"""u8, batch, bad);

        Assert.Empty(good.Errors);
        Assert.Equal(new Finding(0, "incme", "Unknown feature; did you mean 'income'?"), Assert.Single(bad.Errors));
    }

    [Fact]
    public void Rows_of_known_categories_are_read_without_an_allocation()
    {
        var signature = new Signature(Features[..4]);
        var reader = new JsonFeatureReader(signature, new ReadLimits());
        var json = Encoding.UTF8.GetBytes(
            $"[{string.Join(',', Enumerable.Repeat("""{"age":41,"marital":"married","income":2.5,"housing":true}""", 1000))}]");
        var batch = new FeatureBatch(signature, capacity: 1000);
        var findings = new Findings();
        reader.Read(json, batch, findings);
        batch.Clear();

        var before = GC.GetAllocatedBytesForCurrentThread();
        reader.Read(json, batch, findings);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(1000, batch.Rows);
        Assert.Equal(0, allocated);
    }

    private static (FeatureBatch Batch, Findings Findings, RequestShape Shape) Read(
        string json, ReadLimits? limits = null, UnknownCategory policy = UnknownCategory.Reject) =>
        Read(Encoding.UTF8.GetBytes(json), limits, policy);

    private static (FeatureBatch Batch, Findings Findings, RequestShape Shape) Read(
        byte[] json, ReadLimits? limits = null, UnknownCategory policy = UnknownCategory.Reject)
    {
        var signature = new Signature(Features) { UnknownCategory = policy };
        var batch = new FeatureBatch(signature);
        var findings = new Findings();
        var shape = new JsonFeatureReader(signature, limits ?? new ReadLimits()).Read(json, batch, findings);
        return (batch, findings, shape);
    }
}
