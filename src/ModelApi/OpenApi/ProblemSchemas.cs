using Microsoft.OpenApi;

namespace ModelApi.OpenApi;

/// <summary>The schemas of the problem documents (RFC 9457) that the server answers.</summary>
internal static class ProblemSchemas
{
    public const string Problem = "Problem";
    public const string MalformedJson = "MalformedJsonProblem";
    public const string TooLarge = "TooLargeProblem";
    public const string InvalidFeatures = "InvalidFeaturesProblem";

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
    }

    /// <summary>Messages by JSON pointer.</summary>
    public static OpenApiSchema Messages(string description) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
    };

    public static OpenApiSchema Integer(string description) => new() { Type = JsonSchemaType.Integer, Description = description };

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
