namespace ModelApi.Models.Code;

internal static class CurlCode
{
    // No line of JSON is the word that ends the document, and between quoted ends the shell changes nothing.
    public static string Program(SampleCall call) =>
        $$"""
        #!/bin/sh
        # Asks the model {{call.Model}} for a prediction. Run: MODELAPI_KEY=<key or token> sh predict.sh
        : "${MODELAPI_KEY:?Set MODELAPI_KEY to your key or token.}"
        curl --silent --show-error --fail-with-body --max-time 30 --globoff '{{call.Url}}' \
          --header "Authorization: Bearer $MODELAPI_KEY" \
          --header 'Content-Type: application/json' \
          --data-binary @- <<'JSON'
        {{new ExampleText().Write(call.Signature)}}
        JSON

        """;
}
