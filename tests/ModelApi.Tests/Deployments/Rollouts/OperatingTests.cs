using System.Diagnostics;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Deployments.Rollouts;

public sealed class OperatingTests
{
    [Fact]
    public async Task The_commands_about_a_new_version_in_the_documentation_work()
    {
        using var models = new TemporaryModels();
        TrialHost.AddVersions(models);
        using var host = new StoredHost(models.Root);
        var server = $"http://127.0.0.1:{host.Port()}";
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ModelApiHost.Key);
        await client.PostAsync(new Uri($"{server}/models/bank/versions/1/stage?force=true"), Requests.Json("""{"stage":"Production"}"""));

        var answers = await RunAsync(Commands(), server);

        Assert.DoesNotContain("problem-type", answers, StringComparison.Ordinal);
        Assert.Contains("\"comparison\"", answers, StringComparison.Ordinal);
        Assert.Contains("\"action\":\"end-rollout\"", answers, StringComparison.Ordinal);
    }

    private static string Commands()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operating.md"));
        var section = text[text.IndexOf("## A new version beside production", StringComparison.Ordinal)..];
        var start = section.IndexOf("```sh\n", StringComparison.Ordinal) + "```sh\n".Length;
        return section[start..section.IndexOf("```\n", start, StringComparison.Ordinal)];
    }

    private static async Task<string> RunAsync(string commands, string server)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-e", "-c", commands])
        {
            RedirectStandardOutput = true,
            Environment = { ["SERVER"] = server, ["KEY"] = ModelApiHost.Key, ["no_proxy"] = "*" },
        })!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
        return output;
    }

    private sealed class StoredHost(string models) : SocketHost
    {
        private readonly string _data = Directory.CreateTempSubdirectory("modelapi-data-").FullName;

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.UseSetting("Models:Root", models);
            builder.UseSetting("Storage:Folder", _data);
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (Directory.Exists(_data))
            {
                Directory.Delete(_data, recursive: true);
            }
        }
    }
}
