using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace ModelApi.Health;

/// <summary>The page that a browser gets at the root.</summary>
internal static class AlivePage
{
    private static readonly MediaTypeHeaderValue Page = new(MediaTypeNames.Text.Html);
    private static readonly MediaTypeHeaderValue Json = new(MediaTypeNames.Application.Json);

    private const string Style = """
        body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 38rem; margin: 15vh auto; padding: 0 1.5rem; }
        body { color: #1b1b1f; background: #fff; }
        a { color: #0b57d0; }
        .docs { display: inline-block; margin: .5rem 0 1rem; padding: .5rem 1.2rem; border-radius: .4rem; text-decoration: none; }
        .docs { background: #0b57d0; color: #fff; }
        @media (prefers-color-scheme: dark) {
          body { background: #1b1b1f; color: #e4e2e6; }
          a { color: #a8c7fa; }
          .docs { color: #fff; }
        }
        """;

    /// <summary>Lets a browser apply the page's own style, and no other.</summary>
    public static string StyleHash { get; } = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));

    public static string Html { get; } = $$"""
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <link rel="icon" href="data:,">
          <title>{{Product.Name}}</title>
          <style>{{Style}}</style>
        </head>
        <body>
          <main>
            <h1>Model API is alive!</h1>
            <p>{{Product.Name}} {{Product.Version}} serves machine-learning models over HTTP.</p>
            <p><a class="docs" href="docs">Open the documentation</a></p>
            <p>Also: <a href="openapi/v1.json">OpenAPI document</a> · <a href="health/ready">readiness</a></p>
          </main>
        </body>
        </html>
        """;

    /// <summary>Whether the Accept header prefers a page to JSON (RFC 9110, section 12.5.1), as that of a browser does.</summary>
    public static bool IsPreferredBy(HttpRequest request)
    {
        var ranges = request.GetTypedHeaders().Accept;
        return QualityOf(Page, ranges) > QualityOf(Json, ranges);
    }

    // The most specific range decides.
    private static double QualityOf(MediaTypeHeaderValue type, IList<MediaTypeHeaderValue> ranges) => ranges
        .Where(type.IsSubsetOf)
        .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
        .Select(range => range.Quality ?? 1)
        .FirstOrDefault();
}
