namespace ModelApi.Models.Code;

internal static class JavaCode
{
    // Before version 18, Java takes a source to be in the encoding of the machine: hence ASCII.
    private static readonly ExampleText Example = new() { Margin = "            ", IsAscii = true };

    public static string Program(SampleCall call) =>
        $$"""""
        import java.io.IOException;
        import java.net.URI;
        import java.net.http.HttpClient;
        import java.net.http.HttpRequest;
        import java.net.http.HttpRequest.BodyPublishers;
        import java.net.http.HttpResponse.BodyHandlers;
        import java.time.Duration;

        /** Asks the model {{call.Model}} for a prediction. Run in Java 17 or later: MODELAPI_KEY=(key or token) java Predict.java */
        public class Predict {
            static final String URL = "{{call.Url}}";

            static final String FEATURES = """
                    {{Example.Write(call.Signature).Replace("\\", "\\\\", StringComparison.Ordinal)}}
                    """;

            public static void main(String[] arguments) throws InterruptedException {
                String key = System.getenv("MODELAPI_KEY");
                if (key == null || key.isEmpty()) {
                    fail("Set MODELAPI_KEY to your key or token.");
                }

                try {
                    HttpRequest request = HttpRequest.newBuilder(URI.create(URL))
                            .timeout(Duration.ofSeconds(30))
                            .header("Authorization", "Bearer " + key)
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString(FEATURES))
                            .build();
                    var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
                    if (response.statusCode() != 200) {
                        fail(response.statusCode() + ": " + response.body());
                    }

                    System.out.println(response.body());
                } catch (IOException | IllegalArgumentException exception) {
                    fail(URL + ": " + exception);
                }
            }

            static void fail(String message) {
                System.err.println(message);
                System.exit(1);
            }
        }

        """"";
}
