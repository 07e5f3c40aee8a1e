using ModelApi.Inference.Signatures;

namespace ModelApi.Models.Code;

internal static class TypeScriptCode
{
    private static readonly ExampleText Text = new();

    public static string Program(SampleCall call) =>
        $$"""
        // Asks the model {{call.Model}} for a prediction. Run: MODELAPI_KEY=<key or token> npx tsx predict.ts

        interface Features {
        {{string.Join('\n', call.Signature.Features.Select(Member))}}
        }

        interface Answer {
        {{Answer(call.Signature)}}
          model: string;
          version: string;
          username: string;
          warnings?: Record<string, string[]>;
        }

        // What Node.js gives every program; this way it needs no package of types.
        declare const process: { env: Record<string, string | undefined>; exitCode?: number };

        const url = "{{call.Url}}";

        const features: Features = {{JavaScriptCode.Example.Write(call.Signature)}};

        async function predict(row: Features, key: string): Promise<Answer> {
          const response = await fetch(url, {
            method: "POST",
            headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
            body: JSON.stringify(row),
            signal: AbortSignal.timeout(30_000),
          });
          const text = await response.text();
          if (!response.ok) {
            throw new Error(`${response.status}: ${text}`);
          }
          return JSON.parse(text) as Answer;
        }

        async function main(): Promise<void> {
          const key = process.env.MODELAPI_KEY;
          if (!key) {
            throw new Error("Set MODELAPI_KEY to your key or token.");
          }
          console.log(JSON.stringify(await predict(features, key), null, 2));
        }

        main().catch((error: unknown) => {
          console.error(`${url}: ${error instanceof Error ? error.message : String(error)}`);
          process.exitCode = 1;
        });

        export {};

        """;

    private static string Member(Feature feature)
    {
        var type = feature.Type switch
        {
            FeatureType.Boolean => "boolean",
            FeatureType.String => "string",
            FeatureType.Tensor => "number" + string.Concat(Enumerable.Repeat("[]", feature.Shape!.Count)),
            _ => "number",
        };
        return $"  {Text.Quote(feature.Name)}{(feature.Nullable ? "?" : "")}: {type}{(feature.Nullable ? " | null" : "")};";
    }

    private static string Answer(Signature signature)
    {
        var answer = signature.Answer;
        var isNumber = answer.Numbers == NumberKind.Values || signature.Classes!.Kind is ClassKind.Integer or ClassKind.Number;
        var prediction = isNumber ? "number" : signature.Classes!.Kind == ClassKind.Boolean ? "boolean" : "string";
        return string.Join('\n', AnswerMembers.Of(answer).Select(member => member switch
        {
            AnswerMembers.Prediction when signature.Targets.Count > 0 => $"  {member}: Record<string, {prediction}>;",
            AnswerMembers.Prediction => $"  {member}: {prediction};",
            AnswerMembers.Outputs => $"  {member}: {{\n{string.Join('\n', answer.Others.Select(Other))}\n  }};",
            "score" => $"  {member}: number;",
            _ => $"  {member}: Record<string, number>;",
        }));
    }

    private static string Other(OtherOutput output)
    {
        var type = output.Kind switch
        {
            OtherKind.Text => "string",
            OtherKind.Boolean => "boolean",
            OtherKind.Integer => "number",
            _ => "(number | null)",
        };
        return $"    {Text.Quote(output.Name)}: {type}{string.Concat(Enumerable.Repeat("[]", output.Dimensions?.Count ?? 1))};";
    }
}
