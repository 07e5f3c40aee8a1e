using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using ModelApi.Answers;

namespace ModelApi.OpenApi;

internal static class OpenApiExtensions
{
    public const string DocumentName = "v1";

    public static void AddOpenApiDocument(this WebApplicationBuilder builder)
    {
        builder.Services.AddEndpointsApiExplorer();
        builder.Services.AddSingleton<DocumentText>();
        builder.Services.AddSwaggerGen(generator =>
        {
            generator.SwaggerDoc(DocumentName, new OpenApiInfo
            {
                Title = Product.Name,
                Version = Product.Version,
                Description = "Machine-learning models as typed HTTP endpoints. Press Authorize and enter an API key or a token; then each "
                    + "example can be tried as it is. With ?envelope=true, the answer comes wrapped, with its status, time and address.",
                Contact = new OpenApiContact { Name = $"{Product.Name} contributors" },
                License = new OpenApiLicense { Name = "MIT", Url = new Uri("https://opensource.org/license/mit") },
            });
            generator.SupportNonNullableReferenceTypes();
            generator.NonNullableReferenceTypesAsRequired();

            // The classes of a signature, and the example of a feature.
            generator.MapType<JsonValue>(() => new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Integer });
            generator.MapType<JsonNode>(() => new OpenApiSchema());
            generator.CustomSchemaIds(type => type.Name.Replace("Reply", "", StringComparison.Ordinal));
            generator.CustomOperationIds(
                api => api.ActionDescriptor.EndpointMetadata.OfType<IEndpointNameMetadata>().LastOrDefault()?.EndpointName);
            generator.AddSecurityDefinition(BearerSecurity.Scheme, BearerSecurity.Definition);
            generator.OperationFilter<BearerSecurity>();
            generator.DocumentFilter<RegistryPaths>();
        });
    }

    public static void MapOpenApiDocument(this WebApplication app)
    {
        app.MapGet($"/openapi/{DocumentName}.json", GetDocumentAsync)
            .ExcludeFromDescription()
            .AllowAnonymous()
            .WithMetadata(new BareAnswer());
        app.MapSwaggerUI("docs", DocsPage.Configure).AllowAnonymous().WithMetadata(new BareAnswer());
    }

    private static async Task<FileContentHttpResult> GetDocumentAsync(DocumentText document, CancellationToken cancellationToken) =>
        TypedResults.Bytes(await document.ReadAsync(cancellationToken), "application/json; charset=utf-8");
}
