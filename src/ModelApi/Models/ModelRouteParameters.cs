using Microsoft.OpenApi;
using ModelApi.Inference.Registry;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ModelApi.Models;

/// <summary>Describes the route parameters that name a model and a version, with values that can be tried out.</summary>
internal sealed class ModelRouteParameters(ModelRegistry registry) : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            (parameter.Description, parameter.Example) = parameter.Name switch
            {
                "name" => ("A model, as GET /models lists it.", registry.DefaultModel),
                "version" => ("A version of the model, as GET /models lists it.", registry.Snapshot.Find(registry.DefaultModel)?.Production?.Version ?? "1"),
                _ => (parameter.Description, parameter.Example),
            };
        }
    }
}
