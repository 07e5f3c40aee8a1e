using Microsoft.OpenApi;

namespace ModelApi.OpenApi;

/// <summary>The schemas of the problem documents (RFC 9457) that the server answers.</summary>
internal static class ProblemSchemas
{
    public const string Problem = "Problem";
    public const string MalformedJson = "MalformedJsonProblem";
    public const string TooLarge = "TooLargeProblem";
    public const string InvalidFeatures = "InvalidFeaturesProblem";
    public const string NotFound = "NotFoundProblem";

    private static readonly Dictionary<string, (string[] Schemas, string Description)> Responses = new()
    {
        ["400"] = ([MalformedJson, Problem], "The body is not JSON that can be read, and line and position say where; or a query parameter or a header is not valid."),
        ["401"] = ([Problem], "No valid key or token was sent."),
        ["404"] = ([NotFound], "There is no such thing; known names what there is in its place."),
        ["413"] = ([TooLarge], "The body is larger than the server takes."),
        ["415"] = ([Problem], "The body is not JSON in UTF-8."),
        ["422"] = ([InvalidFeatures], "Features are missing, unknown or invalid; errors names all of them by JSON pointer."),
        ["503"] = ([Problem], "The model is not ready, or the server has more to do than it can; Retry-After says when to ask again."),
        ["504"] = ([Problem], "The request took longer than the server, or its own Request-Timeout, allows."),
    };

    public static bool IsProblem(string status) => Responses.ContainsKey(status);

    /// <summary>The answer of that status as every operation documents it.</summary>
    public static OpenApiResponse Response(string status, OpenApiDocument document)
    {
        var (schemas, description) = Responses[status];
        var references = schemas.Select(IOpenApiSchema (schema) => new OpenApiSchemaReference(schema, document)).ToList();
        return new OpenApiResponse
        {
            Description = description,
            Headers = status == "503" ? new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = RetryAfter() } : null,
            Content = Media.Of(Media.ProblemJson, references is [var only] ? only : new OpenApiSchema { AnyOf = references }),
        };
    }

    public static void AddTo(IDictionary<string, IOpenApiSchema> schemas)
    {
        schemas[Problem] = Schema("What went wrong, and how to mend it.");
        schemas[MalformedJson] = Schema("The body is not JSON that can be read.",
            ("line", Integer("Line of the fault, from 1.")),
            ("position", Integer("Byte within the line, from 1.")));
        schemas[TooLarge] = Schema("The body is larger than the server takes.",
            ("maxBytes", Integer("How many bytes the server takes.")));
        schemas[InvalidFeatures] = Schema("Features are missing, unknown or invalid.",
            ("errors", Messages("All faults, by the JSON pointer of the value: /age, or /3/age among several rows.")));
        ((OpenApiSchema)schemas[InvalidFeatures]).Properties!["errorsOmitted"] = Integer("How many faults beyond those listed there are.");
        var notFound = Schema("There is no such thing.");
        notFound.Properties!["known"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            Items = new OpenApiSchema { Type = JsonSchemaType.String },
            Description = "What there is in its place; left out where nothing can be.",
        };
        schemas[NotFound] = notFound;
    }

    /// <summary>Messages by JSON pointer.</summary>
    public static OpenApiSchema Messages(string description) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
    };

    public static OpenApiSchema Integer(string description) => new() { Type = JsonSchemaType.Integer, Description = description };

    private static OpenApiHeader RetryAfter() => new() { Description = "In how many seconds to ask again.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer } };

    private static OpenApiSchema Schema(string description, params (string Name, OpenApiSchema Schema)[] further)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = description,
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = Text("A stable identifier of the kind of problem."),
                ["title"] = Text("The kind of problem, for people."),
                ["status"] = Integer("The HTTP status."),
                ["detail"] = Text("What is wrong with this request and how to mend it."),
                ["traceId"] = Text("What to look for in the server's log."),
            },
            Required = new HashSet<string> { "type", "title", "status", "detail", "traceId" },
        };
        foreach (var (name, member) in further)
        {
            schema.Properties[name] = member;
            schema.Required.Add(name);
        }

        return schema;
    }

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
}
