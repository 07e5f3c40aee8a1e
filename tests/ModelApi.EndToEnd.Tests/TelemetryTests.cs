using System.Text;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests;

public sealed class TelemetryTests
{
    private const string Row =
        """
        {"age":41,"job":"management","marital":"married","education":"tertiary",
        "balance":1506,"housing":"yes","duration":261,"campaign":1}
        """;

    /// <summary>
    /// With its telemetry on, ONNX Runtime writes a device identity and a queue of events below the home directory as soon as its
    /// environment exists.
    /// </summary>
    [Fact]
    public async Task ONNX_Runtime_keeps_no_identity_and_no_events_of_its_user()
    {
        var home = Directory.CreateTempSubdirectory("modelapi-home-").FullName;
        try
        {
            await using var server = await ServerProcess.StartAsync(
                ("HOME", home), ("XDG_CACHE_HOME", null), ("ORT_DISABLE_TELEMETRY", "0"), ("DOTNET_CLI_HOME", home));
            using var content = new StringContent("""{"age":41}""", Encoding.UTF8, "application/json");
            using var response = await server.Client().PostAsync(new Uri("/predict", UriKind.Relative), content);

            Assert.Contains("ready     bank 1, compiled", server.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(
                Directory.EnumerateFileSystemEntries(home, "*", SearchOption.AllDirectories),
                path => path.Contains("onnxruntime", StringComparison.OrdinalIgnoreCase));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Theory]
    [InlineData("Information", 20)]
    [InlineData("Warning", 0)]
    public async Task The_stopped_server_has_written_a_line_for_each_request_if_the_level_allows_it(string level, int expected)
    {
        await using var server = await ServerProcess.StartAsync(("Logging__LogLevel__ModelApi.Requests", level));
        using var client = server.Client();
        for (var i = 0; i < 10; i++)
        {
            await PredictAsync(client, Row);
            await PredictAsync(client, "{}");
        }

        server.Terminate();
        await server.WaitForExitAsync();

        var lines = server.Output.Split('\n').Where(line => line.Contains("POST /predict", StringComparison.Ordinal)).ToList();
        Assert.Equal(expected, lines.Count);
        Assert.All(lines.Index(), line => Assert.Matches(
            line.Index % 2 == 0
                ? @"Z info: ModelApi\.Requests\[1\] POST /predict 200 in \d+\.\d{3} ms, user pedro1, model bank 1\r?$"
                : @"Z info: ModelApi\.Requests\[3\] POST /predict 422 in \d+\.\d{3} ms, user pedro1, trace [^ ]+\r?$",
            line.Item));
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info", line));
    }

    [Fact]
    public async Task A_running_server_writes_request_lines()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = server.Client();

        await PredictAsync(client, "{}");

        for (var patience = 0; patience < 200 && !server.Output.Contains("POST /predict 422", StringComparison.Ordinal); patience++)
        {
            await Task.Delay(50);
        }

        Assert.Contains("POST /predict 422", server.Output, StringComparison.Ordinal);
    }

    private static async Task PredictAsync(HttpClient client, string row)
    {
        using var content = new StringContent(row, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/predict", UriKind.Relative), content);
    }
}
