using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using ModelApi.Answers;
using ModelApi.Inference.Registry;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ModelApi.OpenApi;

/// <summary>Adds each feature's operations on each served model, typed and with working examples.</summary>
internal sealed class RegistryPaths(ModelRegistry registry, IEnumerable<IModelOperations> features, IOptions<ApiOptions> api) : IDocumentFilter
{
    private const string DefaultTag = "Default model";

    public void Apply(OpenApiDocument document, DocumentFilterContext context)
    {
        ProblemSchemas.AddTo(document.Components!.Schemas!);
        ReplaceProblems(document);

        document.Tags = new HashSet<OpenApiTag>();
        AddModels(document);
        foreach (var tag in context.ApiDescriptions
            .SelectMany(endpoint => endpoint.ActionDescriptor.EndpointMetadata.OfType<TagDescription>()).Distinct().OrderByDescending(tag => tag.Tag))
        {
            document.Tags.Add(new OpenApiTag { Name = tag.Tag, Description = tag.Text });
        }

        if (api.Value.Envelope)
        {
            EnvelopeSchemas.Wrap(document);
        }
    }

    private void AddModels(OpenApiDocument document)
    {
        var served = registry.Snapshot.Models.Where(model => model.Production is not null).ToList();
        var names = new SchemaNames(served);
        if (served.Find(model => model.Name == registry.DefaultModel) is { } byDefault)
        {
            document.Tags!.Add(new OpenApiTag { Name = DefaultTag, Description = $"The model {byDefault.Name}, without its name in the address." });
            Add(document, new ModelRoutes("", DefaultTag, Name: "", names.Of(byDefault), byDefault.Production!));
        }

        foreach (var model in served)
        {
            var name = names.Of(model);
            document.Tags!.Add(new OpenApiTag { Name = model.Name, Description = model.Production!.Manifest!.Description });
            Add(document, new ModelRoutes($"/models/{model.Name}", model.Name, name, name, model.Production));
            foreach (var version in model.Versions.Where(version => version.State == VersionState.Ready))
            {
                name = names.Of(version);
                Add(document, new ModelRoutes($"/models/{model.Name}/versions/{version.Version}", model.Name, name, name, version) { IsOfOneVersion = true });
            }
        }
    }

    private void Add(OpenApiDocument document, ModelRoutes routes)
    {
        // The features of the upper layers first, so that predictions come before what a model says of itself.
        foreach (var feature in features.Reverse())
        {
            feature.AddTo(document, routes);
        }
    }

    // Endpoints that are mapped in code name only the statuses of their problems.
    private static void ReplaceProblems(OpenApiDocument document)
    {
        foreach (var responses in document.Paths.SelectMany(path => path.Value.Operations!.Values).Select(operation => operation.Responses!))
        {
            foreach (var status in responses.Keys.Where(ProblemSchemas.IsProblem)
                .Where(status => responses[status].Content!.ContainsKey(Media.ProblemJson)).ToList())
            {
                responses[status] = ProblemSchemas.Response(status, document);
            }
        }

        document.Components!.Schemas!.Remove("ProblemDetails");
    }
}
