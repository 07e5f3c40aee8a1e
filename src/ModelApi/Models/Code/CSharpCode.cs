namespace ModelApi.Models.Code;

internal static class CSharpCode
{
    private static readonly ExampleText Example = new() { Margin = "    " };

    // Three quotes in a row, which would end the text, occur nowhere in JSON.
    public static string Program(SampleCall call) =>
        $$"""""
        // Asks the model {{call.Model}} for a prediction. Run with .NET 10: MODELAPI_KEY=<key or token> dotnet run predict.cs
        // With .NET 8 or 9: as the Program.cs of a console project.
        using System;
        using System.Net.Http;
        using System.Net.Http.Headers;
        using System.Text;
        using System.Threading.Tasks;

        const string url = "{{call.Url}}";

        const string features = """
            {{Example.Write(call.Signature)}}
            """;

        var key = Environment.GetEnvironmentVariable("MODELAPI_KEY");
        if (string.IsNullOrEmpty(key))
        {
            return Fail("Set MODELAPI_KEY to your key or token.");
        }

        try
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var content = new StringContent(features, Encoding.UTF8, "application/json");
            using var response = await client.PostAsync(url, content);
            var answer = await response.Content.ReadAsStringAsync();
            if (!response.IsSuccessStatusCode)
            {
                return Fail($"{(int)response.StatusCode}: {answer}");
            }

            Console.WriteLine(answer);
            return 0;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return Fail($"{url}: {exception.Message}");
        }

        static int Fail(string message)
        {
            Console.Error.WriteLine(message);
            return 1;
        }

        """"";
}
