using ModelApi.Answers;

namespace ModelApi.OpenApi;

/// <summary>Swagger UI at <c>/docs</c>, with a page and a script of our own.</summary>
internal static class DocsPage
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (file, type) in ((string, string)[])[("docs.css", "text/css"), ("docs.js", "text/javascript")])
        {
            var content = Read(file);
            Protect(routes.MapGet($"/docs/{file}", () => TypedResults.Bytes(content, $"{type}; charset=utf-8")).ExcludeFromDescription());
        }

        Protect(routes.MapSwaggerUI("docs", page => page.IndexStream = () => new MemoryStream(Read("index.html"))));
    }

    private static void Protect(IEndpointConventionBuilder endpoints)
    {
        endpoints.AllowAnonymous().WithMetadata(new BareAnswer());
        endpoints.Add(endpoint =>
        {
            var answer = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                PageHeaders.AddTo(context.Response.Headers);
                return answer(context);
            };
        });
    }

    private static byte[] Read(string file)
    {
        using var resource = typeof(DocsPage).Assembly.GetManifestResourceStream($"docs/{file}")!;
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return content.ToArray();
    }
}
