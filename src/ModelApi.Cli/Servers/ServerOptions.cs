using System.CommandLine;

namespace ModelApi.Cli.Servers;

/// <summary>The options of every command that talks to a server.</summary>
internal sealed class ServerOptions
{
    public const string ServerVariable = "MODELAPI_SERVER";
    public const string TokenVariable = "MODELAPI_TOKEN";

    private readonly Option<string?> _server = new("--server")
    {
        Description = $"The server, such as https://models.example.com. Default: the environment variable {ServerVariable}.",
    };

    private readonly Option<string?> _token = new("--token")
    {
        Description = $"The API key or token. Default: the environment variable {TokenVariable}, which other users cannot see.",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Writes the result as JSON." };

    /// <summary>Adds the options to a command, and runs it with a client of the server.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">Gets the client, and whether the result is to be written as JSON. Returns the exit code.</param>
    public static void SetRunner(Command command, Func<ParseResult, ServerClient, bool, CancellationToken, Task<int>> run)
    {
        var options = new ServerOptions();
        command.Options.Add(options._server);
        command.Options.Add(options._token);
        command.Options.Add(options._json);
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            using var client = options.Connect(parsed);
            return await run(parsed, client, parsed.GetValue(options._json), cancellationToken);
        });
    }

    private ServerClient Connect(ParseResult parsed)
    {
        var server = ValueOf(parsed.GetValue(_server), ServerVariable)
            ?? throw new UsageException($"Say which server: --server http://localhost:8900, or the environment variable {ServerVariable}.");
        return Uri.TryCreate(server, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? new ServerClient(address, ValueOf(parsed.GetValue(_token), TokenVariable))
            : throw new UsageException($"'{server}' is no address of a server; it must be like http://localhost:8900.");
    }

    private static string? ValueOf(string? option, string variable) =>
        string.IsNullOrEmpty(option) ? Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null : option;
}
