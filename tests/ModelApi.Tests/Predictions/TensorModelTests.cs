using System.Text.Json;
using System.Text.Json.Nodes;
using ModelApi.Inference.Packing;
using ModelApi.Tests.Fixtures;
using ModelApi.Tests.OpenApi;

namespace ModelApi.Tests.Predictions;

/// <summary>A small network that takes images, exported as PyTorch does, is served: rows of several callers are joined.</summary>
public sealed class TensorModelTests(TensorModelTests.DigitsHost digits) : IClassFixture<TensorModelTests.DigitsHost>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Images_get_the_networks_answers_alone_and_joined_with_others(bool together)
    {
        var client = digits.Host.Client();
        var golden = File.ReadLines(Path.Combine(DigitsHost.Files, "golden.jsonl")).Take(40).Select(line => JsonNode.Parse(line)!).ToList();
        var responses = new List<Task<HttpResponseMessage>>();
        foreach (var row in golden)
        {
            responses.Add(client.PredictAsync(row["input"]!.ToJsonString(), "/models/digits/predict"));
            if (!together)
            {
                await responses[^1];
            }
        }

        foreach (var (row, response) in golden.Zip(await Task.WhenAll(responses)))
        {
            var answer = await response.ReadJsonAsync();
            Assert.Equal(row["label"]!.GetValue<int>(), answer.GetProperty("prediction").GetInt32());
            Assert.All(answer.GetProperty("probabilities").EnumerateObject(), digit =>
                Assert.Equal(row["probabilities"]![digit.Name]!.GetValue<double>(), digit.Value.GetDouble(), tolerance: 1e-5));
        }
    }

    [Fact]
    public async Task The_version_says_that_rows_are_joined()
    {
        var version = await (await digits.Host.Client().GetAsync("/models/digits/versions/1")).ReadJsonAsync();

        Assert.StartsWith("On", version.GetProperty("batching").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_of_another_shape_is_refused_with_the_place()
    {
        var image = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(DigitsHost.Files, "image.json")))!;
        image["image"]![0]![3]!.AsArray().RemoveAt(7);

        var response = await digits.Host.Client().PredictAsync(image.ToJsonString(), "/models/digits/predict");

        var problem = await response.ReadProblemAsync(422, "invalid-features");
        Assert.Equal(
            ["/image: Must be an array of numbers of shape [1, 8, 8]. Item [0][3] holds 7 of 8 items."],
            problem.Errors());
    }

    [Fact]
    public async Task The_documentation_describes_nested_arrays_with_an_example_that_is_scored()
    {
        var client = digits.Host.Client();
        var document = await Document.ReadAsync(digits.Host);
        var example = await client.GetStringAsync(new Uri("/models/digits/example", UriKind.Relative));

        var image = document.Schema("DigitsFeatures").GetProperty("properties").GetProperty("image");
        Assert.Equal(("array", 1), (image.GetProperty("type").GetString(), image.GetProperty("minItems").GetInt32()));
        var line = image.GetProperty("items").GetProperty("items");
        Assert.Equal((8, 8), (line.GetProperty("minItems").GetInt32(), line.GetProperty("maxItems").GetInt32()));
        Assert.Equal("number", line.GetProperty("items").GetProperty("type").GetString());
        var answer = await (await client.PredictAsync(example, "/models/digits/predict")).ReadJsonAsync();
        Assert.Equal(JsonValueKind.Number, answer.GetProperty("prediction").ValueKind);
    }

    [Theory]
    [InlineData("typescript", "\"image\": number[][][];")]
    [InlineData("python", "\"image\": [[[")]
    [InlineData("csharp", "\"image\": [[[")]
    public async Task A_program_sends_the_image(string language, string expected)
    {
        var program = await digits.Host.Client().GetStringAsync(new Uri($"/models/digits/code?language={language}", UriKind.Relative));

        Assert.Contains(expected, program, StringComparison.Ordinal);
    }

    /// <summary>A host with the network of docs/your-own-model.md.</summary>
    public sealed class DigitsHost : IAsyncLifetime
    {
        private readonly string _models = Directory.CreateTempSubdirectory("modelapi-digits-").FullName;

        public static string Files { get; } = Path.Combine(Repository.Root, "tests", "OwnModels", "pytorch");

        public ModelApiHost Host { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await BundlePacker.PackAsync(
                new PackRequest
                {
                    Name = "digits",
                    Graphs = [Path.Combine(Files, "model.onnx")],
                    Reference = ReferenceTable.ReadCsv(Path.Combine(Files, "reference.csv")),
                    Golden = Path.Combine(Files, "golden.jsonl"),
                    Output = _models,
                },
                CancellationToken.None);
            Host = ModelApiHost.With(("Models:Root", _models), ("Models:Default", "digits"), ("Models:Batching:Mode", "on"));
        }

        public Task DisposeAsync()
        {
            Host.Dispose();
            Directory.Delete(_models, recursive: true);
            return Task.CompletedTask;
        }
    }
}
