namespace ModelApi.Models.Code;

internal static class JavaScriptCode
{
    /// <summary>An object literal. Without brackets, the key <c>__proto__</c> would set the object's prototype.</summary>
    public static ExampleText Example { get; } = new() { Key = name => name == "__proto__" ? "[\"__proto__\"]" : null };

    public static string Program(SampleCall call) =>
        $$"""
        // Asks the model {{call.Model}} for a prediction. Run in Node.js 18 or later: MODELAPI_KEY=<key or token> node predict.js

        const url = "{{call.Url}}";

        const features = {{Example.Write(call.Signature)}};

        async function main() {
          const key = process.env.MODELAPI_KEY;
          if (!key) {
            throw new Error("Set MODELAPI_KEY to your key or token.");
          }
          const response = await fetch(url, {
            method: "POST",
            headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
            body: JSON.stringify(features),
            signal: AbortSignal.timeout(30_000),
          });
          const text = await response.text();
          if (!response.ok) {
            throw new Error(`${response.status}: ${text}`);
          }
          console.log(JSON.stringify(JSON.parse(text), null, 2));
        }

        main().catch((error) => {
          console.error(error.cause ? `${url}: ${error.cause.code ?? error.cause.message}` : error.message);
          process.exitCode = 1;
        });

        """;
}
