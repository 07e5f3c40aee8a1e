using System.Collections.Concurrent;
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
    public async Task A_prediction_is_logged_with_who_what_and_how_long()
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

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

        public void Dispose()
        {
        }

        private sealed class Logger(string category, ConcurrentQueue<(string Category, string Text)> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue((category, $"{formatter(state, exception)}{exception}"));
        }
    }
}
