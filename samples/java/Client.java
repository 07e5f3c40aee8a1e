import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Pattern;

/** Calls ModelApi with java.net.http, in Java 17 or later: java samples/java/Client.java */
public class Client {
    static final String URL = System.getenv().getOrDefault("MODELAPI_URL", "http://localhost:8900").replaceAll("/$", "");
    static final String KEY = System.getenv().getOrDefault("MODELAPI_KEY", "abc123");

    static final String FEATURES = """
            {
              "age": 41,
              "job": "management",
              "marital": "married",
              "education": "tertiary",
              "balance": 1506,
              "housing": "yes",
              "duration": 261,
              "campaign": 1
            }
            """;

    static final HttpClient CLIENT = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    public static void main(String[] args) throws InterruptedException {
        try {
            var alive = send(request("/"));
            check(alive.statusCode() == 200, URL + " is not alive: " + explain(alive));
            System.out.printf("%s (%s %s)%n", field(alive, "message"), field(alive, "name"), field(alive, "version"));

            var answer = predict(KEY);
            check(answer.statusCode() == 200, "The prediction was refused: " + explain(answer));
            check(field(answer, "prediction") != null && field(answer, "probabilities") != null,
                    "The answer has no prediction: " + answer.body());
            System.out.printf("Prediction: %s %s%n", field(answer, "prediction"), field(answer, "probabilities"));
            System.out.printf("Answered by: %s %s, for %s%n",
                    field(answer, "model"), field(answer, "version"), field(answer, "username"));

            var refused = predict("not-a-key");
            check(refused.statusCode() == 401,
                    "An invalid key was answered with " + refused.statusCode() + ", not with 401");
            System.out.println("Invalid key: " + explain(refused));
        } catch (IOException | IllegalArgumentException exception) {
            check(false, URL + " cannot be reached: " + exception);
        }
    }

    static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(URL + path)).timeout(Duration.ofSeconds(10));
    }

    static HttpResponse<String> predict(String key) throws IOException, InterruptedException {
        return send(request("/predict")
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(FEATURES)));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    /** Puts problem details (RFC 9457) into one line; errors names each invalid feature by JSON pointer. */
    static String explain(HttpResponse<String> response) {
        var problem = response.statusCode() + " " + field(response, "title") + ". " + field(response, "detail");
        var errors = field(response, "errors");
        return errors == null ? problem : problem + " | " + errors;
    }

    /** Finds a text, a number or a flat object. The JDK has no JSON parser: in an application, use Jackson or Gson. */
    static String field(HttpResponse<String> response, String name) {
        var text = "\"(?:[^\"\\\\]|\\\\.)*\"";
        var object = "\\{(?:" + text + "|[^\"}])*}";
        var pattern = "\"" + name + "\"\\s*:\\s*(" + text + "|" + object + "|[\\d.eE+-]+)";
        var value = Pattern.compile(pattern).matcher(response.body());
        return value.find() ? value.group(1).replaceAll("^\"|\"$", "") : null;
    }

    static void check(boolean condition, String message) {
        if (!condition) {
            System.err.println(message);
            System.exit(1);
        }
    }
}
