using System.Text.Json;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.OpenApi;

/// <summary>What the document, the signature and the generated code say about the answers of each kind of model.</summary>
public sealed class AnswerSchemaTests(CaseHost cases) : IClassFixture<CaseHost>
{
    public static TheoryData<string> Models => [.. CaseHost.Cases.Select(name => Path.GetFileName(name)), "ranking", "score"];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task The_answer_to_the_example_fits_its_schema_and_is_shown(string model)
    {
        var document = await Document.ReadAsync(cases.Host);
        var operation = document.Operation($"/models/{model}/predict");
        var example = document.Body(operation).GetProperty("example").GetRawText();

        var answer = await (await cases.Host.Client().PredictAsync(example, $"/models/{model}/predict")).ReadJsonAsync();

        var described = document.Answer(operation);
        AssertFits(document, document.Resolve(described.GetProperty("schema")), answer, "$");
        Assert.Equal(
            answer.GetProperty("prediction").GetRawText(), described.GetProperty("example").GetProperty("prediction").GetRawText());
    }

    [Theory]
    [InlineData("lab-bool", "prediction", """{"type":"boolean","enum":[false,true]}""")]
    [InlineData("lab-float", "prediction", """{"type":"number","enum":[1.0,2.0,3.0]}""")]
    [InlineData("margin", "prediction", """{"type":"integer","enum":[-1,1]}""")]
    [InlineData("iforest", "prediction", """{"type":"integer","enum":[-1,1]}""")]
    [InlineData("score", "prediction", """{"type":"string","enum":["odd","usual"]}""")]
    [InlineData("reg-double", "prediction", """{"type":"number","format":"double"}""")]
    [InlineData("ranking", "prediction", """{"type":"number","format":"float"}""")]
    public async Task A_member_is_typed(string model, string member, string expected)
    {
        var document = await Document.ReadAsync(cases.Host);

        var schema = Member(document, model, member);

        Assert.All(JsonDocument.Parse(expected).RootElement.EnumerateObject(), keyword =>
            Assert.Equal(keyword.Value.GetRawText(), JsonSerializer.Serialize(schema.GetProperty(keyword.Name))));
    }

    [Theory]
    [InlineData("noproba", "prediction")]
    [InlineData("noproba-scores", "prediction,scores")]
    [InlineData("iforest", "prediction,score")]
    [InlineData("k-means", "prediction,distances")]
    [InlineData("labels", "prediction,probabilities")]
    [InlineData("torch-many", "prediction,probabilities,outputs")]
    public async Task The_signature_names_the_members_of_an_answer(string model, string members)
    {
        var signature = await (await cases.Host.Client().GetAsync($"/models/{model}/signature")).ReadJsonAsync();

        Assert.Equal(members, string.Join(',', signature.GetProperty("returns").EnumerateArray().Select(name => name.GetString())));
        Assert.Equal(
            model == "labels" ? ["sweet", "strong"] : [],
            signature.TryGetProperty("targets", out var targets) ? targets.EnumerateArray().Select(target => target.GetString()) : []);
    }

    [Theory]
    [InlineData("noproba", "  prediction: string;\n  model")]
    [InlineData("lab-bool", "  prediction: boolean;\n  probabilities: Record<string, number>;\n  model")]
    [InlineData("lab-float", "  prediction: number;\n  probabilities: Record<string, number>;\n  model")]
    [InlineData("multi-reg", "  prediction: Record<string, number>;\n  model")]
    [InlineData("iforest", "  prediction: number;\n  score: number;\n  model")]
    [InlineData(
        "torch-many",
        "  outputs: {\n    \"logits\": (number | null)[];\n    \"r2\": (number | null)[];\n  };\n  model")]
    public async Task The_generated_TypeScript_has_the_types_of_the_answer(string model, string expected)
    {
        var program = await cases.Host.Client().GetStringAsync(new Uri($"/models/{model}/code?language=typescript", UriKind.Relative));

        Assert.Contains(expected, program, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_shows_its_tolerance_with_the_reason()
    {
        var tolerant = (await (await cases.Host.Client().GetAsync("/models/tolerant")).ReadJsonAsync()).GetProperty("versions")[0];
        var usual = (await (await cases.Host.Client().GetAsync("/models/linreg")).ReadJsonAsync()).GetProperty("versions")[0];

        Assert.Equal(5e-4, tolerant.GetProperty("tolerance").GetDouble());
        Assert.Equal("The trainer rounds.", tolerant.GetProperty("toleranceReason").GetString());
        Assert.Equal(1e-5, usual.GetProperty("tolerance").GetDouble());
        Assert.False(usual.TryGetProperty("toleranceReason", out _));

        // The largest golden value of the model is 301.4.
        Assert.Equal(0.003, usual.GetProperty("allowedDifference").GetDouble(), 0.0001);
        Assert.InRange(usual.GetProperty("largestDifference").GetDouble(), 0, 0.0002);
        Assert.Equal(0, usual.GetProperty("tiedRows").GetInt32());
    }

    private static JsonElement Member(Document document, string model, string member)
    {
        var answer = document.Answer(document.Operation($"/models/{model}/predict"));
        return document.Resolve(answer.GetProperty("schema")).GetProperty("properties").GetProperty(member);
    }

    private static void AssertFits(Document document, JsonElement schema, JsonElement value, string path)
    {
        schema = document.Resolve(schema);
        var types = schema.GetProperty("type") is { ValueKind: JsonValueKind.Array } several
            ? several.EnumerateArray().Select(type => type.GetString()).ToList()
            : [schema.GetProperty("type").GetString()];
        Assert.True(types.Exists(type => Is(value, type!)), $"{path}: {value.GetRawText()} is not {string.Join(" or ", types)}");
        if (schema.TryGetProperty("enum", out var members))
        {
            Assert.Contains(value.GetRawText(), members.EnumerateArray().Select(member => member.GetRawText()));
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            Assert.InRange(value.GetArrayLength(), schema.GetProperty("minItems").GetInt32(), schema.GetProperty("maxItems").GetInt32());
            Assert.All(value.EnumerateArray(), item => AssertFits(document, schema.GetProperty("items"), item, path + "[]"));
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            var properties = schema.GetProperty("properties");
            Assert.All(
                schema.GetProperty("required").EnumerateArray(), name => Assert.True(value.TryGetProperty(name.GetString()!, out _), path));
            Assert.All(value.EnumerateObject(), member =>
                AssertFits(document, properties.GetProperty(member.Name), member.Value, $"{path}.{member.Name}"));
        }
    }

    private static bool Is(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        _ => value.ValueKind == JsonValueKind.Null,
    };
}
