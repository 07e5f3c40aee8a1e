using System.Text;
using System.Text.Json.Nodes;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests.Code;

/// <summary>The programs that the server generates run unchanged, for every model that ships, and print the model's answer.</summary>
public sealed class GeneratedProgramTests(ShippedServer server) : IClassFixture<ShippedServer>
{
    public static TheoryData<string> Models => [.. Repository.Bundles.Select(bundle => bundle.Split('/')[0]).Distinct()];

    [ProgramTheory("curl")]
    [MemberData(nameof(Models))]
    public Task Curl_programs_work(string model) => RunAsync("curl", model);

    [ProgramTheory("python")]
    [MemberData(nameof(Models))]
    public Task Python_programs_work(string model) => RunAsync("python", model);

    [ProgramTheory("javascript")]
    [MemberData(nameof(Models))]
    public Task JavaScript_programs_work(string model) => RunAsync("javascript", model);

    [ProgramTheory("typescript")]
    [MemberData(nameof(Models))]
    public Task TypeScript_programs_compile_and_work(string model) => RunAsync("typescript", model);

    [ProgramTheory("csharp")]
    [MemberData(nameof(Models))]
    public Task CSharp_programs_work(string model) => RunAsync("csharp", model);

    [ProgramTheory("java")]
    [MemberData(nameof(Models))]
    public Task Java_programs_work(string model) => RunAsync("java", model);

    [ProgramTheory("scala")]
    [MemberData(nameof(Models))]
    public Task Scala_programs_work(string model) => RunAsync("scala", model);

    [ProgramTheory("go")]
    [MemberData(nameof(Models))]
    public Task Go_programs_work(string model) => RunAsync("go", model);

    [ProgramTheory("curl")]
    [InlineData("curl")]
    public Task A_curl_program_that_gets_no_answer_fails(string language) => FailAsync(language);

    [ProgramTheory("python")]
    [InlineData("python")]
    public Task A_Python_program_that_gets_no_answer_fails(string language) => FailAsync(language);

    [ProgramTheory("javascript")]
    [InlineData("javascript")]
    public Task A_JavaScript_program_that_gets_no_answer_fails(string language) => FailAsync(language);

    [ProgramTheory("typescript")]
    [InlineData("typescript")]
    public Task A_TypeScript_program_that_gets_no_answer_fails(string language) => FailAsync(language);

    [ProgramTheory("csharp")]
    [InlineData("csharp")]
    public Task A_CSharp_program_that_gets_no_answer_fails(string language) => FailAsync(language);

    [ProgramTheory("java")]
    [InlineData("java")]
    public Task A_Java_program_that_gets_no_answer_fails(string language) => FailAsync(language);

    [ProgramTheory("scala")]
    [InlineData("scala")]
    public Task A_Scala_program_that_gets_no_answer_fails(string language) => FailAsync(language);

    [ProgramTheory("go")]
    [InlineData("go")]
    public Task A_Go_program_that_gets_no_answer_fails(string language) => FailAsync(language);

    private async Task RunAsync(string language, string model)
    {
        using var client = server.Client();
        var example = await client.GetStringAsync(new Uri($"/models/{model}/example", UriKind.Relative));
        using var content = new StringContent(example, Encoding.UTF8, "application/json");
        using var expected = await client.PostAsync(new Uri($"/models/{model}/predict", UriKind.Relative), content);

        var (exitCode, output) = await GeneratedProgram.RunAsync(language, await SourceAsync(client, language, model), "abc123");

        Assert.True(exitCode == 0, output);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(await expected.Content.ReadAsStringAsync()), JsonNode.Parse(output)), output);
    }

    private async Task FailAsync(string language)
    {
        using var client = server.Client();
        var source = await SourceAsync(client, language, "bank");

        var wrongKey = await GeneratedProgram.RunAsync(language, source, "wrong");
        var noKey = await GeneratedProgram.RunAsync(language, source, key: null);
        var elsewhere = source.Replace($":{server.Address.Port}/", ":9/", StringComparison.Ordinal);
        var noServer = await GeneratedProgram.RunAsync(language, elsewhere, "abc123");

        Assert.All([wrongKey, noKey, noServer], run => Assert.True(run.ExitCode != 0, run.Output));
        Assert.Contains("401", wrongKey.Output, StringComparison.Ordinal);
        Assert.Contains("Set MODELAPI_KEY to your key or token.", noKey.Output, StringComparison.Ordinal);
        Assert.NotEmpty(noServer.Output);
    }

    private static Task<string> SourceAsync(HttpClient client, string language, string model) =>
        client.GetStringAsync(new Uri($"/models/{model}/code?language={language}", UriKind.Relative));
}
