namespace ModelApi.EndToEnd.Tests.Fixtures;

/// <summary>One server with the shipped models, shared by the tests of a class that change nothing.</summary>
public sealed class ShippedServer : IAsyncLifetime
{
    private ServerProcess _process = null!;

    internal Uri Address => _process.Address;

    public HttpClient Client(string? key = "abc123") => _process.Client(key);

    public async Task InitializeAsync() => _process = await ServerProcess.StartAsync();

    public async Task DisposeAsync() => await _process.DisposeAsync();
}
