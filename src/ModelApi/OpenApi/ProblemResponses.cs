using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using ModelApi.Errors;

namespace ModelApi.OpenApi;

/// <summary>Documents the problems (RFC 9457) that an operation can end in, each with an example that the server would answer.</summary>
internal static class ProblemResponses
{
    // The form that Kestrel gives it; every answer has another one.
    private const string ExampleTraceId = "0HNHT5LRBIQ5J:00000001";

    /// <summary>Adds a response for each status of the examples.</summary>
    /// <param name="operation">The operation that can end in them.</param>
    /// <param name="document">The document of the operation.</param>
    /// <param name="names">Names for a response to a kind of problem, see <see cref="SharedParts"/>; null when all models share it.</param>
    /// <param name="examples">One example for each type of problem.</param>
    public static void AddProblems(
        this OpenApiOperation operation, OpenApiDocument document, Func<string, string[]>? names, params IEnumerable<Problem> examples)
    {
        foreach (var problems in examples.GroupBy(problem => problem.Status))
        {
            operation.Responses![$"{problems.Key}"] = Of(document, names, [.. problems]);
        }
    }

    private static IOpenApiResponse Of(OpenApiDocument document, Func<string, string[]>? names, List<Problem> examples)
    {
        var schemas = examples.Select(problem => ProblemSchemas.Of(problem.Type))
            .Distinct()
            .Select(name => ProblemSchemas.Share(document, name))
            .ToList();
        var content = new OpenApiMediaType { Schema = schemas is [var only] ? only : new OpenApiSchema { AnyOf = schemas } };
        if (examples is [var example])
        {
            content.Example = Json(example);
        }
        else
        {
            content.Examples = examples.ToDictionary(
                Kind, IOpenApiExample (problem) => new OpenApiExample { Summary = problem.Title, Value = Json(problem) });
        }

        var response = new OpenApiResponse
        {
            Description = string.Join(". Or: ", examples.Select(problem => problem.Title)) + ".",
            Content = new Dictionary<string, IOpenApiMediaType> { [Media.ProblemJson] = content },
        };
        if (examples.Exists(problem => problem.RetryAfterSeconds is not null))
        {
            response.Headers = new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = RetryAfter(document) };
        }

        var kind = string.Join("Or", examples.Select(problem => SchemaNames.PascalCase(Kind(problem))));
        return document.Share(response, names?.Invoke(kind) ?? [kind]);
    }

    private static string Kind(Problem problem) => problem.Type[(problem.Type.LastIndexOf(':') + 1)..];

    private static JsonObject Json(Problem problem)
    {
        var json = new JsonObject
        {
            ["type"] = problem.Type,
            ["title"] = problem.Title,
            ["status"] = problem.Status,
            ["detail"] = problem.Detail,
        };
        foreach (var (name, value) in problem.Extensions)
        {
            json[name] = JsonSerializer.SerializeToNode(value);
        }

        json["traceId"] = ExampleTraceId;
        return json;
    }

    private static IOpenApiHeader RetryAfter(OpenApiDocument document) => document.Share(
        new OpenApiHeader
        {
            Description = "Seconds after which to ask again.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
        },
        "RetryAfter");
}
