using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Predictions;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Predictions;

/// <summary>
/// Observers see each prediction once, whatever its way: a query without meaning sends a request through the whole pipeline.
/// </summary>
public sealed class ObserverTests
{
    private static readonly string[] Usual = ["Authorization: Bearer abc123", "Content-Type: application/json"];
    private static readonly string Row = Requests.Row().ToJsonString();

    [Theory]
    [InlineData("/predict")]
    [InlineData("/predict?nothing=1")]
    [InlineData("/models/bank/predict")]
    [InlineData("/models/bank/versions/1/predict?nothing=1")]
    public async Task An_answer_is_observed_once_with_its_rows(string path)
    {
        using var api = new ObservedHost();

        await RawHttp.PostAsync(api.Port(), path, $"[{Row},{Row}]", Usual);

        Assert.Equal(["bank 1 Answered, 2 rows, pedro1"], await api.ObservedAsync(1));
    }

    [Theory]
    [InlineData("/predict")]
    [InlineData("/predict?nothing=1")]
    public async Task A_refusal_is_observed_once(string path)
    {
        using var api = new ObservedHost();

        await RawHttp.PostAsync(api.Port(), path, $"[{Row},{{}}]", Usual);
        await RawHttp.PostAsync(api.Port(), path, "{", Usual);

        Assert.Equal(["bank 1 Refused, 0 rows, pedro1", "bank 1 Refused, 0 rows, pedro1"], await api.ObservedAsync(2));
    }

    [Theory]
    [InlineData("/models/bnak/predict", "Bearer abc123")]
    [InlineData("/models/bnak/predict?nothing=1", "Bearer abc123")]
    [InlineData("/predict", "Bearer wrong")]
    [InlineData("/predict?nothing=1", "Bearer wrong")]
    public async Task A_request_that_reaches_no_version_is_not_observed(string path, string authorization)
    {
        using var api = new ObservedHost();

        await RawHttp.PostAsync(api.Port(), path, Row, [$"Authorization: {authorization}", "Content-Type: application/json"]);
        await RawHttp.PostAsync(api.Port(), "/predict", Row, Usual);

        Assert.Equal(["bank 1 Answered, 1 rows, pedro1"], await api.ObservedAsync(1));
    }

    [Fact]
    public async Task A_client_that_goes_away_is_an_abort_and_no_failure()
    {
        using var api = new ObservedHost();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync("127.0.0.1", api.Port());
            var head = "POST /predict HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer abc123\r\n"
                + "Content-Type: application/json\r\nContent-Length: 999\r\n\r\n{";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));

            // The server must have begun to read the body.
            await Task.Delay(300);
            socket.LingerState = new LingerOption(true, 0);
        }

        Assert.Equal(["bank 1 Aborted, 0 rows, pedro1"], await api.ObservedAsync(1));
    }

    private sealed class ObservedHost : SocketHost
    {
        private readonly Recorder _recorder = new();

        /// <summary>
        /// Waits for so many, since an answer is on its way before its request has ended, and a moment longer for any more.
        /// </summary>
        public async Task<string[]> ObservedAsync(int count)
        {
            for (var patience = 0; patience < 500 && _recorder.Seen.Count < count; patience++)
            {
                await Task.Delay(10);
            }

            await Task.Delay(100);
            return [.. _recorder.Seen];
        }

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureServices(services => services.AddSingleton<IPredictionObserver>(_recorder));
        }

        private sealed class Recorder : IPredictionObserver
        {
            public ConcurrentQueue<string> Seen { get; } = new();

            public void Observe(PredictionCall call) =>
                Seen.Enqueue($"{call.Version!.Model} {call.Version.Version} {call.Outcome}, {call.ScoredRows} rows, {call.UserName}");
        }
    }
}
