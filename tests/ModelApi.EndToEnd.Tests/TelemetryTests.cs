using System.Text;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests;

public sealed class TelemetryTests
{
    /// <summary>
    /// Where its telemetry is on, ONNX Runtime keeps a device identity and a queue of events below the home directory from
    /// the moment its environment exists.
    /// </summary>
    [Fact]
    public async Task ONNX_Runtime_keeps_no_identity_and_no_events_of_its_user()
    {
        var home = Directory.CreateTempSubdirectory("modelapi-home-").FullName;
        try
        {
            await using var server = await ServerProcess.StartAsync(("HOME", home), ("XDG_CACHE_HOME", null), ("ORT_DISABLE_TELEMETRY", "0"), ("DOTNET_CLI_HOME", home));
            using var content = new StringContent("""{"age":41}""", Encoding.UTF8, "application/json");
            using var response = await server.Client().PostAsync(new Uri("/predict", UriKind.Relative), content);

            Assert.Contains("ready     bank 1, onnxruntime", server.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(home, "*", SearchOption.AllDirectories), path => path.Contains("onnxruntime", StringComparison.OrdinalIgnoreCase));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
