using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using ModelApi.Answers;
using ModelApi.Inference.Registry;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ModelApi.OpenApi;

/// <summary>Adds each feature's operations on each model that is ready, typed and with working examples.</summary>
internal sealed class RegistryPaths(ModelRegistry registry, IEnumerable<IModelOperations> features, IOptions<ApiOptions> api)
    : IDocumentFilter
{
    private const string DefaultTag = "Default model";

    // The features of the upper layers first, so that predictions come before what a model says of itself.
    private readonly IModelOperations[] _features = [.. features.Reverse()];

    public void Apply(OpenApiDocument document, DocumentFilterContext context)
    {
        document.Tags = new HashSet<OpenApiTag>();
        var isWhole = context.DocumentName == OpenApiExtensions.DocumentName;
        AddModels(document, isWhole, [.. registry.Snapshot.Models.Where(IsCallable)]);
        var tags = context.ApiDescriptions.SelectMany(endpoint => endpoint.ActionDescriptor.EndpointMetadata.OfType<TagDescription>());
        foreach (var tag in tags.Distinct().OrderByDescending(tag => tag.Tag, StringComparer.Ordinal))
        {
            document.Tags.Add(new OpenApiTag { Name = tag.Tag, Description = tag.Text });
        }

        foreach (var operation in document.Paths.SelectMany(path => path.Value.Operations!.Values))
        {
            operation.Responses = InOrder(operation.Responses!);
        }

        if (api.Value.Envelope)
        {
            EnvelopeSchemas.Wrap(document);
        }
    }

    private static bool IsCallable(Model model) => model.Versions.Any(version => version.State == VersionState.Ready);

    private void AddModels(OpenApiDocument document, bool isWhole, List<Model> models)
    {
        var names = new SchemaNames(models);
        if (models.Find(model => model.Name == registry.DefaultModel) is { Production: { } byDefault } defaultModel)
        {
            var description = $"The model {defaultModel.Name}, without its name in the address.";
            document.Tags!.Add(new OpenApiTag { Name = DefaultTag, Description = description });
            var routes = new ModelRoutes("", DefaultTag, "", names.Of(defaultModel), names.Of(byDefault), byDefault);
            Add(document, routes with { IsWhole = isWhole });
        }

        foreach (var model in models)
        {
            var name = names.Of(model);
            var newest = model.Production ?? model.Versions.Last(version => version.State == VersionState.Ready);
            document.Tags!.Add(new OpenApiTag { Name = model.Name, Description = newest.Manifest!.Description });
            if (model.Production is { } production)
            {
                var routes = new ModelRoutes($"/models/{model.Name}", model.Name, name, name, names.Of(production), production);
                Add(document, routes with { IsWhole = isWhole });
            }

            foreach (var version in model.Versions.Where(version => version.State == VersionState.Ready))
            {
                var versionName = names.Of(version);
                var prefix = $"/models/{model.Name}/versions/{version.Version}";
                Add(document, new ModelRoutes(prefix, model.Name, versionName, name, versionName, version) { NamesVersion = true });
            }
        }
    }

    private static OpenApiResponses InOrder(OpenApiResponses responses)
    {
        var ordered = new OpenApiResponses();
        foreach (var (status, response) in responses.OrderBy(response => response.Key, StringComparer.Ordinal))
        {
            ordered.Add(status, response);
        }

        return ordered;
    }

    private void Add(OpenApiDocument document, ModelRoutes routes)
    {
        foreach (var feature in _features)
        {
            feature.AddTo(document, routes);
        }
    }
}
