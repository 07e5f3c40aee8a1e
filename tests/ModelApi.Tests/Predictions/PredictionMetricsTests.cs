using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Predictions;

public sealed class PredictionMetricsTests
{
    private static readonly string[] Usual = ["Authorization: Bearer abc123", "Content-Type: application/json"];
    private static readonly string Row = Requests.Row().ToJsonString();

    [Theory]
    [InlineData("/predict")]
    [InlineData("/predict?nothing=1")]
    public async Task Rows_and_durations_are_measured_by_model_version_and_outcome(string path)
    {
        using var api = new SocketHost();
        var port = api.Port();
        using var measured = new Measured(api);

        await RawHttp.PostAsync(port, path, $"[{Row},{Row},{Row}]", Usual);
        await RawHttp.PostAsync(port, path, $"[{Row},{{}},{{}}]", Usual);

        await measured.WaitForAsync(4);
        Assert.Equal(
            [
                "modelapi.prediction.duration bank 1 2xx", "modelapi.prediction.duration bank 1 4xx",
                "modelapi.predictions bank 1 invalid 2", "modelapi.predictions bank 1 scored 3",
            ],
            measured.Lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Skipped_rows_are_counted_beside_those_that_are_scored()
    {
        using var api = new SocketHost();
        var port = api.Port();
        using var measured = new Measured(api);

        await RawHttp.PostAsync(port, "/predict?onInvalid=skip", $"[{Row},{{}},{Row}]", Usual);

        await measured.WaitForAsync(3);
        Assert.Contains("modelapi.predictions bank 1 invalid 1", measured.Lines);
        Assert.Contains("modelapi.predictions bank 1 scored 2", measured.Lines);
    }

    /// <summary>What the meters of one host say; counts with their value, durations without.</summary>
    private sealed class Measured : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<string> _lines = new();

        public Measured(ModelApiHost api)
        {
            var factory = api.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "ModelApi.Predictions" && ReferenceEquals(instrument.Meter.Scope, factory))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, tags, $" {value}"));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
                Add(instrument, tags, value is > 0 and < 60 ? "" : $" {value}"));
            _listener.Start();
        }

        public IEnumerable<string> Lines => _lines;

        // The answer is on its way before the request has ended.
        public async Task WaitForAsync(int count)
        {
            for (var patience = 0; patience < 200 && _lines.Count < count; patience++)
            {
                await Task.Delay(10);
            }
        }

        public void Dispose() => _listener.Dispose();

        private void Add(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags, string value)
        {
            Assert.Equal(["model.name", "model.version"], new[] { tags[0].Key, tags[1].Key });
            _lines.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}{value}");
        }
    }
}
