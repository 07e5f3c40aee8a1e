using Microsoft.OpenApi;
using ModelApi.Inference.Registry;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ModelApi.Deployments;

/// <summary>Describes the second version of a comparison, with a value that can be tried out.</summary>
internal sealed class VersionDiffDescription(ModelRegistry registry) : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var other = operation.Parameters?.OfType<OpenApiParameter>()
            .FirstOrDefault(parameter => parameter.Name == VersionDiffEndpoints.OtherParameter);
        if (other is null)
        {
            return;
        }

        other.Description = "The version that is to take its place.";
        var snapshot = registry.Snapshot;
        var shown = snapshot.Find(registry.DefaultModel) ?? (snapshot.Models is [var first, ..] ? first : null);
        other.Example = shown?.Production?.Version;
    }
}
