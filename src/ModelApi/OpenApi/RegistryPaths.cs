using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using ModelApi.Answers;
using ModelApi.Inference.Registry;
using ModelApi.Models;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ModelApi.OpenApi;

/// <summary>Adds the routes of each model, typed and with working examples, from what the registry holds at that moment.</summary>
internal sealed class RegistryPaths(ModelRegistry registry, ModelLoading loading, ModelPartOperations parts, IOptions<ApiOptions> api) : IDocumentAsyncFilter
{
    private const string DefaultTag = "Default model";

    public async Task ApplyAsync(OpenApiDocument document, DocumentFilterContext context, CancellationToken cancellationToken)
    {
        await loading.Completion.WaitAsync(cancellationToken);
        ProblemSchemas.AddTo(document.Components!.Schemas!);
        DescribeGeneralOperations(document);

        document.Tags = new HashSet<OpenApiTag>();
        var served = registry.Models.Where(model => model.Production is not null).ToList();
        var names = new SchemaNames(served);
        if (served.Find(model => model.Name == registry.DefaultModel) is { } byDefault)
        {
            document.Tags.Add(new OpenApiTag { Name = DefaultTag, Description = $"The model {byDefault.Name}, without its name in the address." });
            PredictionOperation.AddSchemas(document, names.Of(byDefault), byDefault.Production!);
            AddPaths(document, new ModelRoutes("", DefaultTag, Name: "", names.Of(byDefault), byDefault.Production!));
        }

        foreach (var model in served)
        {
            document.Tags.Add(new OpenApiTag { Name = model.Name, Description = model.Production!.Manifest!.Description });
            PredictionOperation.AddSchemas(document, names.Of(model), model.Production);
            AddPaths(document, new ModelRoutes($"/models/{model.Name}", model.Name, names.Of(model), names.Of(model), model.Production));
            foreach (var version in model.Versions.Where(version => version.State == VersionState.Ready))
            {
                var name = names.Of(version);
                PredictionOperation.AddSchemas(document, name, version);
                PredictionOperation.AddTo(document, new ModelRoutes($"/models/{model.Name}/versions/{version.Version}", model.Name, name, name, version));
            }
        }

        document.Tags.Add(new OpenApiTag { Name = "Models", Description = "What is served." });
        document.Tags.Add(new OpenApiTag { Name = "Health", Description = "Whether the server is alive and ready." });
        if (api.Value.Envelope)
        {
            EnvelopeSchemas.Wrap(document);
        }
    }

    private void AddPaths(OpenApiDocument document, ModelRoutes routes)
    {
        PredictionOperation.AddTo(document, routes);
        parts.AddTo(document, routes);
    }

    // The operations that are described in code: their problems, and names that can be tried out.
    private void DescribeGeneralOperations(OpenApiDocument document)
    {
        foreach (var operation in document.Paths.SelectMany(path => path.Value.Operations!.Values))
        {
            foreach (var status in operation.Responses!.Keys.Where(ProblemSchemas.IsProblem).Where(status => operation.Responses[status].Content!.ContainsKey(Media.ProblemJson)).ToList())
            {
                operation.Responses[status] = ProblemSchemas.Response(status, document);
            }

            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            {
                var isModel = parameter.Name == "name";
                parameter.Description = isModel ? "A model, as GET /models lists it." : "A version of the model, as GET /models lists it.";
                parameter.Example = isModel ? registry.DefaultModel : registry.Find(registry.DefaultModel)?.Production?.Version ?? "1";
            }
        }

        document.Components!.Schemas!.Remove("ProblemDetails");
    }
}
