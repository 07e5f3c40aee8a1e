using System.Text.RegularExpressions;

namespace ModelApi.Models.Code;

internal static partial class ScalaCode
{
    private static readonly ExampleText Example = new() { Margin = "  ", IsAscii = true };

    // Older compilers turn the escape of a character into that character even here; JSON does not take control characters.
    public static string Program(SampleCall call) =>
        $$"""""
        import java.io.{IOException, InputStream}
        import java.net.{HttpURLConnection, URL}
        import scala.io.Source

        // Asks the model {{call.Model}} for a prediction. Run: MODELAPI_KEY=<key or token> scala Predict.scala
        object Predict {
          val url = "{{call.Url}}"

          val features = """{{ControlEscape().Replace(Example.Write(call.Signature), "$1\"\"\" + \"\\$2\" + \"\"\"")}}"""

          def main(arguments: Array[String]): Unit = {
            val key = sys.env.getOrElse("MODELAPI_KEY", fail("Set MODELAPI_KEY to your key or token."))
            try {
              val connection = new URL(url).openConnection().asInstanceOf[HttpURLConnection]
              connection.setConnectTimeout(30000)
              connection.setReadTimeout(30000)
              connection.setRequestMethod("POST")
              connection.setRequestProperty("Authorization", "Bearer " + key)
              connection.setRequestProperty("Content-Type", "application/json")
              connection.setDoOutput(true)
              connection.getOutputStream.write(features.getBytes("UTF-8"))
              val status = connection.getResponseCode
              if (status != 200) {
                fail(s"$status: ${read(connection.getErrorStream)}")
              }
              println(read(connection.getInputStream))
            } catch {
              case exception: IOException => fail(s"$url: $exception")
            }
          }

          def read(stream: InputStream): String = if (stream == null) "" else Source.fromInputStream(stream, "UTF-8").mkString

          def fail(message: String): Nothing = {
            System.err.println(message)
            sys.exit(1)
          }
        }

        """"";

    [GeneratedRegex(@"(?<!\\)((?:\\\\)*)(\\u00[01][0-9a-f])")]
    private static partial Regex ControlEscape();
}
