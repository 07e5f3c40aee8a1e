using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using ModelApi.Models;
using ModelApi.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ModelApi.Deployments;

/// <summary>Describes the routes that change models: their bodies, <c>If-Match</c>, and the problems that they end in.</summary>
internal sealed class ChangeDescriptions : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<BodyExample>().FirstOrDefault() is { } body)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = Media.Of(Media.Json, new OpenApiSchema { Type = JsonSchemaType.Object }, JsonNode.Parse(body.Json)),
            };
        }

        if (metadata.OfType<ChangeRoute>().FirstOrDefault() is { } route)
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = "If-Match",
                In = ParameterLocation.Header,
                Description = "The ETag of GET /models/{name}: nothing is changed when somebody was faster.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
            operation.AddProblems(context.Document, names: null, [.. route.Problems(), ModelProblems.NotReady]);
        }
    }
}
