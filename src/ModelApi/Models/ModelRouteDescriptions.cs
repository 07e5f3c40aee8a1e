using Microsoft.OpenApi;
using ModelApi.Inference.Registry;
using ModelApi.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ModelApi.Models;

/// <summary>Describes the parameters and problems of routes that take a model's name, with values that can be tried out.</summary>
internal sealed class ModelRouteDescriptions(ModelRegistry registry, ModelProblems problems) : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var parameters = operation.Parameters?.OfType<OpenApiParameter>().ToDictionary(parameter => parameter.Name!) ?? [];
        if (!parameters.TryGetValue(ModelEndpoints.NameParameter, out var name))
        {
            return;
        }

        name.Description = "A model, as GET /models lists it.";
        var snapshot = registry.Snapshot;
        var shown = registry.DefaultModel ?? (snapshot.Models is [var first, ..] ? first.Name : null);
        if (shown is null)
        {
            return;
        }

        name.Example = shown;
        operation.AddProblems(context.Document, names: null, problems.UnknownModel(shown), ModelProblems.NotReady);
        if (parameters.TryGetValue(ModelEndpoints.VersionParameter, out var version) && snapshot.Find(shown) is { } model)
        {
            version.Description = "A version of the model, as GET /models lists it.";
            version.Example = model.Production?.Version;
            operation.AddProblems(context.Document, names: null, problems.UnknownModel(model.Name), ModelProblems.UnknownVersion(model));
        }
    }
}
