using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests;

/// <summary>The console's formats, as ASP.NET Core documents them.</summary>
public sealed partial class LogFormatTests : IDisposable
{
    private const string Row =
        """
        {"age":41,"job":"management","marital":"married","education":"tertiary",
        "balance":1506,"housing":"yes","duration":261,"campaign":1}
        """;

    private readonly TemporaryModels _models = new();

    public LogFormatTests() => _models.AddBank();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task With_json_every_line_is_a_JSON_object()
    {
        var (lines, traceId) = await RunAsync(("FormatterName", "json"));

        var events = lines.ConvertAll(line => JsonDocument.Parse(line).RootElement);
        Assert.All(events, entry =>
        {
            Assert.Equal(
                ["Timestamp", "EventId", "LogLevel", "Category", "Message", "State"],
                entry.EnumerateObject().Select(member => member.Name));
            var timestamp = DateTimeOffset.ParseExact(
                entry.GetProperty("Timestamp").GetString()!,
                "yyyy-MM-ddTHH:mm:ss.fffZ",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal);
            Assert.InRange(timestamp, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
        });

        var announced = Assert.Single(events, entry => entry.GetProperty("Category").GetString() == "ModelApi.Hosting.Announcement");
        Assert.StartsWith("http://127.0.0.1:", State(announced, "Addresses").GetString(), StringComparison.Ordinal);

        var requests = Predictions(events);
        Assert.Equal([1, 3], requests.Select(entry => entry.GetProperty("EventId").GetInt32()));
        Assert.Equal(("POST", "/predict"), (State(requests[0], "Method").GetString(), State(requests[0], "Route").GetString()));
        Assert.Equal("pedro1", State(requests[0], "User").GetString());
        Assert.Equal(("bank", "1"), (State(requests[0], "Model").GetString(), State(requests[0], "Version").GetString()));
        Assert.Equal(200, State(requests[0], "Status").GetInt32());
        Assert.Equal((422, traceId), (State(requests[1], "Status").GetInt32(), State(requests[1], "TraceId").GetString()));
    }

    [Fact]
    public async Task With_json_and_scopes_a_request_line_has_ASPNET_Cores_request_scope()
    {
        var (lines, traceId) = await RunAsync(("FormatterName", "json"), ("FormatterOptions__IncludeScopes", "true"));

        var requests = Predictions(lines.ConvertAll(line => JsonDocument.Parse(line).RootElement));
        Assert.Equal(2, requests.Count);
        Assert.All(requests, request =>
        {
            var scope = request.GetProperty("Scopes").EnumerateArray()
                .SelectMany(part => part.EnumerateObject())
                .Where(member => member.Name != "Message")
                .ToDictionary(member => member.Name, member => member.Value.GetString());
            Assert.Equal("/predict", scope["RequestPath"]);
            Assert.StartsWith(scope["ConnectionId"] + ":", scope["RequestId"], StringComparison.Ordinal);
            Assert.Matches("^[0-9a-f]{32}$", scope["TraceId"]);
            Assert.Matches("^[0-9a-f]{16}$", scope["SpanId"]);
        });
        var refused = requests[1].GetProperty("Scopes").EnumerateArray().First(scope => scope.TryGetProperty("TraceId", out _));
        Assert.Contains(refused.GetProperty("TraceId").GetString()!, traceId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_systemd_every_line_starts_with_its_priority()
    {
        var (lines, _) = await RunAsync(("FormatterName", "systemd"));

        Assert.All(lines, line => Assert.Matches(@"^<6>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Za-z.]+\[\d+\] .", line));
        Assert.Contains(lines, line =>
            line.Contains("ModelApi.Hosting.Announcement[1] ModelApi ", StringComparison.Ordinal)
            && Regex.IsMatch(line, @" listens on http://127\.0\.0\.1:\d+ \(Development\)$"));
        AssertRequests(lines, line => Systemd().Match(line));
    }

    [Theory]
    [InlineData("line")]
    [InlineData("simple")]
    public async Task With_line_and_simple_the_announcement_and_the_lines_are_for_people(string name)
    {
        var (lines, _) = await RunAsync(("FormatterName", name));

        Assert.Contains(lines, line => line.StartsWith("  ready     bank 1", StringComparison.Ordinal));
        AssertRequests(lines, line => Text().Match(line));
    }

    [Fact]
    public async Task Simple_takes_the_options_of_its_own()
    {
        var (lines, _) = await RunAsync(
            ("FormatterName", "simple"), ("FormatterOptions__SingleLine", "false"), ("FormatterOptions__TimestampFormat", "HH:mm "));

        var head = lines.FindIndex(line => Regex.IsMatch(line, @"^\d\d:\d\d info: ModelApi\.Requests\[1\]$"));
        Assert.Matches(@"^      POST /predict 200 in \d+\.\d{3} ms, user pedro1, model bank 1$", lines[head + 1]);
    }

    [Fact]
    public async Task With_line_and_scopes_a_request_line_has_ASPNET_Cores_request_scope()
    {
        var (lines, _) = await RunAsync(("FormatterOptions__IncludeScopes", "true"), ("FormatterOptions__TimestampFormat", "HH:mm:ss "));

        var requests = lines.Where(line => line.Contains(" POST /predict ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, requests.Count);
        Assert.All(requests, line => Assert.Matches(
            @"^\d\d:\d\d:\d\d info: ModelApi\.Requests\[\d\] => SpanId:[0-9a-f]{16}, TraceId:[0-9a-f]{32}, ParentId:0{16} "
                + @"=> ConnectionId:\w+ => RequestPath:/predict RequestId:\w+:\w+ POST /predict (200|422) in ",
            line));
    }

    [Theory]
    [InlineData("line")]
    [InlineData("simple")]
    [InlineData("json")]
    [InlineData("systemd")]
    public async Task Nothing_in_the_head_of_a_request_reaches_a_terminal_as_a_control_character(string name)
    {
        await using var server = await ServerProcess.StartAsync(
            ("Models__Root", _models.Root), ("Logging__Console__FormatterName", name),
            ("Logging__Console__FormatterOptions__IncludeScopes", "true"));
        string[] headers =
        [
            "traceparent: cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-evil\u001b[2J",
            "traceparent: 00\u001b4bf92f3577b34da6a3ce929d0e0e4736\u001b00f067aa0ba902b7\u001bevil",
            "traceparent: evil\u001b[2J", "Request-Id: |evil\u001b[2J.1.", "tracestate: evil=\u001b[2J", "Host: evil\u001b[2J",
            "Authorization: Bearer evil\u001b[2J",
        ];
        foreach (var header in headers)
        {
            await server.SendRawAsync(Encoding.Latin1.GetBytes(
                $"POST /evil%1b%e2%80%ae?evil=\u001b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{header}\r\nContent-Length: 0\r\n\r\n"));
        }

        server.Terminate();
        await server.WaitForExitAsync();

        Assert.DoesNotContain('\u001b', server.Output);
        Assert.DoesNotContain('\u202e', server.Output);
        Assert.DoesNotContain("evil\\u001b", server.Output, StringComparison.Ordinal);
        Assert.Contains("(no route)", server.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("line")]
    [InlineData("json")]
    public async Task A_level_for_the_console_alone_turns_its_request_lines_off(string name)
    {
        var (lines, _) = await RunAsync(("FormatterName", name), ("LogLevel__ModelApi.Requests", "Warning"));

        Assert.NotEmpty(lines);
        Assert.DoesNotContain(lines, line => line.Contains("ModelApi.Requests", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unknown_format_is_named_with_the_known_ones()
    {
        var (lines, _) = await RunAsync(("FormatterName", "jsonn"));

        Assert.Contains(lines, line => line.EndsWith(
            "FormatterName is 'jsonn', which is unknown; the console writes 'simple'. Allowed values: json, line, simple, systemd",
            StringComparison.Ordinal));
        AssertRequests(lines, line => Text().Match(line));
    }

    /// <summary>Starts a server with settings of <c>Logging:Console</c>, sends a valid and an invalid request, and stops it.</summary>
    /// <returns>All lines, and the invalid request's traceId.</returns>
    private async Task<(List<string> Lines, string TraceId)> RunAsync(params (string Name, string Value)[] settings)
    {
        await using var server = await ServerProcess.StartAsync(
            [("Models__Root", _models.Root), .. settings.Select(setting => ($"Logging__Console__{setting.Name}", (string?)setting.Value))]);
        using var client = server.Client();
        using var valid = new StringContent(Row, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/predict", UriKind.Relative), valid);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var invalid = new StringContent("{}", Encoding.UTF8, "application/json");
        using var problem = await client.PostAsync(new Uri("/predict", UriKind.Relative), invalid);
        var traceId = JsonDocument.Parse(await problem.Content.ReadAsStringAsync()).RootElement.GetProperty("traceId").GetString()!;
        server.Terminate();
        await server.WaitForExitAsync();
        return ([.. server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r'))], traceId);
    }

    private static void AssertRequests(List<string> lines, Func<string, Match> match) => Assert.Equal(
        [("1", "200", "model bank 1"), ("3", "422", "trace")],
        lines.Select(match).Where(line => line.Success).Select(line => (line.Groups[1].Value, line.Groups[2].Value, line.Groups[3].Value)));

    private static List<JsonElement> Predictions(List<JsonElement> events) =>
    [
        .. events.Where(entry =>
            entry.GetProperty("Category").GetString() == "ModelApi.Requests" && State(entry, "Route").GetString() == "/predict"),
    ];

    private static JsonElement State(JsonElement entry, string name) => entry.GetProperty("State").GetProperty(name);

    [GeneratedRegex(@"^<6>[^ ]+Z ModelApi\.Requests\[(\d)\] POST /predict (\d+) in \d+\.\d{3} ms, user pedro1, (model bank 1$|trace)")]
    private static partial Regex Systemd();

    [GeneratedRegex(@"^[^ ]+Z info: ModelApi\.Requests\[(\d)\] POST /predict (\d+) in \d+\.\d{3} ms, user pedro1, (model bank 1$|trace)")]
    private static partial Regex Text();
}
