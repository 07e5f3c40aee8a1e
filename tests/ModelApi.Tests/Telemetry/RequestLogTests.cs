using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Telemetry;

public sealed class RequestLogTests : IDisposable
{
    private readonly CollectingLog _log = new();
    private readonly ModelApiHost _api;

    public RequestLogTests() => _api = new LoggedHost(_log);

    public void Dispose()
    {
        _api.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task A_prediction_is_logged_with_its_duration_user_and_model()
    {
        await _api.Client().PredictAsync(Requests.Row().ToJsonString());

        Assert.Matches(@"^POST /predict 200 in \d+\.\d{3} ms, user pedro1, model bank 1$", Assert.Single(_log.Of("ModelApi.Requests")));
    }

    [Fact]
    public async Task A_refused_request_is_logged_with_its_status()
    {
        var problem = await (await _api.ClientWith("wrong").PredictAsync("{}")).ReadProblemAsync(401, "unauthorized");

        var line = Assert.Single(_log.Of("ModelApi.Requests"));
        Assert.Matches(@"^POST /predict 401 in \d+\.\d{3} ms, user -, trace ", line);
        Assert.EndsWith(problem.GetProperty("traceId").GetString()!, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_features_nor_tokens_nor_the_senders_path_are_logged()
    {
        var row = Requests.Row();
        row["job"] = "secret-job";
        row["balance"] = 987654321;
        row["secret-key"] = 1;
        await _api.Client().PredictAsync(row.ToJsonString());
        await _api.ClientWith("secret-token").PredictAsync("{\"secret-key\":secret-value}");
        await _api.ClientWith(Jwt.None(Jwt.Claims())).PredictAsync("{}");
        await _api.Client().PredictAsync("{\"secret-key\":secret-value}");
        await _api.Client().GetAsync(new Uri("/secret-path?secret-query=1", UriKind.Relative));

        var all = string.Join('\n', _log.All);
        Assert.DoesNotContain("secret", all, StringComparison.Ordinal);
        Assert.DoesNotContain("987654321", all, StringComparison.Ordinal);
        Assert.DoesNotContain("abc123", all, StringComparison.Ordinal);
        Assert.DoesNotContain("carla", all, StringComparison.Ordinal);
        Assert.Equal(5, _log.Of("ModelApi.Requests").Count);
    }

    [Fact]
    public async Task A_request_whose_client_went_away_is_logged_with_499()
    {
        using var log = new CollectingLog();
        await using var api = new LoggedSocketHost(log);
        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(enable: true, seconds: 0) })
        {
            await socket.ConnectAsync(IPAddress.Loopback, api.Port());
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n"
                + $"Authorization: Bearer {ModelApiHost.Key}\r\nExpect: 100-continue\r\n\r\n"));

            // The server waits for the body.
            var answer = new byte[100];
            var length = await socket.ReceiveAsync(answer);
            Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", Encoding.ASCII.GetString(answer, 0, length));
        }

        await log.WaitForAsync("ModelApi.Requests", count: 1);

        Assert.Matches(@"^POST /predict 499 in \d+\.\d{3} ms, user pedro1, trace ", Assert.Single(log.Of("ModelApi.Requests")));
    }

    [Fact]
    public async Task A_client_that_closes_its_connection_after_the_answer_does_not_change_the_status()
    {
        using var log = new CollectingLog();
        await using var api = new LoggedSocketHost(log);
        var port = api.Port();

        string[] headers = [$"Authorization: Bearer {ModelApiHost.Key}", "Content-Type: application/json"];
        for (var i = 0; i < 20; i++)
        {
            await RawHttp.PostAsync(port, "/predict", "{}", headers);
        }

        await log.WaitForAsync("ModelApi.Requests", count: 20);
        Assert.All(log.Of("ModelApi.Requests"), line => Assert.StartsWith("POST /predict 422 ", line, StringComparison.Ordinal));
    }

    private sealed class LoggedSocketHost(CollectingLog log) : SocketHost
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureServices(services => services.AddSingleton<ILoggerProvider>(log));
        }
    }

    private sealed class LoggedHost(CollectingLog log) : ModelApiHost
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureServices(services => services.AddSingleton<ILoggerProvider>(log));
        }
    }

    private sealed class CollectingLog : ILoggerProvider
    {
        private readonly ConcurrentQueue<(string Category, string Text)> _lines = new();

        public IReadOnlyList<string> All => [.. _lines.Select(line => line.Text)];

        public IReadOnlyList<string> Of(string category) => [.. _lines.Where(line => line.Category == category).Select(line => line.Text)];

        public async Task WaitForAsync(string category, int count)
        {
            for (var patience = 0; patience < 400 && Of(category).Count < count; patience++)
            {
                await Task.Delay(50);
            }

            Assert.True(Of(category).Count == count, $"{Of(category).Count} lines of {category} in:\n{string.Join('\n', All)}");
        }

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

        public void Dispose()
        {
        }

        private sealed class Logger(string category, ConcurrentQueue<(string Category, string Text)> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue((category, $"{formatter(state, exception)}{exception}"));
        }
    }
}
