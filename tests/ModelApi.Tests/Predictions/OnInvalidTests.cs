using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Scoring.Selection;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Predictions;

public sealed class OnInvalidTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    private const string Skip = "/predict?onInvalid=skip";

    private static readonly string Good = Requests.Row().ToJsonString();
    private static readonly string Bad = Good.Replace("\"age\":41", "\"age\":\"41\",\"campaing\":1", StringComparison.Ordinal);
    private static readonly string Odd = Good.Replace("\"age\":41", "\"age\":101", StringComparison.Ordinal);

    [Theory]
    [InlineData("[{0}]")]
    [InlineData("{{\"instances\":[{0}]}}")]
    public async Task The_valid_rows_are_scored_in_their_places_and_the_others_are_named(string form)
    {
        var body = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, $"{Bad},{Good},7,{Odd},{Bad}");

        var response = await api.Client().PredictAsync(body, Skip);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = await response.ReadJsonAsync();
        Assert.Equal(
            ["predictions", "skipped", "errors", "model", "version", "username", "warnings"],
            answer.EnumerateObject().Select(member => member.Name));
        Assert.Equal([0, 2, 4], answer.GetProperty("skipped").EnumerateArray().Select(row => row.GetInt32()));
        Assert.Equal(
            [JsonValueKind.Null, JsonValueKind.Object, JsonValueKind.Null, JsonValueKind.Object, JsonValueKind.Null],
            answer.GetProperty("predictions").EnumerateArray().Select(prediction => prediction.ValueKind));
        Assert.Equal(
            [
                "/0/age: Must be an integer, not a string.", "/0/campaing: Unknown feature; did you mean 'campaign'?",
                "/2: Must be an object with the features, not a number.",
                "/4/age: Must be an integer, not a string.", "/4/campaing: Unknown feature; did you mean 'campaign'?",
            ],
            answer.Errors());
        Assert.Equal("/3/age", Assert.Single(answer.GetProperty("warnings").EnumerateObject()).Name);
    }

    [Fact]
    public async Task Each_row_is_scored_as_it_would_be_by_itself()
    {
        var golden = Golden.Read(Repository.Bank).Take(50).ToList();
        var rows = golden.SelectMany((row, i) => i % 3 == 0 ? [Bad, row.Input] : new[] { row.Input });

        var answer = await (await api.Client().PredictAsync($"[{string.Join(',', rows)}]", Skip)).ReadJsonAsync();

        var answers = answer.GetProperty("predictions").EnumerateArray()
            .Where(prediction => prediction.ValueKind != JsonValueKind.Null)
            .ToList();
        Assert.Equal(golden.Count, answers.Count);
        foreach (var (row, prediction) in golden.Zip(answers))
        {
            row.AssertIs(prediction);
        }
    }

    [Fact]
    public async Task Nothing_is_skipped_of_rows_that_are_all_valid()
    {
        var answer = await (await api.Client().PredictAsync($"[{Good},{Good}]", Skip)).ReadJsonAsync();

        Assert.Equal(["predictions", "skipped", "model", "version", "username"], answer.EnumerateObject().Select(member => member.Name));
        Assert.Empty(answer.GetProperty("skipped").EnumerateArray());
    }

    [Fact]
    public async Task One_object_is_answered_as_ever()
    {
        var skipping = await (await api.Client().PredictAsync(Good, Skip)).Content.ReadAsStringAsync();

        Assert.Equal(await (await api.Client().PredictAsync(Good)).Content.ReadAsStringAsync(), skipping);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[{},7]")]
    [InlineData("[]")]
    [InlineData("""{"instances":[{"age":41}]}""")]
    [InlineData("""{"instances":[],"more":1}""")]
    [InlineData("7")]
    public async Task What_leaves_nothing_to_score_is_422(string body)
    {
        var response = await api.Client().PredictAsync(body, Skip);

        var problem = await response.ReadProblemAsync(422, "invalid-features");
        Assert.NotEmpty(problem.Errors());
    }

    [Fact]
    public async Task A_fault_of_the_request_as_a_whole_is_422_whatever_rows_it_holds()
    {
        using var host = ModelApiHost.With(("Limits:MaxRowsPerRequest", "3"));

        var tooMany = await host.Client().PredictAsync($"[{Good},{Good},{Good},{Good}]", Skip);
        var keyBeside = await host.Client().PredictAsync($$"""{"instances":[{{Good}}],"more":1}""", Skip);

        await tooMany.ReadProblemAsync(422, "invalid-features");
        await keyBeside.ReadProblemAsync(422, "invalid-features");
    }

    [Theory]
    [InlineData("?onInvalid=")]
    [InlineData("?onInvalid=Skip")]
    [InlineData("?onInvalid=ignore")]
    [InlineData("?onInvalid=skip&onInvalid=skip")]
    [InlineData("?onInvalid=skip&onInvalid=reject")]
    public async Task Another_value_is_400(string query)
    {
        var response = await api.Client().PredictAsync(Good, "/predict" + query);

        var problem = await response.ReadProblemAsync(400, "invalid-parameter");
        Assert.Equal(
            "The query parameter 'onInvalid' must be given once, as 'reject' or 'skip'.",
            problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?onInvalid=reject")]
    public async Task Nothing_is_scored_by_default_and_the_problem_says_what_could_be(string query)
    {
        var response = await api.Client().PredictAsync($"[{Good},{Bad},{Good}]", "/predict" + query);

        var problem = await response.ReadProblemAsync(422, "invalid-features");
        Assert.EndsWith("?onInvalid=skip scores the 2 valid rows.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_thousand_rows_of_which_every_other_is_invalid_are_answered_in_full()
    {
        var body = $"[{string.Join(',', Enumerable.Repeat($"{Good},{{}}", 5000))}]";

        var answer = await (await api.Client().PredictAsync(body, Skip)).ReadJsonAsync();

        Assert.Equal(10_000, answer.GetProperty("predictions").GetArrayLength());
        Assert.Equal(
            Enumerable.Range(0, 5000).Select(i => (2 * i) + 1),
            answer.GetProperty("skipped").EnumerateArray().Select(row => row.GetInt32()));
        Assert.Equal(100, answer.Errors().Count);
        Assert.Equal((5000 * 8) - 100, answer.GetProperty("errorsOmitted").GetInt32());
    }

    [Fact]
    public async Task A_row_to_which_the_model_has_no_finite_answer_is_skipped_too()
    {
        using var host = new OverflowingHost();

        var rejected = await host.Client().PredictAsync($"[{Good},{Odd}]");
        var skipped = await (await host.Client().PredictAsync($"[{Bad},{Odd},{Good},{Odd}]", Skip)).ReadJsonAsync();

        var problem = await rejected.ReadProblemAsync(422, "invalid-features");
        Assert.StartsWith("/1: The model has no finite answer", Assert.Single(problem.Errors()), StringComparison.Ordinal);
        Assert.Equal([0, 1, 3], skipped.GetProperty("skipped").EnumerateArray().Select(row => row.GetInt32()));
        Assert.Equal("no", skipped.GetProperty("predictions")[2].GetProperty("prediction").GetString());
    }

    /// <summary>A host whose model overflows above the age of 100.</summary>
    private sealed class OverflowingHost : ModelApiHost
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            var loader = new VersionLoader(
                new BundleReader(),
                (bundle, cancellation) => SelectedScorer.Create(
                    new OverflowingScorer(new OnnxRuntimeScorer(bundle)), bundle, "", cancellation),
                new ReadLimits());
            builder.ConfigureTestServices(services => services.AddSingleton(new ModelRegistry(Repository.Models, "bank", loader)));
        }
    }

    private sealed class OverflowingScorer(OnnxRuntimeScorer scorer) : IScorer
    {
        public string Engine => scorer.Engine;

        public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
        {
            scorer.Score(features, predictions, cancellationToken);
            for (var row = 0; row < features.Rows; row++)
            {
                if (features.Signature.Features[0].Name == "age" && features.Numbers(0)[row] > 100)
                {
                    predictions.Probabilities.Slice(row * 2, 2).Fill(float.NaN);
                }
            }
        }

        public void Dispose() => scorer.Dispose();
    }
}
