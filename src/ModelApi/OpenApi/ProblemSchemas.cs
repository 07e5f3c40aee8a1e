using Microsoft.OpenApi;
using ModelApi.Errors;

namespace ModelApi.OpenApi;

/// <summary>The schemas of problem documents (RFC 9457).</summary>
internal static class ProblemSchemas
{
    private const string Plain = "Problem";
    private const string MalformedJson = "MalformedJsonProblem";
    private const string TooLarge = "TooLargeProblem";
    private const string InvalidFeatures = "InvalidFeaturesProblem";
    private const string NotFound = "NotFoundProblem";

    /// <summary>The name of the schema for a type of problem.</summary>
    public static string Of(string problemType) => problemType switch
    {
        ProblemTypes.MalformedJson => MalformedJson,
        ProblemTypes.TooLarge => TooLarge,
        ProblemTypes.InvalidFeatures => InvalidFeatures,
        ProblemTypes.UnknownModel or ProblemTypes.UnknownVersion => NotFound,
        ProblemTypes.UnknownPart or ProblemTypes.UnknownLanguage => NotFound,
        _ => Plain,
    };

    /// <summary>The schema of that name, as a component.</summary>
    public static IOpenApiSchema Share(OpenApiDocument document, string name)
    {
        var schema = name switch
        {
            MalformedJson => Extended(document, "The body cannot be parsed as JSON.",
                ("line", Integer("The line of the fault, from 1.")),
                ("position", Integer("The byte in that line, from 1."))),
            TooLarge => Extended(document, "The body is larger than the server takes.",
                ("maxBytes", Integer("The largest body that the server takes."))),
            InvalidFeatures => WithOmitted(Extended(document, "Features are missing, unknown or invalid.",
                ("errors", Messages("All faults by JSON pointer: /age, or /3/age in an array of rows.")))),
            NotFound => Extended(document, "The name in the address is unknown.",
                ("known", new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = new OpenApiSchema { Type = JsonSchemaType.String },
                    Description = "The names that exist.",
                })),
            _ => Basic(),
        };
        return document.Share(schema, name);
    }

    /// <summary>Messages by JSON pointer.</summary>
    public static OpenApiSchema Messages(string description) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        AdditionalProperties = new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            Items = new OpenApiSchema { Type = JsonSchemaType.String },
        },
    };

    public static OpenApiSchema Integer(string description) => new() { Type = JsonSchemaType.Integer, Description = description };

    private static OpenApiSchema Basic() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "Why there is no answer, and how to correct the request.",
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("A stable identifier of the kind of problem."),
            ["title"] = Text("The kind of problem, for people."),
            ["status"] = Integer("The HTTP status."),
            ["detail"] = Text("What is wrong with this request and how to correct it."),
            ["traceId"] = Text("The id of the request in the server's log."),
        },
        Required = new HashSet<string> { "type", "title", "status", "detail", "traceId" },
    };

    private static OpenApiSchema Extended(
        OpenApiDocument document, string description, params (string Name, OpenApiSchema Schema)[] members) => new()
        {
            Description = description,
            AllOf =
        [
            document.Share(Basic(), Plain),
            new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = members.ToDictionary(member => member.Name, IOpenApiSchema (member) => member.Schema),
                Required = members.Select(member => member.Name).ToHashSet(),
            },
        ],
        };

    private static OpenApiSchema WithOmitted(OpenApiSchema schema)
    {
        schema.AllOf![1].Properties!["errorsOmitted"] = Integer("How many faults there are beyond those listed.");
        return schema;
    }

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
}
