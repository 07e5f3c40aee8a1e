using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Predictions;

/// <summary>Generated requests are answered alike, to the byte, by a server that takes short ways and by one that cannot.</summary>
public sealed class BothWaysTests
{
    private const int Requests = 3000;
    private const int Seed = 20261124;

    [Fact]
    public async Task Generated_requests_are_answered_alike_with_and_without_the_whole_pipeline()
    {
        using var plain = new CountingHost();
        using var whole = new WholePipelineHost();
        var (plainPort, wholePort) = (plain.Port(), whole.Port());
        var generator = new Generator(
            new Random(Seed), await File.ReadAllLinesAsync(Path.Combine(Repository.Models, "bank", "1", "golden.jsonl")));
        var statuses = new Dictionary<string, int>(StringComparer.Ordinal);

        for (var i = 0; i < Requests; i++)
        {
            var (path, body, headers) = generator.Next(i);
            var answers = await Task.WhenAll(
                RawHttp.PostAsync(plainPort, path, body, headers),
                RawHttp.PostAsync(wholePort, path, body, headers));

            Assert.True(
                answers[0] == answers[1],
                $"Request {i}: POST {path}\n{string.Join('\n', headers)}\n{body}\n\n{answers[0]}\n\n{answers[1]}");
            var status = answers[0].Split(' ')[1];
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
        }

        // The generator is no use if its requests all end alike, or if none took the short way.
        Assert.True(statuses.GetValueOrDefault("200") > Requests / 4, "Few requests were answered.");
        Assert.All(
            ["400", "401", "404", "415", "422"],
            status => Assert.True(statuses.ContainsKey(status), $"No request was answered with {status}."));
        Assert.True(plain.Authenticated < Requests * 3 / 4, "Few requests took the short way.");
    }

    /// <summary>A service that plain requests must not pass by, though it changes nothing.</summary>
    private sealed class WholePipelineHost : SocketHost
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.UseSetting("Identity:ApiKeys:1:User", "ana");
            builder.UseSetting("Identity:ApiKeys:1:Sha256", Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("expired"u8)));
            builder.UseSetting("Identity:ApiKeys:1:Expires", "2020-01-01T00:00:00Z");
            builder.ConfigureServices(services => services.AddTransient<IClaimsTransformation, Nothing>());
        }

        private sealed class Nothing : IClaimsTransformation
        {
            public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal) => Task.FromResult(principal);
        }
    }

    private sealed class Generator(Random random, string[] golden)
    {
        private static readonly string[] Paths =
            ["/predict", "/models/bank/predict", "/models/bank/versions/1/predict", "/predict/batch", "/models/bank/predict/batch",
             "/models/bnak/predict", "/models/bank/versions/7/predict", "/predict?onInvalid=skip",
             "/predict?on_invalid=skip", "/predict?nothing=1"];

        private static readonly string[] Values =
            ["null", "true", "-1", "1.5", "1e999", "\"\"", "\"no such category\"", "[]", "{}", "\"NaN\"", "99999999999999999999"];

        private static readonly string[] Authorizations =
            ["Bearer wrong", "Bearer expired", "Basic abc123", "bearer  abc123 ", "Bearer abc123"];

        private static readonly string[] Types =
            ["application/json; charset=utf-8", "application/json; charset=latin1", "text/plain", "application/vnd.x+json"];

        public (string Path, string Body, string[] Headers) Next(int number)
        {
            List<string> headers =
            [
                $"Authorization: {(Chance(0.05) ? Pick(Authorizations) : "Bearer abc123")}",
                $"traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-{number:x16}-01",
            ];
            if (!Chance(0.02))
            {
                headers.Add($"Content-Type: {(Chance(0.08) ? Pick(Types) : "application/json")}");
            }

            if (Chance(0.1))
            {
                headers.Add("Accept-Encoding: gzip, br");
            }

            if (Chance(0.03))
            {
                headers.Add($"Request-Timeout: {(Chance(0.5) ? "20" : "soon")}");
            }

            return (Chance(0.6) ? Paths[0] : Pick(Paths), Body(), [.. headers]);
        }

        private string Body()
        {
            var rows = string.Join(',', Enumerable.Range(0, random.Next(1, 6)).Select(_ => Row()));
            return random.Next(12) switch
            {
                < 6 => Row(),
                6 or 7 => $"[{rows}]",
                8 => $$"""{"instances":[{{rows}}]}""",
                9 => $$"""{"instances":{{Row()}},"more":1}""",
                10 => Cut(Row()),
                _ => Pick(
                    ["", "[]", "{}", "null", "{\"age\":41,}", "\uFEFF" + Row(), Row() + "x", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                     $"[{rows},7]"]),
            };
        }

        private string Row()
        {
            var row = JsonNode.Parse(Pick(golden))!["input"]!.AsObject();
            if (Chance(0.2))
            {
                row[Pick([.. row.Select(feature => feature.Key)])] = JsonNode.Parse(Pick(Values));
            }

            if (Chance(0.05))
            {
                row.Remove(Pick([.. row.Select(feature => feature.Key)]));
            }

            if (Chance(0.05))
            {
                row["martial"] = "married";
            }

            return Chance(0.03) ? row.ToJsonString().Replace("married", "\\ud800", StringComparison.Ordinal) : row.ToJsonString();
        }

        private string Cut(string text)
        {
            var at = random.Next(text.Length);
            return Chance(0.5) ? text[..at] : text.Remove(at, 1);
        }

        private bool Chance(double share) => random.NextDouble() < share;

        private string Pick(string[] from) => from[random.Next(from.Length)];
    }
}
