namespace ModelApi.Health;

/// <summary>The page that a browser gets at the root.</summary>
internal static class AlivePage
{
    public static string Html { get; } = $$"""
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <link rel="icon" href="data:,">
          <title>{{Product.Name}}</title>
          <style>
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
          </style>
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
}
