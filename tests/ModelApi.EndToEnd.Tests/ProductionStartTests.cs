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
        Assert.Contains("export Identity__ApiKeys__0__Sha256=$(printf %s \"$KEY\" | sha256sum | cut -d' ' -f1)", output, StringComparison.Ordinal);
        Assert.Contains("export Authentication__Schemes__Bearer__Authority=", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_development_key_is_refused()
    {
        var (exitCode, output) = await ServerProcess.RunToEndAsync(
            [], Production, ("Identity__ApiKeys__0__User", "pedro1"), ("Identity__ApiKeys__0__Sha256", Sha256("abc123").ToUpperInvariant()));

        Assert.Equal(1, exitCode);
        Assert.Contains("Identity:ApiKeys:0 is the development key, which everybody knows; it is refused in Production.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_of_the_message_make_a_key_that_works()
    {
        var (_, message) = await ServerProcess.RunToEndAsync([], Production);
        var commands = message.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("KEY=", StringComparison.Ordinal) || line.StartsWith("export Identity", StringComparison.Ordinal));
        var (exitCode, output) = await Tool.RunAsync("bash", "-c", string.Join('\n', commands) + "\necho $KEY $Identity__ApiKeys__0__User $Identity__ApiKeys__0__Sha256");
        Assert.True(exitCode == 0, output);
        var made = output.Trim().Split(' ');

        await using var server = await ServerProcess.StartAsync(
            Production, ("Models__Root", Repository.Models), ("Identity__ApiKeys__0__User", made[1]), ("Identity__ApiKeys__0__Sha256", made[2]));
        using var good = await server.Client(made[0]).GetAsync(new Uri("/models", UriKind.Relative));
        using var development = await server.Client().GetAsync(new Uri("/models", UriKind.Relative));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (good.StatusCode, development.StatusCode));
    }

    [Theory]
    [InlineData("Limits__MaxJsonDepth", "none", "'none' at 'Limits:MaxJsonDepth'")]
    [InlineData("Limits__MaxJsonDepth", "0", "MaxJsonDepth must be between 2 and 1000")]
    [InlineData("Identity__ApiKeys__0__Sha256", "abc", "Identity:ApiKeys:0:Sha256 must be 64 hexadecimal digits")]
    [InlineData("Identity__ApiKeys__0__User", "", "Identity:ApiKeys:0:User is missing.")]
    [InlineData("Authentication__Schemes__Bearer__Authority", "http://issuer.test", "'http://issuer.test' must be an https:// address")]
    [InlineData("ASPNETCORE_URLS", "nonsense", "Invalid url: 'nonsense'")]
    [InlineData("Authentication__Schemes__Bearer__Authority", "https://issuer.test", "Authentication:Schemes:Bearer:ValidAudiences is missing")]
    [InlineData("Authentication__Schemes__Bearer__PublicKeys__0", "nonsense", "Authentication:Schemes:Bearer:PublicKeys:0 must be an RSA or elliptic curve public key")]
    [InlineData("Authentication__Schemes__Bearer__SigningKeys__0__Value", "c2hvcnQ=", "Authentication:Schemes:Bearer:SigningKeys:0:Value must be the Base64 of at least 32 bytes.")]
    public async Task A_setting_that_cannot_work_stops_the_start_in_plain_words(string name, string value, string message)
    {
        var (exitCode, output) = await ServerProcess.RunToEndAsync(name == "ASPNETCORE_URLS" ? [] : ["--urls", "http://127.0.0.1:0"], (name, value));

        Assert.Equal(1, exitCode);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
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
    public async Task The_health_switch_asks_a_running_server()
    {
        await using var server = await ServerProcess.StartAsync();

        var ready = await ServerProcess.RunToEndAsync(["--health", $"{server.Address}health/ready"]);
        var nobody = await ServerProcess.RunToEndAsync(["--health", "http://127.0.0.1:9/health/ready"]);

        Assert.Equal(0, ready.ExitCode);
        Assert.Equal(1, nobody.ExitCode);
    }

    private static string Sha256(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
