using Microsoft.OpenApi;

namespace ModelApi.OpenApi;

/// <summary>A feature's operations on one served model; each feature registers its own beside the routes that it maps.</summary>
internal interface IModelOperations
{
    /// <summary>Adds the operations of one version under one prefix: the default model's, a model's, or a version's own.</summary>
    void AddTo(OpenApiDocument document, ModelRoutes routes);
}
