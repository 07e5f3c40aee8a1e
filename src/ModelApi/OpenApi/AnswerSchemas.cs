using Microsoft.OpenApi;
using ModelApi.Inference.Signatures;

namespace ModelApi.OpenApi;

/// <summary>The JSON schema of a model's answer to one row, made from its signature.</summary>
internal static class AnswerSchemas
{
    /// <summary>The answer to one row.</summary>
    public static OpenApiSchema Of(Signature signature)
    {
        var members = new Dictionary<string, IOpenApiSchema> { [AnswerMembers.Prediction] = Prediction(signature) };
        if (AnswerMembers.NumbersOf(signature.Answer) is { } numbers)
        {
            members[numbers] = Numbers(signature);
        }

        if (signature.Answer.Others.Count > 0)
        {
            members[AnswerMembers.Outputs] = Object(
                "Outputs of the graph as they are; null stands for what is not finite.",
                signature.Answer.Others.Select(other => (other.Name, (IOpenApiSchema)Other(other))));
        }

        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = members,
            Required = members.Keys.ToHashSet(),
        };
    }

    private static OpenApiSchema Prediction(Signature signature)
    {
        var answer = signature.Answer;
        if (answer.Numbers == NumberKind.Values)
        {
            var description = signature.Task == ModelTask.Ranking
                ? $"The predicted {signature.Target}: a score of which only the order means something."
                : $"The predicted {signature.Target}.";
            return signature.Targets.Count == 0
                ? Number(answer, description)
                : Object(description, signature.Targets.Select(target => (target, (IOpenApiSchema)Number(answer))));
        }

        return signature.Task switch
        {
            ModelTask.Multilabel => Object(
                $"The predicted {signature.Target}, by target.",
                signature.Targets.Select(target => (target, (IOpenApiSchema)Label(signature.Classes!)))),
            ModelTask.OutlierDetection => Label(
                signature.Classes!, $"{signature.Classes!.Names[0]} for an outlier, {signature.Classes.Names[1]} for a usual row."),
            ModelTask.Clustering => Label(signature.Classes!, "The cluster of the row."),
            _ => Label(signature.Classes!, $"The predicted {signature.Target}."),
        };
    }

    private static OpenApiSchema Label(ClassLabels classes, string? description = null) => new()
    {
        Type = classes.Kind switch
        {
            ClassKind.Integer => JsonSchemaType.Integer,
            ClassKind.Number => JsonSchemaType.Number,
            ClassKind.Boolean => JsonSchemaType.Boolean,
            _ => JsonSchemaType.String,
        },
        Format = classes.Kind == ClassKind.Integer && IsLong(classes) ? "int64" : null,
        Description = description,
        Enum = [.. Enumerable.Range(0, classes.Count).Select(classes.ValueOf)],
    };

    private static bool IsLong(ClassLabels classes) =>
        Enumerable.Range(0, classes.Count).Any(i => classes.Integer(i) is < int.MinValue or > int.MaxValue);

    private static OpenApiSchema Numbers(Signature signature)
    {
        var (answer, names) = (signature.Answer, signature.NumberNames);
        var isMultilabel = signature.Task == ModelTask.Multilabel;
        return answer.Numbers switch
        {
            NumberKind.Probabilities => Object(
                isMultilabel
                    ? $"The probability of {signature.Classes!.Names[1]}, by target."
                    : "The probability of each class; they sum to 1.",
                names.Select(name => (name, (IOpenApiSchema)Probability(answer)))),
            NumberKind.Distances => Object(
                "The distance to each cluster.", names.Select(name => (name, (IOpenApiSchema)Number(answer)))),
            _ when AnswerMembers.NumbersOf(answer) == "score" => Number(answer, signature.Task == ModelTask.OutlierDetection
                ? "The decision value: the lower, the more unusual the row."
                : $"The decision value: the higher, the surer '{signature.Classes!.Names[1]}'."),
            _ => Object(
                isMultilabel ? "The decision value of each target." : "The decision value of each class.",
                names.Select(name => (name, (IOpenApiSchema)Number(answer)))),
        };
    }

    private static OpenApiSchema Other(OtherOutput output)
    {
        var schema = output.Kind switch
        {
            OtherKind.Integer => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" },
            OtherKind.Text => new OpenApiSchema { Type = JsonSchemaType.String },
            OtherKind.Boolean => new OpenApiSchema { Type = JsonSchemaType.Boolean },
            var kind => new OpenApiSchema
            {
                Type = JsonSchemaType.Number | JsonSchemaType.Null,
                Format = kind == OtherKind.Double ? "double" : "float",
            },
        };
        if (output.Dimensions is null)
        {
            return new OpenApiSchema { Type = JsonSchemaType.Array, Items = schema };
        }

        foreach (var length in output.Dimensions.Reverse())
        {
            schema = new OpenApiSchema { Type = JsonSchemaType.Array, MinItems = length, MaxItems = length, Items = schema };
        }

        return schema;
    }

    private static OpenApiSchema Number(AnswerShape answer, string? description = null) => new()
    {
        Type = JsonSchemaType.Number,
        Format = answer.AreDoubles ? "double" : "float",
        Description = description,
    };

    private static OpenApiSchema Probability(AnswerShape answer)
    {
        var schema = Number(answer);
        (schema.Minimum, schema.Maximum) = ("0", "1");
        return schema;
    }

    private static OpenApiSchema Object(string description, IEnumerable<(string Name, IOpenApiSchema Schema)> members)
    {
        var properties = members.ToDictionary(member => member.Name, member => member.Schema);
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = description,
            Properties = properties,
            Required = properties.Keys.ToHashSet(),
        };
    }
}
