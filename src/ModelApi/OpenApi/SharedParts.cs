using System.Globalization;
using Microsoft.OpenApi;

namespace ModelApi.OpenApi;

/// <summary>Writes what several operations have in common once, as a component that they refer to.</summary>
internal static class SharedParts
{
    /// <param name="document">The document.</param>
    /// <param name="schema">The part.</param>
    /// <param name="names">Names for it, the best first. One that holds another part already is passed over.</param>
    public static IOpenApiSchema Share(this OpenApiDocument document, OpenApiSchema schema, params ReadOnlySpan<string> names) =>
        new OpenApiSchemaReference(Add(document.Components!.Schemas ??= new Dictionary<string, IOpenApiSchema>(), schema, names), document);

    /// <inheritdoc cref="Share(OpenApiDocument, OpenApiSchema, ReadOnlySpan{string})"/>
    public static IOpenApiRequestBody Share(this OpenApiDocument document, OpenApiRequestBody body, params ReadOnlySpan<string> names) =>
        new OpenApiRequestBodyReference(
            Add(document.Components!.RequestBodies ??= new Dictionary<string, IOpenApiRequestBody>(), body, names), document);

    /// <inheritdoc cref="Share(OpenApiDocument, OpenApiSchema, ReadOnlySpan{string})"/>
    public static IOpenApiResponse Share(this OpenApiDocument document, OpenApiResponse response, params ReadOnlySpan<string> names) =>
        new OpenApiResponseReference(
            Add(document.Components!.Responses ??= new Dictionary<string, IOpenApiResponse>(), response, names), document);

    /// <inheritdoc cref="Share(OpenApiDocument, OpenApiSchema, ReadOnlySpan{string})"/>
    public static IOpenApiParameter Share(this OpenApiDocument document, OpenApiParameter parameter, params ReadOnlySpan<string> names) =>
        new OpenApiParameterReference(
            Add(document.Components!.Parameters ??= new Dictionary<string, IOpenApiParameter>(), parameter, names), document);

    /// <inheritdoc cref="Share(OpenApiDocument, OpenApiSchema, ReadOnlySpan{string})"/>
    public static IOpenApiHeader Share(this OpenApiDocument document, OpenApiHeader header, params ReadOnlySpan<string> names) =>
        new OpenApiHeaderReference(Add(document.Components!.Headers ??= new Dictionary<string, IOpenApiHeader>(), header, names), document);

    private static string Add<T>(IDictionary<string, T> parts, T part, ReadOnlySpan<string> names)
        where T : IOpenApiSerializable
    {
        foreach (var name in names)
        {
            if (TryAdd(parts, part, name))
            {
                return name;
            }
        }

        for (var i = 2; ; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{names[^1]}_{i}");
            if (TryAdd(parts, part, name))
            {
                return name;
            }
        }
    }

    private static bool TryAdd<T>(IDictionary<string, T> parts, T part, string name)
        where T : IOpenApiSerializable =>
        parts.TryAdd(name, part) || DocumentText.Write(parts[name]) == DocumentText.Write(part);
}
