using Swashbuckle.AspNetCore.SwaggerUI;

namespace ModelApi.OpenApi;

/// <summary>Swagger UI as it is shown at <c>/docs</c>.</summary>
internal static class DocsPage
{
    // There is one document and one server, so that there is nothing to select. Categories are shown in a line, and the
    // example of each feature only in the example of the whole row.
    private const string Style = """
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <style>
          .swagger-ui .topbar, .swagger-ui .servers-title, .swagger-ui .servers, .swagger-ui .response-col_links,
          .swagger-ui .json-schema-2020-12-keyword--examples { display: none; }
          .swagger-ui .json-schema-2020-12-keyword--enum ul { display: flex; flex-wrap: wrap; gap: 0 1em; }
          .swagger-ui .json-schema-2020-12-keyword--enum ul .json-schema-2020-12-json-viewer__name { display: none; }
          .swagger-ui .json-schema-2020-12-keyword--enum ul .json-schema-2020-12-json-viewer__value::before { content: none; }
          .swagger-ui .scheme-container .schemes { justify-content: flex-end; }
          .swagger-ui .opblock-summary-path, .swagger-ui .opblock-body pre, .swagger-ui .parameters td { overflow-wrap: anywhere; }
          @media (max-width: 640px) {
            .swagger-ui .wrapper { padding: 0 8px; }
            .swagger-ui .opblock-tag { flex-wrap: wrap; padding: 10px 4px; }
            .swagger-ui .opblock-tag small { flex-basis: 100%; order: 1; padding: 0; }
            .swagger-ui .responses-inner, .swagger-ui .opblock-description-wrapper, .swagger-ui .table-container,
            .swagger-ui .opblock-section-request-body .opblock-description-wrapper { padding: 8px; }
          }
        </style>
        """;

    public static void Configure(SwaggerUIOptions page)
    {
        page.DocumentTitle = Product.Name;
        page.HeadContent = Style;
        page.SwaggerEndpoint($"../openapi/{OpenApiExtensions.DocumentName}.json", $"{Product.Name} {Product.Version}");
        page.EnablePersistAuthorization();
        page.EnableDeepLinking();
        page.DisplayRequestDuration();

        // An operation opens on the fields of its schema, each with type, range and description; "Try it out" fills in the example.
        page.DefaultModelRendering(ModelRendering.Model);
        page.DefaultModelExpandDepth(5);
        page.DefaultModelsExpandDepth(0);
    }
}
