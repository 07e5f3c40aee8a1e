using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using ModelApi.Answers;
using ModelApi.Configuration;
using ModelApi.Errors;

namespace ModelApi.OpenApi;

internal static class OpenApiExtensions
{
    /// <summary>The document for callers with a key or token.</summary>
    public const string DocumentName = "v1";

    /// <summary>The document for everybody: without training arguments and performance.</summary>
    public const string OpenDocumentName = "open";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void AddOpenApiDocument(this WebApplicationBuilder builder)
    {
        builder.AddSettings(OpenApiOptions.Section, OpenApiOptions.Read);
        builder.Services.AddEndpointsApiExplorer();
        builder.Services.AddSingleton<DocumentText>();
        builder.Services.AddSwaggerGen(generator =>
        {
            var info = new OpenApiInfo
            {
                Title = Product.Name,
                Version = Product.Version,
                Description = "Machine-learning models as typed HTTP endpoints. Press Authorize and enter an API key or a token; then each "
                    + "example can be tried as it is. With ?envelope=true, the answer comes wrapped, with its status, time and address.",
                Contact = new OpenApiContact { Name = $"{Product.Name} contributors" },
                License = new OpenApiLicense { Name = "MIT", Url = new Uri("https://opensource.org/license/mit") },
            };
            generator.SwaggerDoc(DocumentName, info);
            generator.SwaggerDoc(OpenDocumentName, info);
            generator.SupportNonNullableReferenceTypes();
            generator.NonNullableReferenceTypesAsRequired();

            // The classes of a signature, and the example of a feature.
            generator.MapType<JsonValue>(
                () => new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Number | JsonSchemaType.Boolean });
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
        var access = app.Services.GetRequiredService<IOptions<OpenApiOptions>>().Value.AccessIn(app.Environment);
        if (access == DocumentAccess.Off)
        {
            return;
        }

        // Anonymous also where a key is needed: the page asks for one, and a caller without one gets the open document or 401.
        app.MapMethods($"/openapi/{DocumentName}.json", Methods, GetDocumentAsync)
            .ExcludeFromDescription()
            .AllowAnonymous()
            .WithMetadata(new BareAnswer());
        DocsPage.Map(app);
    }

    private static async Task<Results<FileContentHttpResult, Problem>> GetDocumentAsync(
        HttpContext context, DocumentText document, IOptions<OpenApiOptions> options, IHostEnvironment environment,
        CancellationToken cancellationToken)
    {
        var isKnown = context.User.Identity is { IsAuthenticated: true };
        if (!isKnown && options.Value.AccessIn(environment) == DocumentAccess.Key)
        {
            return Problem.Of(Failures.Unauthorized(reason: null));
        }

        context.Response.Headers.Vary = HeaderNames.Authorization;
        return TypedResults.Bytes(await document.ReadAsync(isKnown, cancellationToken), "application/json; charset=utf-8");
    }
}
