using System.Net;
using System.Security.Cryptography;
using System.Text;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests;

public sealed class ProductionStartTests
{
    private static readonly (string, string?) Production = ("ASPNETCORE_ENVIRONMENT", "Production");

    [Fact]
    public async Task A_start_without_keys_and_authority_stops_and_says_how_to_add_one()
    {
        var (exitCode, output) = await ServerProcess.RunToEndAsync([], Production);

        Assert.Equal(1, exitCode);
        Assert.Contains("Neither an API key nor a token authority is configured", output, StringComparison.Ordinal);
        Assert.Contains(
            "export Identity__ApiKeys__0__Sha256=$(printf %s \"$KEY\" | sha256sum | cut -d' ' -f1)", output, StringComparison.Ordinal);
        Assert.Contains("export Authentication__Schemes__Bearer__Authority=", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_development_key_is_refused()
    {
        var (exitCode, output) = await ServerProcess.RunToEndAsync(
            [],
            Production,
            ("Identity__ApiKeys__0__User", "pedro1"),
            ("Identity__ApiKeys__0__Sha256", Sha256("abc123").ToUpperInvariant()));

        Assert.Equal(1, exitCode);
        Assert.Contains(
            "Identity:ApiKeys:0 is the development key, which everybody knows; it is refused in Production.",
            output,
            StringComparison.Ordinal);
    }

    [ToolFact("bash", "openssl", "sha256sum")]
    public async Task The_commands_of_the_message_make_a_key_that_works()
    {
        var (_, message) = await ServerProcess.RunToEndAsync([], Production);
        var commands = message.Split('\n').Select(line => line.Trim()).Where(line =>
            line.StartsWith("KEY=", StringComparison.Ordinal) || line.StartsWith("export Identity", StringComparison.Ordinal));
        var (exitCode, output) = await Tool.RunAsync(
            "bash", "-c", string.Join('\n', commands) + "\necho $KEY $Identity__ApiKeys__0__User $Identity__ApiKeys__0__Sha256");
        Assert.True(exitCode == 0, output);
        var made = output.Trim().Split(' ');

        await using var server = await ServerProcess.StartAsync(
            Production,
            ("Models__Root", Repository.Models),
            ("Identity__ApiKeys__0__User", made[1]),
            ("Identity__ApiKeys__0__Sha256", made[2]));
        using var good = await server.Client(made[0]).GetAsync(new Uri("/models", UriKind.Relative));
        using var development = await server.Client().GetAsync(new Uri("/models", UriKind.Relative));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (good.StatusCode, development.StatusCode));
    }

    [Theory]
    [InlineData("ASPNETCORE_URLS", "nonsense", "urls: 'nonsense' is not an address; write it like http://localhost:8900")]
    [InlineData("ASPNETCORE_URLS", "http://127.0.0.1:99999", "A port is a number from 0 to 65535.")]
    [InlineData("ASPNETCORE_URLS", "http://192.0.2.1:8900", "no network of this machine has it")]
    [InlineData("ASPNETCORE_ENVIRONMENT", "Production", "Neither an API key nor a token authority is configured")]
    [InlineData("Kestrel__Certificates__Default__Path", "/missing.pem", "/missing.pem")]
    [InlineData("Logging__LogLevel__Default", "Loud", "'Loud'")]
    public async Task A_setting_of_ASPNET_Core_that_cannot_work_stops_the_start_in_plain_words(string name, string value, string message)
    {
        string[] arguments = name switch
        {
            "ASPNETCORE_URLS" => [],
            "Kestrel__Certificates__Default__Path" => ["--urls", "https://127.0.0.1:0"],
            _ => ["--urls", "http://127.0.0.1:0"],
        };

        var (exitCode, output) = await ServerProcess.RunToEndAsync(arguments, (name, value));

        Assert.Equal(1, exitCode);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_settings_that_cannot_work_are_named_at_once()
    {
        var (exitCode, output) = await ServerProcess.RunToEndAsync(
            ["--urls", "http://127.0.0.1:0", "--Limits:MaxJsonDepth", "none"],
            ("Models__Engine", "fast"),
            ("Identity__ApiKeys__0__Expires", "tomorrow"),
            ("Authentication__Schemes__Bearer__Authority", "http://issuer.test"));

        Assert.Equal(1, exitCode);
        Assert.Equal(
        [
            "Authentication:Schemes:Bearer:Authority: 'http://issuer.test' must be an https:// address "
                + "(or http:// with RequireHttpsMetadata=false).",
            "Authentication:Schemes:Bearer:ValidAudiences is missing: name the audience that tokens for this server carry.",
            "Identity:ApiKeys:0:Expires: 'tomorrow' is not a date; write it like 2027-01-31T00:00:00Z.",
            "Limits:MaxJsonDepth: 'none' is not a whole number from 2 to 1000.",
            "ModelApi cannot start.",
            "Models:Engine: 'fast' is not one of auto, compiled, onnxruntime.",
        ], output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Settings_that_are_no_JSON_stop_the_start_with_file_and_line()
    {
        using var folder = new TemporaryModels();
        await File.WriteAllTextAsync(
            Path.Combine(folder.Root, "appsettings.json"), "{\n  \"Limits\": {\n    \"MaxJsonDepth\": 32,,\n  }\n}");

        var (exitCode, output) = await ServerProcess.RunToEndAsync(["--contentRoot", folder.Root]);

        Assert.Equal(1, exitCode);
        Assert.Contains($"{folder.Root}/appsettings.json", output, StringComparison.Ordinal);
        Assert.Contains("Line 3, byte 24 is not JSON", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_content_root_that_does_not_exist_is_named_with_its_option()
    {
        var (exitCode, output) = await ServerProcess.RunToEndAsync(["--contentRoot", "/no such/folder"]);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(
            "The folder '/no such/folder' does not exist; --contentRoot names the folder of appsettings.json.",
            output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_settings_and_options_and_a_missing_default_model_are_warned_of_when_the_server_starts()
    {
        await using var server = await ServerProcess.StartAsync(
            ["--urls", "http://127.0.0.1:0", "--url", "http://localhost:1"],
            ("Limits__MaxRowPerRequest", "5"),
            ("Models__Default", "bnak"));
        const string Missing = "The default model 'bnak' (Models:Default) does not exist; did you mean 'bank'?";

        var warnings = server.Output.Split('\n').Where(line => line.Contains(" warn: ", StringComparison.Ordinal)).ToList();

        Assert.Contains(warnings, line => line.EndsWith("--url is not an option; did you mean --urls?", StringComparison.Ordinal));
        Assert.Contains(warnings, line =>
            line.EndsWith("Limits:MaxRowPerRequest is not a setting; did you mean MaxRowsPerRequest?", StringComparison.Ordinal));
        Assert.Contains(warnings, line => line.EndsWith(Missing, StringComparison.Ordinal));
        Assert.Equal(3, warnings.Count);
        Assert.Contains($"  no model  {Missing}", server.Output.Split('\n'));
    }

    [Theory]
    [InlineData("--help", "Usage: ModelApi [options]")]
    [InlineData("/?", "Usage: ModelApi [options]")]
    [InlineData("--version", "ModelApi 0.1.0")]
    public async Task Help_and_version_are_answered_without_starting_anything(string argument, string expected)
    {
        // With these settings, a server would stop with exit code 1.
        var (exitCode, output) = await ServerProcess.RunToEndAsync([argument], Production, ("ASPNETCORE_URLS", "nonsense"));

        Assert.Equal(0, exitCode);
        Assert.Contains(expected, output.Split('\n'));
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start_in_plain_words()
    {
        await using var first = await ServerProcess.StartAsync();

        var (exitCode, output) = await ServerProcess.RunToEndAsync(["--urls", first.Address.ToString()]);

        Assert.Equal(1, exitCode);
        Assert.Contains("address already in use", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_health_option_asks_a_running_server()
    {
        await using var server = await ServerProcess.StartAsync();

        var ready = await ServerProcess.RunToEndAsync(["--health", $"{server.Address}health/ready"]);
        var nobody = await ServerProcess.RunToEndAsync(["--health", "http://127.0.0.1:9/health/ready"]);

        Assert.Equal(0, ready.ExitCode);
        Assert.Equal(1, nobody.ExitCode);
    }

    private static string Sha256(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
