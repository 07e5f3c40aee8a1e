using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using ModelApi.Errors;
using ModelApi.Inference.Registry;
using ModelApi.Limits;
using ModelApi.Models;
using ModelApi.OpenApi;
using ModelApi.Overload;

namespace ModelApi.Predictions;

/// <summary>Documents the two prediction routes of a version: one row, and several.</summary>
/// <remarks>They are two operations, so that the types of generated clients know which answer belongs to which body.</remarks>
internal sealed class PredictionOperations(
    Predictor predictor, Deadlines deadlines, ModelProblems modelProblems, IOptions<LimitsOptions> limits) : IModelOperations
{
    public void AddTo(OpenApiDocument document, ModelRoutes routes)
    {
        var (version, manifest) = (routes.Version, routes.Version.Manifest!);
        var (signature, schemas) = (manifest.Signature, new PredictionSchemas(document, routes));
        Add(document, routes, "/predict", new OpenApiOperation
        {
            OperationId = $"Predict{routes.Operations}",
            Summary = $"Scores one row with {version.Model} {version.Version}",
            Description = $"{manifest.Description} The body is one object with the features. An array of objects is answered here, too; "
                + "…/predict/batch documents that.",
            RequestBody = Body("Row", schemas.Row, signature.Example()),
            Responses = new() { ["200"] = Answer("Prediction", schemas.Prediction(), signature.Example(), "The prediction.") },
        }, routes.Names, PredictionSamples.InvalidRow(signature));
        Add(document, routes, "/predict/batch", new OpenApiOperation
        {
            OperationId = $"BatchPredict{routes.Operations}",
            Summary = $"Scores several rows with {version.Model} {version.Version}",
            Description = $"{manifest.Description} The body is an array of objects, by itself or under '{signature.InstancesKey}'. "
                + "?onInvalid=skip scores the valid rows even if others are not: the place of those in 'predictions' is null, "
                + "'skipped' lists their indices, and 'errors' their faults.",
            RequestBody = Body("Rows", schemas.Rows(), PredictionSamples.Rows(signature)),
            Responses = new()
            {
                ["200"] = Answer("Predictions", schemas.Predictions(), PredictionSamples.Rows(signature), "The predictions."),
            },
        }, kind => routes.Names("Batch" + kind), PredictionSamples.InvalidRows(signature));

        IOpenApiRequestBody Body(string name, IOpenApiSchema schema, JsonNode example) => document.Share(
            new OpenApiRequestBody { Required = true, Content = Media.Of(Media.Json, schema, example) }, routes.Names(name));

        IOpenApiResponse Answer(string name, IOpenApiSchema schema, JsonNode body, string description) => document.Share(
            new OpenApiResponse { Description = description, Content = Media.Of(Media.Json, schema, Predict(version, body)) },
            routes.Names(name));
    }

    private void Add(
        OpenApiDocument document, ModelRoutes routes, string path, OpenApiOperation operation, Func<string, string[]> names,
        JsonNode invalid)
    {
        operation.Tags = new HashSet<OpenApiTagReference> { new(routes.Tag, document) };
        operation.Parameters = [document.Share(TimeoutParameter(), "RequestTimeout")];
        BearerSecurity.Require(operation, document);
        operation.AddProblems(document, names: null, GeneralProblems(routes.Version));
        operation.AddProblems(document, routes.Names, modelProblems.UnknownNames(routes));
        operation.AddProblems(document, names, Refuse(routes.Version, invalid.ToJsonString()));
        document.Paths[routes.Prefix + path] = new OpenApiPathItem { Operations = new() { [HttpMethod.Post] = operation } };
    }

    // The same for every model.
    private IEnumerable<Problem> GeneralProblems(ModelVersion version) =>
    [
        Refuse(version, PredictionSamples.MalformedBody),
        Problem.Of(Failures.InvalidParameter(OnInvalidParameter.Name, OnInvalidParameter.Values)),
        InvalidTimeout(),
        Problem.Of(Failures.TooLarge(limits.Value.MaxRequestBodyBytes)),
        Problem.Of(Failures.OfStatus(StatusCodes.Status415UnsupportedMediaType, new DefaultHttpContext())),
        ModelProblems.NotReady,
        Problem.Of(Failures.Overloaded),
        Problem.Of(Failures.TimedOut(limits.Value.RequestTimeoutSeconds)),
    ];

    private Problem InvalidTimeout()
    {
        var context = new DefaultHttpContext { Request = { Headers = { [Deadlines.Header] = "soon" } } };
        if (deadlines.TryStart(context, out var started, out var failure))
        {
            started.Dispose();
            throw new InvalidOperationException($"'{context.Request.Headers[Deadlines.Header]}' is taken for a number.");
        }

        return Problem.Of(failure);
    }

    // The real answers, so that the page shows what a caller will get. Null for an example that its own model cannot answer.
    private JsonNode? Predict(ModelVersion version, JsonNode body) =>
        predictor.PredictSample(version, Encoding.UTF8.GetBytes(body.ToJsonString())).Answer is { } answer ? JsonNode.Parse(answer) : null;

    private Problem Refuse(ModelVersion version, string body) =>
        predictor.PredictSample(version, Encoding.UTF8.GetBytes(body)).Failure is { } failure
            ? Problem.Of(failure)
            : throw new InvalidOperationException($"Model '{version.Model}', version {version.Version}, takes the body {body}.");

    private static OpenApiParameter TimeoutParameter() => new()
    {
        Name = Deadlines.Header,
        In = ParameterLocation.Header,
        Description = "The seconds that the caller waits, such as 2.5. After that the work is stopped and the answer is 504. The "
            + "server's own limit stays in force.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.Number, ExclusiveMinimum = "0" },
    };
}
