using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Models;

/// <summary>The programs that the server writes; the end-to-end tests run them.</summary>
public sealed class CodeTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    public static TheoryData<string> Languages => ["curl", "python", "javascript", "typescript", "java", "scala", "csharp", "go"];

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_program_is_plain_text_with_the_servers_own_address_and_no_key(string language)
    {
        var response = await api.Client().GetAsync($"/models/bank/code?language={language}");

        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var program = await response.Content.ReadAsStringAsync();
        Assert.Contains("http://localhost/models/bank/predict", program, StringComparison.Ordinal);
        Assert.Contains("MODELAPI_KEY", program, StringComparison.Ordinal);
        Assert.DoesNotContain(ModelApiHost.Key, program, StringComparison.Ordinal);
        Assert.EndsWith("\n", program, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', program);
    }

    [Fact]
    public async Task At_the_root_the_program_asks_the_default_model()
    {
        var program = await api.Client().GetStringAsync(new Uri("/code?language=Python", UriKind.Relative));

        Assert.Contains("\"http://localhost/predict\"", program, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/code", "Name the language of the program: ?language=…")]
    [InlineData("/code?language=", "Name the language of the program: ?language=…")]
    [InlineData("/code?language=pyton", "There is no program in the language 'pyton'; did you mean 'python'?")]
    [InlineData("/models/bank/code?language=cobol", "There is no program in the language 'cobol'.")]
    public async Task An_unknown_language_is_404_with_the_list(string path, string detail)
    {
        var response = await api.Client().GetAsync(path);

        var problem = await response.ReadProblemAsync(404, "unknown-language");
        Assert.Equal(
            $"{detail} Known: 'curl', 'python', 'javascript', 'typescript', 'java', 'scala', 'csharp', 'go'.",
            problem.GetProperty("detail").GetString());
        Assert.Equal(["curl", "python", "javascript", "typescript", "java", "scala", "csharp", "go"], problem.Known());
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_host_name_from_outside_cannot_break_out_of_the_program(string language)
    {
        const string allowed = "-._~:/[]%";
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/code?language={language}");
        request.Headers.TryAddWithoutValidation("Host", "a'\"`$(id)\\${x}*/");

        var program = await (await api.Client().SendAsync(request)).Content.ReadAsStringAsync();

        var start = program.IndexOf("http://a", StringComparison.Ordinal);
        var url = program[start..program.IndexOf("/predict", start, StringComparison.Ordinal)];
        Assert.All(url, c => Assert.True(char.IsAsciiLetterOrDigit(c) || allowed.Contains(c, StringComparison.Ordinal), url));
    }
}
