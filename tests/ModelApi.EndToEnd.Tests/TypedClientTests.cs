using System.Diagnostics;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests;

/// <summary>openapi-typescript makes types from the document, and typed-client.ts calls models on these types with openapi-fetch.</summary>
public sealed class TypedClientTests(ShippedServer server) : IClassFixture<ShippedServer>, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelapi-typescript-").FullName;

    public async Task InitializeAsync()
    {
        using var client = server.Client();
        var document = await client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));
        await File.WriteAllTextAsync(Path.Combine(_folder, "openapi.json"), document);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "node_modules"), Path.Combine(Tool.Folder, "node_modules"));
        var (exitCode, output) = await NodeAsync(Module("openapi-typescript/bin/cli.js"), "openapi.json", "--output", "openapi.ts");
        Assert.True(exitCode == 0, output);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [ToolFact("node", Tool.NpmPackages)]
    public async Task A_program_on_the_types_compiles_and_predicts()
    {
        var compiled = await CompileAsync(await SourceAsync());
        Assert.True(compiled.ExitCode == 0, compiled.Output);

        var (exitCode, output) = await NodeAsync("typed-client.js");

        Assert.True(exitCode == 0, output);
        Assert.Equal("bank no true\nwine-quality 2 true\nproject-tags computer-vision\n", output);
    }

    [ToolTheory("node", Tool.NpmPackages)]
    [InlineData("age: 41", "aeg: 41", "'aeg' does not exist")]
    [InlineData("age: 41", "age: \"41\"", "'string' is not assignable to type 'number'")]
    [InlineData("\"married\"", "\"maried\"", "'\"maried\"' is not assignable")]
    [InlineData("age: 41,", "", "'age' is missing")]
    [InlineData("[{ type: \"red\", alcohol: null }, { type: \"white\" }]", "{ type: \"red\" }", "'type' does not exist")]
    [InlineData("wine.data.predictions[0]", "wine.data", "'prediction' does not exist")]
    [InlineData("alcohol: null", "type: null", "'null' is not assignable")]
    [InlineData("texts: [", "instances: [", "'instances' does not exist")]
    [InlineData("\"/predict\"", "\"/models/bnak/predict\"", "'\"/models/bnak/predict\"' is not assignable")]
    [InlineData("(3 | 4 |", "(4 |", "is not assignable to type")]
    public async Task A_program_that_does_not_fit_the_model_does_not_compile(string good, string bad, string error)
    {
        var (exitCode, output) = await CompileAsync((await SourceAsync()).Replace(good, bad, StringComparison.Ordinal));

        Assert.NotEqual(0, exitCode);
        Assert.Contains(error, output, StringComparison.Ordinal);
    }

    private static Task<string> SourceAsync() => File.ReadAllTextAsync(Path.Combine(Tool.Folder, "typed-client.ts"));

    private async Task<(int ExitCode, string Output)> CompileAsync(string source)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "typed-client.ts"), source);
        return await NodeAsync(Module("typescript/bin/tsc"), "--strict", "--target", "es2022", "--module", "node16", "typed-client.ts");
    }

    private static string Module(string file) => Path.Combine(Tool.Folder, "node_modules", file);

    private Task<(int ExitCode, string Output)> NodeAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("node", arguments) { WorkingDirectory = _folder };
        start.Environment["MODELAPI_URL"] = server.Address.ToString().TrimEnd('/');
        start.Environment["MODELAPI_KEY"] = "abc123";
        return Tool.RunAsync(start);
    }
}
