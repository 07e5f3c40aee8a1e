using System.Text.Json;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests;

public sealed class ConsoleTests
{
    [ToolFact("bash", "curl")]
    public async Task The_console_lists_the_served_models_and_its_curl_line_works_when_pasted()
    {
        await using var server = await ServerProcess.StartAsync();
        var lines = server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Contains($"  ModelApi 0.1.0 on {server.Address.ToString().TrimEnd('/')} (Development)", lines);
        Assert.Contains("  ready     bank 1, compiled", lines);
        Assert.Single(lines, line => line.Contains("200 golden rows reproduced", StringComparison.Ordinal)
            && line.Contains("Loaded version 1 of model bank with compiled in ", StringComparison.Ordinal));
        Assert.Contains($"  docs      {server.Address}docs", lines);
        var curl = await CurlLineAsync(server);
        var (exitCode, output) = await Tool.RunAsync("bash", "-c", curl);
        Assert.True(exitCode == 0, output);
        using var answer = JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..(output.LastIndexOf('}') + 1)]);
        Assert.Equal("no", answer.RootElement.GetProperty("prediction").GetString());
        Assert.Equal("pedro1", answer.RootElement.GetProperty("username").GetString());
    }

    [Fact]
    public async Task A_failed_bundle_is_named_and_its_faults_are_logged_once()
    {
        using var models = new TemporaryModels();
        models.AddBank();
        File.Delete(models.AddBank("broken").PathOf("encoder.onnx"));

        await using var server = await ServerProcess.StartAsync(("Models__Root", models.Root));

        Assert.Matches("(?m)^  (loading   broken 1|failed    broken 1; the log above and GET /models say why)$", server.Output);
        Assert.Single(server.Output.Split('\n'), line => line.Contains("encoder.onnx: The file is missing.", StringComparison.Ordinal));
        Assert.Contains("  ready     bank 1", server.Output, StringComparison.Ordinal);
    }

    private static async Task<string> CurlLineAsync(ServerProcess server)
    {
        for (var patience = 0; patience < 100; patience++)
        {
            var line = server.Output.Split('\n').FirstOrDefault(line => line.StartsWith("  try ", StringComparison.Ordinal));
            if (line is not null)
            {
                return line["  try ".Length..].Trim().Replace("curl ", "curl -sS ", StringComparison.Ordinal);
            }

            await Task.Delay(50);
        }

        throw new InvalidOperationException($"There is no curl line:\n{server.Output}");
    }
}
