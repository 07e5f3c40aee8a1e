using System.Collections.Concurrent;
using System.Text;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests;

/// <summary>Many clients on the real server, whose buffers are reused from one request to the next.</summary>
public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Fifty_clients_get_the_answers_that_one_gets()
    {
        await using var server = await ServerProcess.StartAsync();
        var golden = Golden.Read(Repository.Bank);
        using var single = server.Client();
        var expected = new List<string>();
        foreach (var row in golden)
        {
            expected.Add(await PredictAsync(single, row.Input));
        }

        var wrong = new ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async start =>
        {
            using var client = server.Client();
            for (var i = 0; i < golden.Count; i++)
            {
                var row = ((start * 4) + i) % golden.Count;
                var answer = await PredictAsync(client, golden[row].Input);
                if (answer != expected[row])
                {
                    wrong.Add($"{answer} instead of {expected[row]}");
                }
            }
        }));

        Assert.Empty(wrong);
        Assert.All(
            golden.Zip(expected),
            pair => Assert.Contains($"\"prediction\":\"{pair.First.Label}\"", pair.Second, StringComparison.Ordinal));
    }

    private static async Task<string> PredictAsync(HttpClient client, string row)
    {
        using var content = new StringContent(row, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/predict", UriKind.Relative), content);
        return await response.Content.ReadAsStringAsync();
    }
}
